"""Cheap answers from the tree alone, which save most questions to an engine or an automaton."""

from __future__ import annotations

from functools import lru_cache

from reconciler.patterns.characters import CharacterSet
from reconciler.patterns.parsing import parse
from reconciler.patterns.syntax import (
    Anchor,
    Atomic,
    Characters,
    Choice,
    Look,
    Node,
    Repeat,
    Sequence,
)

_SAMPLES = "a0A b-_.!@#\n"
_LONG = 200
"""Characters; a witness that needs more is none."""


@lru_cache(maxsize=4096)
def required_text(pattern: str) -> str:
    """The longest text that every match holds, as far as it can be read off; it may be empty.

    Lower case and ASCII, so that the lower-cased text of a match holds it whatever the case.
    """
    tree = parse(pattern)
    runs = [""]
    for part in _parts(tree) if tree is not None else ():
        single = part.taken.single if isinstance(part, Characters) else None
        if single is not None and single.isascii():
            runs[-1] += single.lower()
        elif not isinstance(part, (Anchor, Look)):
            runs.append("")
    return max(runs, key=len)


def _parts(tree: Node) -> tuple[Node, ...]:
    """What stands one after the other, groups within groups opened."""
    if not isinstance(tree, Sequence):
        return (tree,)
    return tuple(inner for part in tree.parts for inner in _parts(part))


def witness(tree: Node) -> str | None:
    """A short text that the tree matches if no condition in it forbids; None if it needs too
    much."""
    if isinstance(tree, Characters):
        return _sample(tree.taken)
    if isinstance(tree, (Anchor, Look)):
        return ""
    if isinstance(tree, Repeat):
        text = witness(tree.body)
        return text * tree.least if text is not None and tree.least <= _LONG else None
    if isinstance(tree, Choice):
        return witness(tree.branches[0])
    if isinstance(tree, Atomic):
        return witness(tree.body)
    texts = [witness(part) for part in tree.parts]
    known = [text for text in texts if text is not None]
    whole = "".join(known)
    return whole if len(known) == len(texts) and len(whole) <= _LONG else None


def _sample(characters: CharacterSet) -> str | None:
    lows = "".join(chr(least) for least, _ in characters.ranges)
    candidates = lows + _SAMPLES
    return next((each for each in candidates if characters.contains(each, ignore_case=False)), None)
