"""The position of each part of a YAML document, computed on demand.

Nodes are PyYAML's; this module knows only their attributes (`id`, `value`, `start_mark`), because
just one module may import yaml.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any

from reconciler.adapters.manifests.text import FileText
from reconciler.model.problem import Source
from reconciler.model.state import Path

Node = Any
Compose = Callable[[str], Iterator[Node]]
"""Yields the nodes of a text's documents, up to the first error."""


class Nodes:
    """A file's documents as nodes, composed again on first use.

    Keeping the nodes of ten thousand files in case one of them is needed would cost several times
    as much as reading the files, because the garbage collector visits each of them repeatedly.
    """

    def __init__(self, text: FileText, *, compose: Compose) -> None:
        self._text = text
        self._compose = compose
        self._keys: dict[int, dict[str, tuple[Node, Node]]] = {}

    def __getstate__(self) -> dict[str, Any]:
        # Pickled as text: libyaml's marks cannot be pickled, and the keys of `_keys` are addresses.
        return {"_text": self._text, "_compose": self._compose, "_keys": {}}

    @cached_property
    def _documents(self) -> list[Node]:
        return list(self._compose(self._text.text))

    def source(self, node: Node) -> Source:
        """The start of `node`."""
        return source_at(self._text, node.start_mark)

    def descend(self, number: int, path: Path, *, keys: bool) -> Node:
        """The node at `path` in a document, or its closest parent; with `keys`, the key's node."""
        node = self._documents[number]
        for depth, step in enumerate(path):
            inner: Node = None
            if node.id == "mapping" and isinstance(step, str):
                key, value = self._pairs(node).get(step, (None, None))
                inner = key if keys and depth == len(path) - 1 else value
            elif node.id == "sequence" and isinstance(step, int) and step < len(node.value):
                inner = node.value[step]
            if inner is None:
                return node
            node = inner
        return node

    def _pairs(self, node: Node) -> dict[str, tuple[Node, Node]]:
        """A mapping's pairs by key, because a mapping may have as many problems as keys."""
        pairs = self._keys.get(id(node))
        if pairs is None:
            pairs = {key.value: (key, value) for key, value in node.value if key.id == "scalar"}
            self._keys[id(node)] = pairs
        return pairs


class Places:
    """The positions of the parts of one document."""

    def __init__(self, nodes: Nodes, number: int) -> None:
        self._nodes = nodes
        self._number = number

    def where(self, path: Path = ()) -> Source:
        """The position of the value at `path`, or of its closest parent."""
        return self._nodes.source(self._nodes.descend(self._number, path, keys=False))

    def where_key(self, path: Path) -> Source:
        """The position of the key that `path` ends with, if it ends with a key."""
        return self._nodes.source(self._nodes.descend(self._number, path, keys=True))

    def written(self, path: Path) -> str | None:
        """The scalar at `path` as written in the file, without its quotes."""
        node = self._nodes.descend(self._number, path, keys=False)
        return str(node.value) if node.id == "scalar" else None


def source_at(text: FileText, mark: Any) -> Source:
    """The position of a PyYAML mark, which counts from 0."""
    return text.at(mark.line + 1, mark.column + 1)
