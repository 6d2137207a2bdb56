r"""A short pattern in words: `[A-Z]{2}-\d{4,6}` is 2 capital letters, "-", 4 to 6 digits."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.patterns.characters import CharacterSet, merged
from reconciler.patterns.parsing import parse
from reconciler.patterns.syntax import Characters, Node, Repeat, Sequence

_DIGITS = ((48, 57),)
_CAPITALS = ((65, 90),)
_SMALL = ((97, 122),)
_NOUNS = {
    _DIGITS: ("digit", "digits"),
    _CAPITALS: ("capital letter", "capital letters"),
    _SMALL: ("small letter", "small letters"),
    _CAPITALS + _SMALL: ("letter A-Z", "letters A-Z"),
    _DIGITS + _CAPITALS: ("digit or capital letter", "digits or capital letters"),
    _DIGITS + _SMALL: ("digit or small letter", "digits or small letters"),
    _DIGITS + _CAPITALS + _SMALL: ("letter A-Z or digit", "letters A-Z or digits"),
}
_MOST_LISTED = 6
"""Characters of a set that are listed one by one."""


def in_words(pattern: str) -> str | None:
    """The pattern in words; None if it is not simply one run of characters after the other."""
    tree = parse(pattern)
    if tree is None:
        return None
    parts = tree.parts if isinstance(tree, Sequence) else (tree,)
    found: list[str] = []
    literal = ""
    for part in parts:
        if isinstance(part, Characters) and (only := _single(part.taken)) is not None:
            literal += only
            continue
        words = _run(part)
        if words is None:
            return None
        found += [*_quoted(literal), words]
        literal = ""
    return ", ".join([*found, *_quoted(literal)]) or None


def _quoted(literal: str) -> Iterator[str]:
    if literal:
        yield "a space" if literal == " " else f'"{literal}"'


def _run(node: Node) -> str | None:
    body, least, most = node, 1, 1 if not isinstance(node, Repeat) else node.most
    if isinstance(node, Repeat):
        body, least = node.body, node.least
    if not isinstance(body, Characters):
        return None
    nouns = _nouns(body.taken)
    return None if nouns is None else _counted(least, most, *nouns)


def _counted(least: int, most: int | None, one: str, many: str) -> str:
    if most is None:
        return f"{least} or more {many}" if least else f"any number of {many}"
    if least == most:
        return f"1 {one}" if least == 1 else f"{least} {many}"
    if (least, most) == (0, 1):
        return f"at most 1 {one}"
    return f"{least} to {most} {many}" if least else f"at most {most} {many}"


def _nouns(taken: CharacterSet) -> tuple[str, str] | None:
    if taken.negated:
        return None
    if taken.categories:
        return _NOUNS[_DIGITS] if taken.categories == ("d",) and not taken.ranges else None
    ranges = merged(taken.ranges)
    if ranges in _NOUNS:
        return _NOUNS[ranges]
    listed = [chr(each) for least, most in ranges for each in range(least, most + 1)][
        : _MOST_LISTED + 1
    ]
    if len(listed) <= _MOST_LISTED:
        said = f"of {' '.join(listed)}" if len(listed) > 1 else f'"{listed[0]}"'
        return said, said
    if len(ranges) == 1 and ranges[0][1] <= _SMALL[0][1]:
        least, most = ranges[0]
        if chr(least).isalnum() and chr(most).isalnum():
            said = f"of {chr(least)} to {chr(most)}"
            return said, said
    return None


def _single(taken: CharacterSet) -> str | None:
    if taken.negated or taken.categories:
        return None
    ranges = merged(taken.ranges)
    if len(ranges) == 1 and ranges[0][0] == ranges[0][1]:
        return chr(ranges[0][0])
    return None
