r"""What other engines write, and JavaScript rejects or reads as something else.

Without the flag `u`, JavaScript gives nearly every escape a meaning: `\A` is the letter A, and
`\p{L}` the text `p{L}`. Nothing warns of that, and the pattern never matches.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from reconciler.patterns.ecmascript.groups import Groups


@dataclass(frozen=True)
class Foreign:
    """A construct as it is written. `says` completes "{token} is …"."""

    token: str
    says: str
    hint: str


@dataclass(frozen=True)
class _Row:
    construct: re.Pattern[str]
    says: str
    hint: str

    def at(self, body: str, offset: int) -> Foreign | None:
        match = self.construct.match(body, offset)
        return None if match is None else Foreign(match[0], self.says, self.hint)


def _row(construct: str, says: str, hint: str) -> _Row:
    return _Row(re.compile(construct, re.DOTALL | re.ASCII), says, hint)


_REJECTED = (
    _row(r"\(\?P<\w*>?", "a named group in Python's syntax", "Write (?<name> … ), or ( … )."),
    _row(r"\(\?P=\w*\)?", "a reference in Python's syntax", r"Write \k<name>, or \1."),
    _row(r"\(\?(?:R|[+-]?\d+|&\w+|P>\w+)\)", "recursion", "Write it without recursion."),
    _row(r"\(\?>", "an atomic group", "Write (?: … )."),
    _row(r"\(\?\|", "a branch reset", "Write (?: … )."),
    _row(r"\(\?#[^)]*\)?", "a comment", "Move it to a YAML comment."),
    _row(r"\(\?\([^)]*\)?", "a condition", "Write an alternative for each case: a|b."),
    _row(
        r"\(\?[A-Za-z-]+[:)]",
        "an inline flag",
        "Remove it; to ignore case, write both cases, as in [Aa].",
    ),
    _row(r"(?<=[*+?}])\+", "the mark of a possessive quantifier", "Remove it."),
    _row(r"(?<=\()\*[A-Z]+(?=\))", "a backtracking verb", "Remove it, with its brackets."),
)
_READ_OTHERWISE = (
    _row(r"\\A", "the start of the text in Python, but the letter A in JavaScript", "Use ^."),
    _row(r"\\[Zz]", "the end of the text in Python, but a letter in JavaScript", "Use $."),
    _row(r"\\a", "the bell in Python, but the letter a in JavaScript", r"Use \x07."),
    _row(
        r"\\[pP](?:\{[^}]*\}|[A-Z])",
        "a Unicode property only with the flag u; without it, it is plain text",
        "List the letters, as in [A-Za-zÀ-ÿ].",
    ),
    _row(
        r"\\u\{[0-9A-Fa-f]+\}",
        "a code point only with the flag u; without it, it is the letter u and braces",
        r"Write the character itself, or \u and its four hex digits.",
    ),
    _row(
        r"\\x(?![0-9A-Fa-f]{2})",
        "the letter x without two hex digits",
        r"Write \x and both digits.",
    ),
    _row(
        r"\\u(?![0-9A-Fa-f]{4})",
        "the letter u without four hex digits",
        r"Write \u and all four digits.",
    ),
    _row(r"\\N\{[^}]*\}", "plain text in JavaScript", "Write the character itself."),
    _row(r"\\[QE]", "a letter in JavaScript, which cannot quote", "Escape each character."),
    _row(r"\\g(?:<\w*>|\d+)?", "the letter g in JavaScript", r"Use \1, or \k<name>."),
    _row(r"\\k(?:<\w*>)?", "the letter k where no group has a name", r"Use \1, or name a group."),
    _row(r"\\c(?![A-Za-z])", "a backslash and the letter c", r"Write \\c, if that is meant."),
    _row(
        r"\\[0-9]+",
        "a single character, because no group has that number",
        r"Write \x and two hex digits, or add the group.",
    ),
    _row(r"\\[A-Za-z]", "only a letter in JavaScript", "Remove the backslash, if it is meant."),
    _row(
        r"\{\s*(?:,\s*\d+|\d+\s*,?\s*\d*)\s*\}",
        "plain text in JavaScript, not a repetition",
        r"Write it as {0,3}, without spaces, or \{ if the text is meant.",
    ),
    _row(r"\{[^}\s]*[eids][^}]*[<=>]\d+\}", "plain text in JavaScript", "Write out the variants."),
    _row(
        r"\[[^\]]*\[:\^?\w+:\]\]?",
        "not a POSIX class in JavaScript, but a set that ends at its first ]",
        r"Use \d, \w or a range.",
    ),
    _row(
        r"\[\^?\][^\[\]\\]*\]",
        "a set that ends at its first ] in JavaScript, but at its second in Python",
        r"Write \] inside a set.",
    ),
)
_PIECE = re.compile(r"\\.|\[\^?(?:\\.|[^\]\\])*\]|.", re.DOTALL)
_KNOWN = re.compile(
    r"\\(?:[dDwWsSbBnrtfv]|c[A-Za-z]|x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|0(?!\d)|[^A-Za-z0-9])",
    re.ASCII,
)
_QUANTIFIER = re.compile(r"[*+?]|\{\d+(?:,\d*)?\}", re.ASCII)
_REFERENCE = re.compile(r"\\([1-9]\d*)", re.ASCII)


def rejected(body: str, *, offset: int) -> Foreign | None:
    """The construct of another engine that JavaScript rejects at this place, if it is one."""
    return next((found for row in _REJECTED if (found := row.at(body, offset))), None)


def read_otherwise(body: str) -> Iterator[Foreign]:
    """What JavaScript accepts and reads as something else than Python would, each kind once. The
    pattern must be one that JavaScript accepts."""
    groups = Groups.of(body)
    seen: set[str] = set()
    for found in _found(body, groups):
        if found.says not in seen:
            seen.add(found.says)
            yield found


def _found(body: str, groups: Groups) -> Iterator[Foreign]:
    pieces = list(_PIECE.finditer(body))
    for number, piece in enumerate(pieces):
        yield from _in_piece(body, piece, groups)
        around = [each[0] for each in pieces[max(number - 1, 0) : number + 2]]
        yield from _halves(piece[0], body[piece.end() :])
        if piece[0] in (r"\b", r"\B"):
            letter = next((each for each in around if each.isalpha() and not each.isascii()), None)
            if letter is not None:
                yield Foreign(
                    piece[0],
                    "a boundary of words in ASCII letters only, "
                    f"and {letter} is not part of a word to JavaScript",
                    "Write (?<![A-Za-zÀ-ÿ]) before a word, and (?![A-Za-zÀ-ÿ]) after it.",
                )


def _in_piece(body: str, piece: re.Match[str], groups: Groups) -> Iterator[Foreign]:
    if piece[0].startswith("["):
        yield from _of_row(body, piece.start())
        for each in re.finditer(r"\\.", piece[0], re.DOTALL):
            yield from _of_escape(body, piece.start() + each.start(), Groups(0, groups.names))
    elif piece[0].startswith("\\"):
        yield from _of_escape(body, piece.start(), groups)
    elif piece[0] == "{" and not _QUANTIFIER.match(body, piece.start()):
        yield from _of_row(body, piece.start())


def _of_escape(body: str, offset: int, groups: Groups) -> Iterator[Foreign]:
    reference = _REFERENCE.match(body, offset)
    is_named = groups.names and body.startswith(r"\k", offset)
    refers = reference is not None and int(reference[1][:9]) <= groups.count
    if not (_KNOWN.match(body, offset) or is_named or refers):
        yield from _of_row(body, offset)


def _of_row(body: str, offset: int) -> Iterator[Foreign]:
    found = next((found for row in _READ_OTHERWISE if (found := row.at(body, offset))), None)
    if found is not None:
        yield found


def _halves(piece: str, after: str) -> Iterator[Foreign]:
    """Without the flag `u`, a character beyond U+FFFF is two, of which a set takes either, and a
    quantifier only the second."""
    wide = next((each for each in piece if each > "\uffff"), None)
    if wide is not None and (piece.startswith("[") or _QUANTIFIER.match(after)):
        yield Foreign(
            wide,
            "two characters in JavaScript, which sets and quantifiers take apart",
            f"Write it in a group: (?:{wide}), or (?:{wide}|…) instead of a set.",
        )
