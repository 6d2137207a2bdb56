r"""A pattern → the tree of its language in one dialect, all sets resolved; or why there is none.

The reason is a clause that a reviewer reads: "not determined: \1 refers back".
"""

from __future__ import annotations

from functools import lru_cache

from reconciler.patterns.characters import CharacterSet, Dialect
from reconciler.patterns.dialects import for_python
from reconciler.patterns.ecmascript.parsing import InvalidPatternError, read
from reconciler.patterns.ecmascript.syntax import Modified
from reconciler.patterns.matching import compile_error
from reconciler.patterns.membership import members
from reconciler.patterns.parsing import MAX_LENGTH, parse
from reconciler.patterns.syntax import (
    Anchor,
    Atomic,
    Characters,
    Choice,
    Look,
    Node,
    Repeat,
    Sequence,
    children,
    mapped,
    nullable,
    walk,
)
from reconciler.patterns.tokens import tokens

_GLOBAL_CASE = "(?i)"
_REASONS = {
    "reference": "refers back",
    "call": "is recursive",
    "condition": "is a condition",
    "verb": "is a backtracking verb",
    "flags": "sets a flag",
    "fuzzy": "is fuzzy matching",
    "set": "is a set that is not modelled",
    "escape": "is an escape that is not modelled",
    "remark": "is a comment that is not modelled",
}


class NotModelledError(Exception):
    """What the pattern matches cannot be decided. The message is a clause, without a full stop."""


class RefusedError(Exception):
    """The dialect's engine refuses the pattern."""


@lru_cache(maxsize=4096)
def modelled(pattern: str, *, dialect: Dialect, ignore_case: bool) -> Node:
    """The tree of a pattern whose language is known. Its sets are ranges, resolved and not negated.

    Raises NotModelledError, and RefusedError.
    """
    if dialect is Dialect.PYTHON and pattern.startswith(_GLOBAL_CASE):
        pattern, ignore_case = pattern.removeprefix(_GLOBAL_CASE), True
    tree = _python(pattern) if dialect is Dialect.PYTHON else _ecmascript(pattern)
    for node in walk(tree):
        if isinstance(node, Atomic):
            raise NotModelledError("it has an atomic group or a possessive quantifier")
        if isinstance(node, Look) and any(isinstance(each, Look) for each in walk(node.body)):
            raise NotModelledError("one lookaround is within another")

    def resolved(node: Node) -> Node:
        if not isinstance(node, Characters):
            return node
        ranges = members(node.taken, dialect=dialect, ignore_case=ignore_case)
        return Characters(CharacterSet(ranges))

    return mapped(tree, resolved)


def _python(pattern: str) -> Node:
    tree = parse(for_python(pattern))
    if tree is not None:
        return tree
    if compile_error(pattern) is not None:
        raise RefusedError
    if len(pattern) > MAX_LENGTH:
        raise NotModelledError(f"it has more than {MAX_LENGTH} characters")
    raise NotModelledError(_obstacle(pattern))


def _ecmascript(pattern: str) -> Node:
    try:
        reading = read(pattern)
    except InvalidPatternError:
        raise RefusedError from None
    if not reading.is_exact:
        if any(isinstance(node, Modified) for node in walk(reading.tree)):
            raise NotModelledError("it sets a flag for a part of it")
        raise NotModelledError(_obstacle(pattern))
    return reading.tree


def _obstacle(pattern: str) -> str:
    """What is not modelled in a pattern that is not."""
    for kind, text in tokens(pattern):
        if kind == "reference" or (kind in ("call", "condition", "verb", "flags", "fuzzy")):
            return f"{text} {_REASONS[kind]}"
    for kind, text in tokens(pattern):
        if kind in _REASONS and parse(text) is None:
            return f"{text} {_REASONS[kind]}"
    return "it has a construct that is not modelled"


def is_anchored(tree: Node) -> bool:
    """Whether every match begins at the start of the text, as far as the tree shows it."""
    return _bound(tree, kinds="^", first=True)


def is_closed(tree: Node) -> bool:
    """Whether every match ends at the end of the text, as far as the tree shows it."""
    return _bound(tree, kinds="$Z", first=False)


def _bound(node: Node, *, kinds: str, first: bool) -> bool:
    if isinstance(node, Anchor):
        return node.kind in kinds
    if isinstance(node, Choice):
        return all(_bound(branch, kinds=kinds, first=first) for branch in node.branches)
    if isinstance(node, Repeat):
        return node.least > 0 and _bound(node.body, kinds=kinds, first=first)
    if isinstance(node, Sequence):
        outer = [part for part in children(node) if not isinstance(part, Look)]
        return bool(outer) and _bound(outer[0 if first else -1], kinds=kinds, first=first)
    return False


def prefers_alike(tree: Node) -> bool:
    """Whether engines agree on which match comes first: they do not, where what can be empty is
    repeated."""
    return not any(
        isinstance(node, Repeat) and node.least != node.most and nullable(node.body)
        for node in walk(tree)
    )
