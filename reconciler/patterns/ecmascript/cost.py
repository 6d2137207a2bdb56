"""An upper bound of what a backtracking engine can need for one text, from the tree alone."""

from __future__ import annotations

from math import prod

from reconciler.patterns.syntax import Choice, Node, Repeat, children, nullable

ENDLESS = 10**9
"""Stands for any larger number of ways."""
_MANY_TURNS = 30


def attempts(tree: Node, *, length: int) -> int:
    """In how many ways a search of a text of this length can fail, over all places where a match
    could begin; at most ENDLESS."""
    return min((length + 1) * _ways(tree, length), ENDLESS)


def _ways(node: Node, length: int) -> int:
    """How many ways there are through the node from one place, if what is repeated is never empty.
    If it can be, engines have been seen to repeat it without end."""
    if isinstance(node, Choice):
        return min(sum(_ways(branch, length) for branch in node.branches), ENDLESS)
    if not isinstance(node, Repeat):
        return min(prod(_ways(child, length) for child in children(node)), ENDLESS)
    if nullable(node.body) and node.most != 1:
        return ENDLESS
    ways = _ways(node.body, length)
    most = node.least + length if node.most is None else min(node.most, node.least + length)
    if ways == 1:
        return most - node.least + 1
    if most > _MANY_TURNS:
        return ENDLESS
    each: int = ways**most
    return min((most - node.least + 1) * each, ENDLESS)
