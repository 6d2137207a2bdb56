"""Splitting a pattern into tokens, as Python's engines read them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple


class Token(NamedTuple):
    """`kind` is the name of a group in the scanner below; `text` is the token as written."""

    kind: str
    text: str


_SCANNER = re.compile(
    r"""
      (?P<reference>   \(\?P=\w*\) | \\[kg]<[^>]*> | \\[1-9]\d? )
    | (?P<call>        \(\?(?:R|[+-]?\d+|&\w+|P>\w+)\) )
    | (?P<escape>      \\x[0-9A-Fa-f]{2} | \\c[A-Za-z] | \\0[0-7]{0,2} | \\L<\w*> | \\. )
    | (?P<remark>      \(\?\#[^)]*\) )
    | (?P<condition>   \(\?\([^)]*\) )
    | (?P<verb>        \(\*[A-Z]+\) )
    | (?P<flags>       \(\?[A-Za-z0-9]*(?:-[A-Za-z]+)?\) | \(\?[A-Za-z0-9]*(?:-[A-Za-z]+)?(?<!\?): )
    | (?P<open>        \(\?(?: P?<[^\W\d]\w*> | <[=!] | [=!:>|] ) | \((?!\?) )
    | (?P<close>       \) )
    | (?P<set>         \[\^?\]?(?: \[:\^?\w+:\] | \\. | [^\]\\] )*\] | \[\^?\] )
    | (?P<quantifier>  (?: [*+?] | \{\d+(?:,\d*)?\} | \{,\d+\} )[+?]? )
    | (?P<fuzzy>       \{[^}]*[eids][^}]*\} )
    | (?P<bar>         \| )
    | (?P<anchor>      [\^$] )
    | (?P<dot>         \. )
    | (?P<literal>     [^\\()\[{*+?] )
    | (?P<broken>      . )
    """,
    re.VERBOSE | re.DOTALL,
)


def tokens(pattern: str) -> Iterator[Token]:
    """Tokens that cover every character of the pattern; one that fits nothing is `broken`."""
    for match in _SCANNER.finditer(pattern):
        yield Token(str(match.lastgroup), match.group())
