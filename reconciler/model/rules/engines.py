"""Rules for what a pattern may demand of the engine that runs it."""

from __future__ import annotations

from reconciler.model.problem import Severity
from reconciler.model.rule import Example, Rule

PATTERN_UNICODE_ESCAPE = Rule(
    id="pattern-unicode-escape",
    severity=Severity.ERROR,
    summary="A pattern contains an escape that makes the tenant's retraining fail.",
    why=r"""
        The tenant stores escapes such as `\u00e9`, `\x{e9}` and `\p{L}`, and answers 500 when it
        trains them. An apply that meets one stops, rolls the slot back and retrains the bot, which
        takes minutes; `validate` sees it at once.
    """,
    fix=r"""
        Write the character itself: slot files are UTF-8. Instead of a property such as `\p{L}`,
        list the letters, as in `[A-Za-zÄÖÜäöüß]`.
    """,
    example=Example(
        bad=r"""
            patterns: ['^caf\u00e9 \d+$', '^\p{Lu}{2}-\d{4}$']
        """,
        good=r"""
            patterns: ['^café \d+$', '^[A-Z]{2}-\d{4}$']
        """,
    ),
)
PATTERN_TOO_COMPLEX = Rule(
    id="pattern-too-complex",
    severity=Severity.ERROR,
    summary="A pattern's counted repetitions multiply too far, or matching an "
    "example takes too long.",
    why=r"""
        An engine writes counted repetitions out: `(\d{1,500}-){1,500}` becomes a quarter of a
        million steps, and the tenant's retraining fails on patterns that are too complex. A pattern
        that takes half a second to match one example takes that long for users as well.
    """,
    fix="""
        Use `+` or `*` where the exact count does not matter, or smaller counts. Avoid nested
        repetitions.
    """,
    example=Example(
        bad=r"""
            patterns: ['^(\d{1,500}-){1,500}$']
        """,
        good=r"""
            patterns: ['^(\d+-)+$']
        """,
    ),
)
PATTERN_CATASTROPHIC = Rule(
    id="pattern-catastrophic",
    severity=Severity.ERROR,
    summary="A pattern can cause catastrophic backtracking.",
    why=r"""
        Where a pattern can match the same text in many ways, a backtracking engine tries all of
        them before it gives up. For `^(\d+-?)+$`, each further digit doubles the work: thirty
        digits and a letter take a billion steps. One such message can stall the bot for everybody,
        and anyone can send it.
    """,
    fix="""
        Let each character match in one way only: no repetition within a repetition, unless
        something that must be there separates them, and no two alternatives that begin alike. The
        message shows a text that proves the problem.
    """,
    example=Example(
        bad=r"""
            patterns: ['^(\d+-?)+$']
        """,
        good=r"""
            patterns: ['^\d+(-\d+)*-?$']
        """,
    ),
)
PATTERN_NOT_ANALYSED = Rule(
    id="pattern-not-analysed",
    severity=Severity.WARNING,
    summary="A pattern is too long to be checked any further.",
    why="""
        Analysing a pattern takes more time the longer it is, and nobody reviews one of this length.
        Whether it is valid, hangs, or matches the slot's examples is not known.
    """,
    fix="Shorten it, or split it over several patterns or slots.",
)
PATTERNS_NOT_ANALYSED = Rule(
    id="patterns-not-analysed",
    severity=Severity.WARNING,
    summary="Patterns were not fully checked, because earlier ones used up the run's budget.",
    why="""
        The search for catastrophic backtracking and for unreachable patterns has a budget for each
        run, so that every run ends. Complicated patterns used it up. Those after them could hang
        the bot, and this run would not have noticed.
    """,
    fix="""
        Simplify patterns with nested repetitions, which cost most. Or validate the folders one at a
        time with `--slots DIR`: each run has a budget of its own.
    """,
)
PATTERN_NOT_ECMASCRIPT = Rule(
    id="pattern-not-ecmascript",
    severity=Severity.WARNING,
    summary="A pattern uses syntax that ECMAScript does not have, or reads differently.",
    why=r"""
        The vendor does not say which engine runs the patterns. If it is JavaScript's, `(?i)` is a
        syntax error, which fails the retraining, and `\A` is simply the letter A: the pattern
        matches other messages than it does here.
    """,
    fix="""
        Use what both engines read alike; the hint says what that is. To ignore case, choose the
        strategy `fuzzy`, or spell both cases out, as in `[Oo]rder`.
    """,
    example=Example(
        bad=r"""
            patterns: ['(?i)^ord-\d{5}\Z']
        """,
        good=r"""
            patterns: ['^ord-\d{5}$']
            fill_strategy: fuzzy
        """,
    ),
)
PATTERN_NOT_PORTABLE = Rule(
    id="pattern-not-portable",
    severity=Severity.WARNING,
    summary="A pattern uses syntax that Python does not have, or reads differently.",
    why=r"""
        The vendor does not say which engine runs the patterns. If it is one of Python's, the named
        group `(?<year>…)` is a syntax error, which fails the retraining, and `\d{,4}` means up to
        four digits, where JavaScript looks for the text `{,4}`.
    """,
    fix="Use what both engines read alike; the hint says what that is.",
    example=Example(
        bad=r"""
            patterns: ['^(?<year>\d{4})-\d{,2}$']
        """,
        good=r"""
            patterns: ['^(\d{4})-\d{0,2}$']
        """,
    ),
)
