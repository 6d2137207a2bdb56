"""Where each part of a YAML document stands, found when somebody asks.

Nodes are PyYAML's and known here by their shape (`id`, `value`, `start_mark`), for yaml itself
has one importer.
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
"""The nodes of a text's documents, up to the first error, if there is one."""


class Nodes:
    """A file's documents as nodes, composed anew when first asked for.

    Ten thousand files' nodes, kept because one of them might be asked for, would cost several
    times what reading them costs: the garbage collector visits each again and again.
    """

    def __init__(self, text: FileText, *, compose: Compose) -> None:
        self._text = text
        self._compose = compose
        self._keys: dict[int, dict[str, tuple[Node, Node]]] = {}

    def __getstate__(self) -> dict[str, Any]:
        # They travel as text: libyaml's marks cannot be pickled, and `_keys` goes by addresses.
        return {"_text": self._text, "_compose": self._compose, "_keys": {}}

    @cached_property
    def _documents(self) -> list[Node]:
        return list(self._compose(self._text.text))

    def source(self, node: Node) -> Source:
        """Where `node` begins."""
        return source_at(self._text, node.start_mark)

    def descend(self, number: int, path: Path, *, keys: bool) -> Node:
        """The node at `path` of a document, or the nearest around it; its key's with `keys`."""
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
        """Looked up by key, for a mapping may have as many problems as keys."""
        pairs = self._keys.get(id(node))
        if pairs is None:
            pairs = {key.value: (key, value) for key, value in node.value if key.id == "scalar"}
            self._keys[id(node)] = pairs
        return pairs


class Places:
    """Where each part of one document stands."""

    def __init__(self, nodes: Nodes, number: int) -> None:
        self._nodes = nodes
        self._number = number

    def where(self, path: Path = ()) -> Source:
        """The place of the value at `path`, or of the nearest thing around it."""
        return self._nodes.source(self._nodes.descend(self._number, path, keys=False))

    def where_key(self, path: Path) -> Source:
        """The place of the key that ends `path`, where it is one."""
        return self._nodes.source(self._nodes.descend(self._number, path, keys=True))

    def written(self, path: Path) -> str | None:
        """The scalar at `path` as it stands in the file, without its quotes."""
        node = self._nodes.descend(self._number, path, keys=False)
        return str(node.value) if node.id == "scalar" else None


def source_at(text: FileText, mark: Any) -> Source:
    """The place of one of PyYAML's marks, which count from 0."""
    return text.at(mark.line + 1, mark.column + 1)
