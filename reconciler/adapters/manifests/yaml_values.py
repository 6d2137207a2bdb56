"""YAML nodes → plain values: str, int, float, bool, None, tuple and dict with string keys.

Anything that YAML would silently turn into something else (a date, a custom tag, a duplicate key)
is a problem, never a surprise.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from reconciler.adapters.manifests import yaml_problems
from reconciler.adapters.manifests.places import source_at
from reconciler.adapters.manifests.text import FileText
from reconciler.model.problem import Problem, Source
from reconciler.model.rule import Rule
from reconciler.model.rules.yaml import DUPLICATE_KEY, YAML_KEY, YAML_NUMBER, YAML_TAG, YAML_VALUE

MAX_PROBLEMS = 1_000
"""Per file; more than that is one mistake, made many times."""
MAX_DEPTH = 32
_MAX_VALUES = 2_000_000  # aliases can expand a small text enormously

_TAG = "tag:yaml.org,2002:"
_STR, _SEQ, _MAP = f"{_TAG}str", f"{_TAG}seq", f"{_TAG}map"
_constructor = yaml.constructor.SafeConstructor()
_SCALARS: dict[str, Callable[[ScalarNode], Any]] = {
    f"{_TAG}value": lambda node: node.value,
    f"{_TAG}merge": lambda node: node.value,
    f"{_TAG}null": lambda _node: None,
    f"{_TAG}bool": _constructor.construct_yaml_bool,
    f"{_TAG}int": _constructor.construct_yaml_int,
    f"{_TAG}float": _constructor.construct_yaml_float,
}

_MISREAD = re.compile(r"[-+]?0[0-9b_]|.*[:_]")
"""Numbers that only YAML 1.1 reads: octal and binary ints, and ints and floats in base 60 or with
grouped digits."""
_MAX_MISREAD = 40
"""Characters; reading base 60 takes quadratic time."""


class NotText:
    """A plain scalar that YAML reads as a type that none of our fields has (a date)."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __str__(self) -> str:
        return self.text


class TooLargeError(Exception):
    """A document is far too large, usually because of aliases; `problem` says how and where."""

    def __init__(self, problem: Problem) -> None:
        super().__init__()
        self.problem = problem


class TooManyProblemsError(Exception):
    """MAX_PROBLEMS have been reported, the last one at `source`."""

    def __init__(self, source: Source) -> None:
        super().__init__()
        self.source = source


class ValueReader:
    """Reads the values of a file's nodes, and collects their problems."""

    def __init__(self, text: FileText) -> None:
        self._text = text
        self._values_left = _MAX_VALUES
        self.problems: list[Problem] = []

    def read(self, node: Node, *, depth: int) -> Any:
        """The value of a node at this depth. Raises TooLargeError and TooManyProblemsError."""
        self._values_left -= 1
        if self._values_left < 0:
            source = source_at(self._text, node.start_mark)
            raise TooLargeError(yaml_problems.too_many_values(source, most=_MAX_VALUES))
        if isinstance(node, ScalarNode):
            return node.value if node.tag == _STR else self._scalar(node)
        if depth >= MAX_DEPTH:
            source = source_at(self._text, node.start_mark)
            raise TooLargeError(yaml_problems.too_deep(source, most=MAX_DEPTH))
        if isinstance(node, SequenceNode) and node.tag == _SEQ:
            return tuple([self.read(item, depth=depth + 1) for item in node.value])
        if isinstance(node, MappingNode) and node.tag == _MAP:
            return self._mapping(node, depth=depth)
        return self._unsupported_tag(node)

    def _scalar(self, node: ScalarNode) -> Any:
        read = _SCALARS.get(node.tag)
        if read is None:
            if node.tag == f"{_TAG}timestamp":
                return NotText(node.value)
            return self._unsupported_tag(node)
        misread = _is_misread(node)
        try:
            if misread and len(node.value) > _MAX_MISREAD:
                raise ValueError(node.tag)
            value = read(node)
        # `!!int x`, more digits than Python reads, or a float that is too large
        except (ValueError, KeyError, IndexError, OverflowError):
            self._report(
                node,
                YAML_VALUE,
                f"{node.value[:40]!r} is not a valid {node.tag.removeprefix(_TAG)}",
                hint="Quote it if it is text.",
            )
            return None
        if misread:
            self._report(
                node,
                YAML_NUMBER,
                f"{node.value!r} is {value} in this version of YAML, but something else in others",
                hint=f'If it is text, quote it: "{node.value}". If it is the number {value}, write '
                f"it in decimal: {value}.",
            )
            return None
        return value

    def _mapping(self, node: MappingNode, *, depth: int) -> dict[str, Any]:
        value: dict[str, Any] = {}
        first: dict[str, Node] = {}
        for key_node, value_node in node.value:
            key = self.read(key_node, depth=depth + 1)
            if not isinstance(key, str):
                written = key_node.value if isinstance(key_node, ScalarNode) else "this key"
                self._report(
                    key_node,
                    YAML_KEY,
                    f"{str(written)[:40]!r} is not text, but a key must be",
                    hint="Quote the key.",
                )
            elif key in first:
                mark = first[key].start_mark
                self._report(
                    key_node,
                    DUPLICATE_KEY,
                    f"the key {key[:40]!r} is repeated; it is first used on line "
                    f"{mark.line + 1}, column {mark.column + 1}",
                    hint="Remove one of them.",
                )
            else:
                first[key] = key_node
                value[key] = self.read(value_node, depth=depth + 1)
        return value

    def _unsupported_tag(self, node: Node) -> None:
        tag = str(node.tag).replace(_TAG, "!!")
        self._report(node, YAML_TAG, f"the tag {tag[:40]} is not supported", hint="Remove the tag.")

    def _report(self, node: Node, rule: Rule, message: str, *, hint: str) -> None:
        source = source_at(self._text, node.start_mark)
        self.problems.append(rule.problem(source, message=message, hint=hint))
        if len(self.problems) == MAX_PROBLEMS:
            raise TooManyProblemsError(source)


def _is_misread(node: ScalarNode) -> bool:
    """Whether the number is not the one that it looks like."""
    if node.tag == f"{_TAG}int":
        return _MISREAD.match(node.value) is not None
    return node.tag == f"{_TAG}float" and (":" in node.value or "_" in node.value)
