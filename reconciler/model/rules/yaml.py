"""Rules for the YAML of a file."""

from __future__ import annotations

from reconciler.model.problem import Severity
from reconciler.model.rule import Example, Rule

YAML_SYNTAX = Rule(
    id="yaml-syntax",
    severity=Severity.ERROR,
    summary="The file is not valid YAML.",
    why="""
        A file that does not parse describes no slot. If it were skipped, its slots would count as
        unmanaged, and changes to them would never reach the tenant. Patterns are the usual cause:
        to YAML, text that begins with `[`, `{`, `*` or `@`, or contains `: `, is not plain text.
    """,
    fix="""
        Put the pattern in single quotes. A backslash is a backslash there, and the only character
        to escape is the single quote itself, which is written twice.
    """,
    example=Example(
        bad=r"""
            patterns:
              - [A-Z]{2}-\d{4,6}
        """,
        good=r"""
            patterns:
              - '[A-Z]{2}-\d{4,6}'
        """,
    ),
)
YAML_CHARACTER = Rule(
    id="yaml-character",
    severity=Severity.ERROR,
    summary="The file contains a character that YAML does not allow.",
    why="""
        YAML forbids most control characters. They usually come with text copied from a terminal
        or from a broken export. Neither an editor nor a pull request shows them, so nobody can
        review what the file says.
    """,
    fix="""
        Delete the character; the message gives its place and its code. If a pattern has to match
        it, write the escape of a regular expression, such as `\\x1b`, in single quotes.
    """,
)
YAML_KEY = Rule(
    id="yaml-key",
    severity=Severity.ERROR,
    summary="A key is not text.",
    why="""
        YAML reads a bare `no`, `yes`, `on` or `off` as a boolean and a bare `1` as a number, even
        if it is a key. The key `no` for Norway would become `False`, and a lookup of `no` would
        find nothing.
    """,
    fix="Put the key in quotes.",
    example=Example(
        bad="""
            x-countries:
              no: Norway
              se: Sweden
        """,
        good="""
            x-countries:
              "no": Norway
              se: Sweden
        """,
    ),
)
YAML_VALUE = Rule(
    id="yaml-value",
    severity=Severity.ERROR,
    summary="A value is not valid for its YAML type.",
    why="""
        The file says that a value has a type, and the value is not one of that type: text marked
        as `!!int`, or a number with thousands of digits. YAML parsers disagree on what to do with
        it, and none of them reads what was meant.
    """,
    fix="Remove the tag, or put the value in quotes if it is text.",
    example=Example(
        bad="""
            description: !!int 12 digits, as on the invoice
        """,
        good="""
            description: 12 digits, as on the invoice
        """,
    ),
)
YAML_NUMBER = Rule(
    id="yaml-number",
    severity=Severity.ERROR,
    summary="A number such as `010`, `1:30` or `1_000` means different things to "
    "different versions of YAML.",
    why="""
        YAML 1.1 reads `012345` as octal, which is 5349, and `1:30` in base 60, which is 90. YAML
        1.2 reads the same text as 12345 and as the string `1:30`. An order number or a time of
        day would become a number that nobody wrote, and the parser would decide which one.
    """,
    fix="Put it in quotes if it is text. If it is a number, write it in decimal.",
    example=Example(
        bad=r"""
            patterns: ['^\d{6}$']
            examples:
              match: [012345]
        """,
        good=r"""
            patterns: ['^\d{6}$']
            examples:
              match: ["012345"]
        """,
    ),
)
YAML_TAG = Rule(
    id="yaml-tag",
    severity=Severity.ERROR,
    summary="A value has a YAML tag.",
    why="""
        A tag asks the parser to build something other than text, numbers, lists and mappings. No
        slot needs that, and in a less careful parser a tag such as `!!python/object` runs code.
        Often the tag is an accident: text that begins with `!` and is not in quotes.
    """,
    fix="Remove the tag, or put text that begins with `!` in quotes.",
    example=Example(
        bad="""
            patterns:
              - !important
        """,
        good="""
            patterns:
              - '!important'
        """,
    ),
)
YAML_TOO_LARGE = Rule(
    id="yaml-too-large",
    severity=Severity.ERROR,
    summary="The file is nested too deeply, or its aliases expand to too many values.",
    why="""
        A few lines of aliases that refer to one another (`a: &a [x, x]`, `b: &b [*a, *a]`, and so
        on) expand to billions of values, and would take all the memory of the machine that reads
        them. A slot has no use for either: it nests three levels deep, and holds a few dozen
        values.
    """,
    fix="Write the values out where they are used, without anchors that refer to one another.",
)
DUPLICATE_KEY = Rule(
    id="duplicate-key",
    severity=Severity.ERROR,
    summary="A key occurs twice in one mapping.",
    why="""
        Most YAML parsers keep the last of two equal keys and drop the first without a word. After
        a merge that left `patterns` in a file twice, half of the patterns would vanish from the
        live slot, and the bot would stop understanding what they matched.
    """,
    fix="Join the two values under one key, or remove the one that is out of date.",
    example=Example(
        bad=r"""
            patterns:
              - ^[A-Z]{2}-\d{4,6}$
            fill_strategy: bestMatch
            patterns:
              - ^ORD-\d{5}$
        """,
        good=r"""
            patterns:
              - ^[A-Z]{2}-\d{4,6}$
              - ^ORD-\d{5}$
            fill_strategy: bestMatch
        """,
    ),
)
