"""YAML text → plain values and the position of each; the only importer of yaml.

Values are str, int, float, bool, None, tuple and dict with string keys. What YAML would quietly
turn into something else (a date, a custom tag, a repeated key) is a problem, never a surprise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import yaml
from yaml.events import CollectionEndEvent, CollectionStartEvent
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from reconciler.model.problem import Problem, Source
from reconciler.model.state import Path

# libyaml's parser is some ten times as fast; PyYAML can be built without it.
_Loader: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

MAX_BYTES = 8 * 1024 * 1024
"""A slot file past this size is a mistake: a slot is a few hundred bytes."""
_MAX_DEPTH = 32
_MAX_VALUES = 2_000_000  # aliases can make a small text expand without end

_TAG = "tag:yaml.org,2002:"
_constructor = yaml.constructor.SafeConstructor()
_SCALARS: dict[str, Callable[[ScalarNode], Any]] = {
    f"{_TAG}str": lambda node: node.value,
    f"{_TAG}value": lambda node: node.value,
    f"{_TAG}merge": lambda node: node.value,
    f"{_TAG}null": lambda _node: None,
    f"{_TAG}bool": _constructor.construct_yaml_bool,
    f"{_TAG}int": _constructor.construct_yaml_int,
    f"{_TAG}float": _constructor.construct_yaml_float,
}


class NotText:
    """A plain scalar that YAML takes for something that no field of ours can hold (a date)."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __str__(self) -> str:
        return self.text


class Document:
    """One YAML document: its value, and where each part of it stands."""

    def __init__(self, *, value: Any, node: Node, file: str) -> None:
        self.value = value
        self._node = node
        self._file = file

    def where(self, path: Path = ()) -> Source:
        """The place of the value at `path`, or of the nearest thing around it."""
        return self._source(_descend(self._node, path, keys=False))

    def where_key(self, path: Path) -> Source:
        """The place of the key that ends `path`, where it is one."""
        return self._source(_descend(self._node, path, keys=True))

    def written(self, path: Path) -> str | None:
        """The scalar at `path` as it stands in the file, without its quotes."""
        node = _descend(self._node, path, keys=False)
        return str(node.value) if isinstance(node, ScalarNode) else None

    def _source(self, node: Node) -> Source:
        return _source_of(self._file, node)


def parse(text: str, *, file: str) -> tuple[list[Document], list[Problem]]:
    """Every document of `text`, and every problem that YAML itself can have.

    A document with a problem is left out: what it asks for is not certain.
    """
    documents: list[Document] = []
    problems: list[Problem] = []
    too_deep = _first_too_deep(text, file=file)
    if too_deep is not None:
        return [], [too_deep]
    left = _MAX_VALUES
    try:
        for node in _compose_all(text):
            reader = _ValueReader(file, most_values=left)
            try:
                value = reader.read(node, depth=0)
            except _TooLargeError as error:
                problems.extend((*reader.problems, _too_large(_source_of(file, error.node))))
                break
            left -= reader.values
            problems.extend(reader.problems)
            if not reader.problems and value is not None:
                documents.append(Document(value=value, node=node, file=file))
    except yaml.MarkedYAMLError as error:
        problems.append(_syntax_problem(error, file=file))
    except yaml.reader.ReaderError as error:
        problems.append(_character_problem(error, text=text, file=file))
    except (yaml.YAMLError, RecursionError) as error:
        message = "too deeply nested" if isinstance(error, RecursionError) else str(error)
        problems.append(_problem(Source(file=file), "yaml-syntax", f"not YAML: {message}"))
    return documents, problems


def _first_too_deep(text: str, *, file: str) -> Problem | None:
    """The collection nested too deep, if any: composing it would overflow libyaml's C stack,
    which no exception tells of. Parsing does not recurse."""
    loader = _Loader(text)
    depth = 0
    try:
        while loader.check_event():
            event = loader.get_event()
            if isinstance(event, CollectionStartEvent):
                depth += 1
                if depth > _MAX_DEPTH:
                    return _too_large(_source_at(file, event.start_mark))
            elif isinstance(event, CollectionEndEvent):
                depth -= 1
    except yaml.YAMLError:
        pass  # Composing comes to the same place, and says what is wrong there.
    finally:
        loader.dispose()
    return None


def _compose_all(text: str) -> Iterator[Node]:
    loader = _Loader(text)
    try:
        while loader.check_node():
            yield loader.get_node()
    finally:
        loader.dispose()


class _TooLargeError(Exception):
    """Aliases make a document expand beyond all bounds; from where is in `node`."""

    def __init__(self, node: Node) -> None:
        super().__init__()
        self.node = node


