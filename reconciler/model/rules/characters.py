"""Rules for characters in patterns that hardly anyone types on purpose."""

from __future__ import annotations

from reconciler.model.problem import Severity
from reconciler.model.rule import Example, Rule

PATTERN_LINE_BREAK = Rule(
    id="pattern-line-break",
    severity=Severity.WARNING,
    summary="A pattern contains a line break.",
    why="""
        A YAML block after `|` or `>` ends with a line break, which becomes part of the pattern. The
        pattern then matches only messages that have a line break there, and users send one line:
        the slot is never filled.
    """,
    fix=r"""
        Write the pattern on one line after its `- `, or use `|-`, which drops the last line break.
        If a line break is meant, write `\n` in single quotes.
    """,
    example=Example(
        bad=r"""
            patterns:
              - |
                ^ORD-\d{5}$
        """,
        good=r"""
            patterns:
              - ^ORD-\d{5}$
        """,
    ),
)
PATTERN_OUTER_BLANK = Rule(
    id="pattern-outer-blank",
    severity=Severity.WARNING,
    summary="A pattern begins or ends with a space or tab.",
    why="""
        The blank is part of the pattern, so that the message must contain it too: ` ORD-` does
        not match a message that begins with `ORD-`. It is invisible in most editors, and usually
        comes with copied text.
    """,
    fix="Remove the blank. If it is meant, write it as `[ ]`, which a reader can see.",
    example=Example(
        bad=r"""
            patterns: [' ORD-\d{5}']
        """,
        good=r"""
            patterns: ['ORD-\d{5}']
        """,
    ),
)
PATTERN_ODD_SPACE = Rule(
    id="pattern-odd-space",
    severity=Severity.WARNING,
    summary="A pattern contains a no-break or typographic space.",
    why="""
        A no-break space (U+00A0) looks like a space and is not equal to one. Word processors and
        web pages put it between a word and a number. A pattern that was copied from there never
        matches the ordinary space that users type.
    """,
    fix=r"Type an ordinary space, or write `\s`, which matches every kind of space.",
    example=Example(
        bad=r"""
            patterns: ["^order\u00a0\\d{5}$"]
        """,
        good=r"""
            patterns: ['^order\s\d{5}$']
        """,
    ),
)
PATTERN_INVISIBLE_CHARACTER = Rule(
    id="pattern-invisible-character",
    severity=Severity.WARNING,
    summary="A pattern contains an invisible character.",
    why=r"""
        A zero-width or control character cannot be seen, and a message has to contain it for the
        pattern to match. In double quotes YAML makes some itself: `"\b"` is a backspace there, not
        the word boundary of a regular expression.
    """,
    fix="Write patterns in single quotes. If the character came with copied text, type it again.",
    example=Example(
        bad=r"""
            patterns: ["\bORD-\\d{5}\b"]
        """,
        good=r"""
            patterns: ['\bORD-\d{5}\b']
        """,
    ),
)
PATTERN_CURLY_QUOTE = Rule(
    id="pattern-curly-quote",
    severity=Severity.WARNING,
    summary="A pattern contains a curly quote but not the straight one.",
    why="""
        Word processors turn `'` and `"` into curly quotes. Most people type the straight ones into
        a chat, and a pattern with a curly quote alone does not match what they type. Phones type
        the curly ones, so that a bot meets both.
    """,
    fix="Allow both in a set of characters.",
    example=Example(
        bad="""
            patterns: ["don\u2019t know"]
        """,
        good="""
            patterns: ["don['\u2019]t know"]
        """,
    ),
)
