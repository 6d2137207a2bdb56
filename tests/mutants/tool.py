"""The parts of Cosmic Ray that we use; this is the only file that imports it.

The environment of the tests does not have it, so `make mutants` runs the examples below as tests
before it starts.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names
from parso.python.tree import Keyword

from tests.mutants.sampling import Place, Way

# These pairs of operators are equivalent for everything that we compare: enum members, None, small
# numbers and short strings. Each such mutant would have to be listed as equivalent.
SAME_TO_US = frozenset(
    f"core/ReplaceComparisonOperator_{pair}"
    for pair in ("Eq_Is", "Is_Eq", "NotEq_IsNot", "IsNot_NotEq")
)


Position = tuple[int, int]
"""A line, from 1, and a column, from 0."""


class RemoveCall:
    """Removes a call that is made only for its effect: `os.fsync(file)` becomes `pass`.

    Cosmic Ray has no operator for it; this one has the interface of its `Operator`.
    """

    name = "RemoveCall"

    def mutation_positions(self, node: Any) -> Iterator[tuple[Any, Any]]:
        """The position of `node` if it is a statement that only calls something."""
        if node.type != "atom_expr" or node.parent.type != "simple_stmt":
            return
        if node.children[-1].get_code().startswith("("):
            yield node.start_pos, node.end_pos

    def mutate(self, node: Any, _index: int) -> Any:
        return Keyword("pass", node.start_pos, node.get_first_leaf().prefix)


def _operator(name: str) -> Any:
    return RemoveCall() if name == RemoveCall.name else get_operator(name)()


def _operators() -> Iterator[tuple[str, Any]]:
    """All operators except those that need the name of a variable."""
    for name in operator_names():
        if name not in SAME_TO_US and not get_operator(name).arguments():
            yield name, _operator(name)
    yield RemoveCall.name, RemoveCall()


def _left_alone(source: str) -> list[tuple[Position, Position]]:
    """The ranges that are not broken: annotations, which only pydantic evaluates, and
    `@lru_cache`, which changes only the speed."""
    found = []
    for node in ast.walk(ast.parse(source)):
        for name in ("annotation", "returns"):
            each = getattr(node, name, None)
            if isinstance(each, ast.expr):
                found.append(((each.lineno, each.col_offset), _end(each)))
        for decorator in getattr(node, "decorator_list", ()):
            if ast.unparse(decorator).startswith("lru_cache"):
                line, _ = _end(decorator)
                found.append(((decorator.lineno, decorator.col_offset - len("@")), (line + 1, 0)))
    return found


def _end(node: ast.expr) -> Position:
    # A node that is parsed from a file has one.
    assert node.end_lineno is not None
    assert node.end_col_offset is not None
    return node.end_lineno, node.end_col_offset


def places(path: str, source: str) -> list[Place]:
    """The places where a file can be broken, from its first line to its last, without those that no
    test could notice: annotations, caches, and the `*` before keyword-only arguments.

    >>> source = "@lru_cache(maxsize=8)\\n"
    >>> source += "def half(n: int | None, *, by: int) -> float | None:\\n    return n / by\\n"
    >>> [(place.path, place.line, len(place.ways)) for place in places("half.py", source)]
    [('half.py', 3, 11)]
    """
    tree = get_ast(source)
    left_alone = _left_alone(source)
    ways: dict[tuple[Any, Any], list[Way]] = defaultdict(list)
    for name, operator in _operators():
        spans = (
            (node, span) for node in ast_nodes(tree) for span in operator.mutation_positions(node)
        )
        for occurrence, (node, (start, end)) in enumerate(spans):
            separates = node.type == "operator" and node.parent.type == "parameters"
            if not separates and not any(
                first <= start and end <= last for first, last in left_alone
            ):
                ways[start, end].append(Way(name, occurrence))
    return [Place(path, start[0], tuple(ways[start, end])) for start, end in sorted(ways)]


def broken(source: str, way: Way) -> str | None:
    """The source, broken in this way; None if the result is not Python, or is unchanged.

    >>> broken("if full:\\n    os.fsync(file)\\n", Way("RemoveCall", 0))
    'if full:\\n    pass\\n'
    >>> broken("size = os.fsync(file)\\n", Way("RemoveCall", 0))
    """
    code = mutate_code(source, _operator(way.operator), way.occurrence)
    if not isinstance(code, str):
        return None
    try:
        changed = ast.dump(ast.parse(code)) != ast.dump(ast.parse(source))
    except SyntaxError:
        return None
    return code if changed else None
