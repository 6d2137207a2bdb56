"""Rules for the keys and values of slot files and reconciler.yaml."""

from __future__ import annotations

from reconciler.model.problem import Severity
from reconciler.model.rule import Example, Rule

MISSING_KEY = Rule(
    id="missing-key",
    severity=Severity.ERROR,
    summary="A required key is missing.",
    why="""
        A write replaces the whole slot, so a file must define all of it: `slot_id`, `name`, `type`
        and `fill_strategy` are required, because no default is safe. A guessed `fill_strategy`, for
        example, would change what a live bot extracts. Under `api: cognigy-v2`, a slot needs a
        `flow`, which `reconciler.yaml` may name for all, a `type`, and what that type looks for: a
        `regex` or a `slot`.
    """,
    fix="""
        Add the key. `reconciler pull --slot SLOT_ID` writes a complete file for a slot that is
        live.
    """,
    example=Example(
        bad=r"""
            slot_id: slot_8f3a9c2d
            name: order_number
            type: regex
            patterns:
              - ^ORD-\d{5}$
        """,
        good=r"""
            slot_id: slot_8f3a9c2d
            name: order_number
            type: regex
            patterns:
              - ^ORD-\d{5}$
            fill_strategy: bestMatch
        """,
    ),
)
UNKNOWN_KEY = Rule(
    id="unknown-key",
    severity=Severity.ERROR,
    summary="A key is misspelled or unknown.",
    why="""
        If a misspelled key were ignored, its default would apply without a word. With
        `protected: true`, which is not a key, a slot that everybody believes to be protected
        could be deleted; with `dependancies`, it would be written before the slots that it needs.
    """,
    fix="""
        Correct the spelling; keys are written `like_this`. Put notes of your own in `description`,
        or under a key that begins with `x-`, which is never read.
    """,
    example=Example(
        bad="""
            protected: true
            team: billing
        """,
        good="""
            protect: true
            x-team: billing
        """,
    ),
)
OTHER_API = Rule(
    id="other-api",
    severity=Severity.ERROR,
    summary="A key belongs to the other API.",
    why="""
        A project is for one API, which `api` in `reconciler.yaml` names: `cognigy-v1` unless it is
        set. The tenant of that API has nothing that the key could mean. If it were ignored, a file
        could promise what is never sent: two `patterns` in order, say, where a slot filler has one
        `regex`.
    """,
    fix="""
        Remove the key, or write its counterpart in this API: `regex` for `patterns`,
        `min_pass_rate` for `min_success_rate`. If all the files are for the other API, set `api`
        in `reconciler.yaml`.
    """,
    example=Example(
        bad=r"""
            # in a project with `api: cognigy-v2`
            type: regex
            regex: /^ORD-\d{5}$/
            fill_strategy: bestMatch
        """,
        good=r"""
            type: regex
            regex: /^ORD-\d{5}$/
        """,
    ),
)
WRONG_TYPE = Rule(
    id="wrong-type",
    severity=Severity.ERROR,
    summary="A value has the wrong type.",
    why="""
        YAML guesses the type of anything that is not in quotes: `no` is a boolean, `12345` a
        number, `2024-05-01` a date. A value is never converted, because converting it loses what
        was written: a slot named `no` would be called `False`.
    """,
    fix="""
        Put text in quotes if it looks like something else to YAML. Where a list is expected, write
        a list, even for one item.
    """,
    example=Example(
        bad=r"""
            patterns: '^\d{5}$'
            examples:
              match: [12345]
        """,
        good=r"""
            patterns: ['^\d{5}$']
            examples:
              match: ["12345"]
        """,
    ),
)
BAD_VALUE = Rule(
    id="bad-value",
    severity=Severity.ERROR,
    summary="A value is out of range, or not one of the choices.",
    why="""
        The tenant would refuse the value in the middle of an apply, after other changes were
        made, or the value would defeat its purpose: with `min_success_rate: 85`, a fraction over
        1, no change could ever pass its gate.
    """,
    fix="""
        Write a value that the message allows. Rates are fractions from 0 to 1, and a
        `fill_strategy` is written exactly as the tenant does.
    """,
    example=Example(
        bad="""
            fill_strategy: best_match
            gate:
              min_success_rate: 85
        """,
        good="""
            fill_strategy: bestMatch
            gate:
              min_success_rate: 0.85
        """,
    ),
)
