"""Rules for the patterns of a slot that hold for every regular expression engine."""

from __future__ import annotations

from reconciler.model.problem import Severity
from reconciler.model.rule import Example, Rule

NO_PATTERNS = Rule(
    id="no-patterns",
    severity=Severity.ERROR,
    summary="A slot of type `regex` has no patterns.",
    why="""
        A slot of type `regex` extracts nothing without patterns. Applied to a live slot, this would
        remove all of its patterns: every dialogue that waits for the slot would ask its question
        again and again.
    """,
    fix="""
        Add a pattern. To get rid of the slot, write `state: absent` instead.
    """,
    example=Example(
        bad="""
            type: regex
            patterns: []
        """,
        good=r"""
            type: regex
            patterns:
              - ^ORD-\d{5}$
        """,
    ),
)
PATTERN_EMPTY = Rule(
    id="pattern-empty",
    severity=Severity.ERROR,
    summary="A pattern is empty.",
    why="""
        An empty pattern matches every message, and extracts nothing from it. Under `firstMatch` it
        ends the search too: the patterns after it are never tried.
    """,
    fix="Remove the pattern.",
    example=Example(
        bad=r"""
            patterns: ['', '^ORD-\d{5}$']
        """,
        good=r"""
            patterns: ['^ORD-\d{5}$']
        """,
    ),
)
PATTERN_TOO_LONG = Rule(
    id="pattern-too-long",
    severity=Severity.ERROR,
    summary="A pattern has more than 50 characters.",
    why="""
        The tenant takes at most 50 characters. It would refuse the slot in the middle of an apply,
        after other slots were changed and with the slots that depend on it still to come.
    """,
    fix=r"""
        Split the pattern at an alternative: a slot may have several patterns. Classes such as `\d`
        and counts such as `{4}` shorten one too.
    """,
    example=Example(
        bad=r"""
            patterns:
              - ^(order|bestellung|commande|pedido|ordine)[ -]?\d{5,8}$
        """,
        good=r"""
            patterns:
              - ^(order|bestellung|commande)[ -]?\d{5,8}$
              - ^(pedido|ordine)[ -]?\d{5,8}$
        """,
    ),
)
PATTERN_INVALID = Rule(
    id="pattern-invalid",
    severity=Severity.ERROR,
    summary="A pattern is not a valid regular expression.",
    why="""
        The tenant refuses such a pattern, or stores it and then fails to train it. The apply would
        find that out in the middle of its run, stop, and retrain the bot on the former pattern.
    """,
    fix=r"""
        Correct the pattern at the place that the message gives. Usually a bracket is not closed, or
        a character such as `(`, `+` or `?` is meant literally and needs a backslash.
    """,
    example=Example(
        bad=r"""
            patterns: ['^(ORD|INV-\d{5}$']
        """,
        good=r"""
            patterns: ['^(ORD|INV)-\d{5}$']
        """,
    ),
)
PATTERN_MATCHES_EMPTY = Rule(
    id="pattern-matches-empty",
    severity=Severity.WARNING,
    summary="A pattern matches the empty string.",
    why=r"""
        A pattern such as `\d*` matches in every message, because it also matches nothing at all.
        Messages that have nothing to do with the slot then fill it with an empty value.
    """,
    fix="""
        Require at least one character: `+` instead of `*`, or `{1,5}` instead of `{0,5}`. If every
        part is optional, write one pattern for each variant.
    """,
    example=Example(
        bad=r"""
            patterns: ['\d*']
        """,
        good=r"""
            patterns: ['\d+']
        """,
    ),
)
PATTERN_DUPLICATE = Rule(
    id="pattern-duplicate",
    severity=Severity.WARNING,
    summary="A pattern occurs twice in one slot.",
    why="""
        The second of two equal patterns never extracts anything that the first does not. Often it
        was copied to become a variant and then forgotten, so that the variant is missing.
    """,
    fix="Remove one of the two, or turn it into the variant that was meant.",
    example=Example(
        bad=r"""
            patterns:
              - ^ORD-\d{5}$
              - ^ORD-\d{5}$
        """,
        good=r"""
            patterns:
              - ^ORD-\d{5}$
              - ^ORD \d{5}$
        """,
    ),
)
PATTERN_UNREACHABLE = Rule(
    id="pattern-unreachable",
    severity=Severity.WARNING,
    summary="Under `firstMatch`, an earlier pattern always matches first.",
    why=r"""
        `firstMatch` takes the first pattern that matches. If `\d+` comes before `^\d{4}-\d{2}$`, it
        matches wherever the second one does: from `2024-05` the slot takes `2024`, and the second
        pattern is never tried.
    """,
    fix="""
        Put the more specific pattern first, or remove it. `bestMatch` takes the longest match,
        whatever the order.
    """,
    example=Example(
        bad=r"""
            patterns:
              - \d+
              - ^\d{4}-\d{2}$
            fill_strategy: firstMatch
        """,
        good=r"""
            patterns:
              - ^\d{4}-\d{2}$
              - \d+
            fill_strategy: firstMatch
        """,
    ),
)