class _ValueReader:
    """Reads the value of one document's nodes, collecting what is wrong with them."""

    def __init__(self, file: str, *, most_values: int) -> None:
        self._file = file
        self._most_values = most_values
        self.values = 0
        self.problems: list[Problem] = []

    def read(self, node: Node, *, depth: int) -> Any:
        self.values += 1
        if depth > _MAX_DEPTH or self.values > self._most_values:
            raise _TooLargeError(node)
        if isinstance(node, ScalarNode):
            return self._scalar(node)
        if isinstance(node, SequenceNode) and node.tag == f"{_TAG}seq":
            return tuple(self.read(item, depth=depth + 1) for item in node.value)
        if isinstance(node, MappingNode) and node.tag == f"{_TAG}map":
            return self._mapping(node, depth=depth)
        return self._unsupported_tag(node)

    def _scalar(self, node: ScalarNode) -> Any:
        read = _SCALARS.get(node.tag)
        if read is None:
            if node.tag == f"{_TAG}timestamp":
                return NotText(node.value)
            return self._unsupported_tag(node)
        try:
            return read(node)
        # `!!int x`, more digits than Python reads, or a float beyond all bounds
        except (ValueError, KeyError, IndexError, OverflowError):
            self._report(
                node,
                "yaml-value",
                f"{node.value[:40]!r} is not a valid {node.tag.removeprefix(_TAG)}",
                hint="Quote it if it is text.",
            )
            return None

    def _mapping(self, node: MappingNode, *, depth: int) -> dict[str, Any]:
        value: dict[str, Any] = {}
        lines: dict[str, int] = {}
        for key_node, value_node in node.value:
            key = self.read(key_node, depth=depth + 1)
            if not isinstance(key, str):
                written = key_node.value if isinstance(key_node, ScalarNode) else "this key"
                self._report(
                    key_node,
                    "yaml-key",
                    f"{str(written)[:40]!r} is not text, and a key must be",
                    hint="Quote the key.",
                )
                continue
            if key in lines:
                self._report(
                    key_node,
                    "duplicate-key",
                    f"{key!r} stands here a second time; the first is on line {lines[key]}",
                    hint="Remove one of them.",
                )
                continue
            lines[key] = key_node.start_mark.line + 1
            value[key] = self.read(value_node, depth=depth + 1)
        return value

    def _unsupported_tag(self, node: Node) -> None:
        tag = str(node.tag).replace(_TAG, "!!")
        self._report(
            node, "yaml-tag", f"the tag {tag[:40]} is not supported", hint="Remove the tag."
        )

    def _report(self, node: Node, rule: str, message: str, *, hint: str) -> None:
        self.problems.append(_problem(_source_of(self._file, node), rule, message, hint=hint))


def _descend(node: Node, path: Path, *, keys: bool) -> Node:
    for depth, step in enumerate(path):
        if isinstance(node, MappingNode):
            found = next((pair for pair in node.value if pair[0].value == step), None)
            if found is None:
                return node
            node = found[0] if keys and depth == len(path) - 1 else found[1]
        elif isinstance(node, SequenceNode) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
        else:
            return node
    return node


def _source_of(file: str, node: Node) -> Source:
    return _source_at(file, node.start_mark)


def _source_at(file: str, mark: Any) -> Source:
    return Source(file=file, line=mark.line + 1, column=mark.column + 1)


def _syntax_problem(error: yaml.MarkedYAMLError, *, file: str) -> Problem:
    mark = error.problem_mark or error.context_mark
    source = Source(file=file)
    if mark is not None:
        source = _source_at(file, mark)
    what = ", ".join(part for part in (error.context, error.problem) if part)
    hint = ""
    if error.problem and "cannot start any token" in error.problem:
        hint = "A tab or a reserved character: indent with spaces, and quote text that starts so."
    return _problem(source, "yaml-syntax", f"not YAML: {what}", hint=hint)


def _character_problem(error: yaml.reader.ReaderError, *, text: str, file: str) -> Problem:
    # libyaml counts bytes and PyYAML characters, so the place is found anew.
    refused = yaml.reader.Reader.NON_PRINTABLE.search(text)
    position = refused.start() if refused else 0
    before = text[:position]
    source = Source(
        file=file,
        line=before.count("\n") + 1,
        column=position - (before.rfind("\n") + 1) + 1,
    )
    return _problem(
        source,
        "yaml-character",
        f"YAML does not allow the character {text[position : position + 1]!a}: {error.reason}",
        hint="Remove it, or write it as an escape in double quotes.",
    )


def _too_large(source: Source) -> Problem:
    return _problem(
        source,
        "yaml-too-large",
        f"nested more than {_MAX_DEPTH} deep, or the file expands to more than "
        f"{_MAX_VALUES:,} values",
        hint="Write it flatter, and without anchors that refer to one another.",
    )


def _problem(source: Source, rule: str, message: str, *, hint: str = "") -> Problem:
    return Problem(source=source, rule=rule, message=message, hint=hint)
