"""Rules for the regex of a slot filler, which JavaScript runs."""

from __future__ import annotations

from reconciler.model.problem import Severity
from reconciler.model.rule import Example, Rule

REGEX_DELIMITERS = Rule(
    id="regex-delimiters",
    severity=Severity.ERROR,
    summary="A regex is not written between slashes, as in `/…/`.",
    why=r"""
        The tenant takes the regex apart at its slashes. Without them it finds no pattern, or an
        error ends the conversation. A slash inside must be escaped, as `\/`, or it is the end.
    """,
    fix=r"Write `/` before and after the pattern, and `\/` for each slash in it.",
    example=Example(
        bad=r"""
            regex: ^ORD-\d{5}$
        """,
        good=r"""
            regex: /^ORD-\d{5}$/
        """,
    ),
)
REGEX_FLAG = Rule(
    id="regex-flag",
    severity=Severity.ERROR,
    summary="A regex has a flag.",
    why="""
        The vendor documents that the regex of a slot filler takes no flags. Whether a flag such as
        `i` is refused, ignored or obeyed is not known, so the slot may extract nothing, or
        something else than here.
    """,
    fix="""
        Remove the flag. To ignore case, write both cases, as in `[Oo]rder`.
    """,
    example=Example(
        bad=r"""
            regex: /^ord-\d{5}$/i
        """,
        good=r"""
            regex: /^[Oo][Rr][Dd]-\d{5}$/
        """,
    ),
)
REGEX_GLOBAL = Rule(
    id="regex-global",
    severity=Severity.WARNING,
    summary="A regex has the flag `g`.",
    why="""
        A slot filler keeps the first match, and finds it with or without the flag. The vendor's
        documents contradict each other: one page asks for `/…/g`, a newer one for no flags.
    """,
    fix="Remove the flag.",
    example=Example(
        bad=r"""
            regex: /ORD-\d{5}/g
        """,
        good=r"""
            regex: /ORD-\d{5}/
        """,
    ),
)
REGEX_READ_OTHERWISE = Rule(
    id="regex-read-otherwise",
    severity=Severity.WARNING,
    summary="A regex uses syntax of another engine, which JavaScript reads as something else.",
    why=r"""
        JavaScript does not complain about escapes that it does not know: `\A` is the letter A to
        it, and `\p{L}` the text `p{L}`. In `\bÄrger`, it sees no word boundary before the Ä. The
        slot is stored and trained, and is never filled.
    """,
    fix="Write it as the hint says. Where the letter itself is meant, remove the backslash.",
    example=Example(
        bad=r"""
            regex: /\AORD-\d{5}\Z/
        """,
        good=r"""
            regex: /^ORD-\d{5}$/
        """,
    ),
)
REGEX_RECENT = Rule(
    id="regex-recent",
    severity=Severity.WARNING,
    summary="A regex uses syntax that JavaScript has only since 2025.",
    why="""
        Groups such as `(?i:…)`, and one name for several groups, came with ECMAScript 2025. Which
        version a tenant runs is not known, and an older one rejects the regex when a user writes
        the first message.
    """,
    fix="Write both cases, as in `[Oo]rder`, and give each group a name of its own.",
    example=Example(
        bad=r"""
            regex: /(?i:ord)-\d{5}/
        """,
        good=r"""
            regex: /[Oo][Rr][Dd]-\d{5}/
        """,
    ),
)
