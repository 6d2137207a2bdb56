"""YAML text → documents: plain values, and their positions."""

from __future__ import annotations

import operator
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import yaml
from yaml.events import CollectionEndEvent, CollectionStartEvent
from yaml.nodes import Node

from reconciler.adapters.manifests import yaml_problems
from reconciler.adapters.manifests.places import Nodes, Places, source_at
from reconciler.adapters.manifests.text import FileText
from reconciler.adapters.manifests.yaml_values import (
    MAX_DEPTH,
    MAX_PROBLEMS,
    TooLargeError,
    TooManyProblemsError,
    ValueReader,
)
from reconciler.model.problem import Problem, Source
from reconciler.model.rules.yaml import YAML_SYNTAX

# libyaml's parser is about ten times as fast, but PyYAML can be built without it.
_SafeLoader: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# Most scalars are keys and words that every slot has, so their tags are cached.
_tag_of = lru_cache(maxsize=4096)(yaml.SafeLoader("").resolve)
# Both serve path resolvers, which this loader does not use, but run for every node.
_nothing = {"descend_resolver": staticmethod(operator.is_), "ascend_resolver": staticmethod(bool)}
_Loader: type[Any] = type("_Loader", (_SafeLoader,), {"resolve": staticmethod(_tag_of), **_nothing})

MAX_BYTES = 8 * 1024 * 1024
"""A larger slot file is a mistake: a slot has a few hundred bytes."""


class Document:
    """One YAML document: its value, and the positions of its parts."""

    def __init__(self, *, value: Any, places: Places) -> None:
        self.value = value
        self.places = places


def parse(text: str, *, file: str) -> tuple[list[Document], list[Problem]]:
    """The documents in `text`, and all problems on the level of YAML.

    A document with a problem is left out, because its meaning is uncertain.
    """
    return _parse(FileText(text, file=file))


def _parse(text: FileText) -> tuple[list[Document], list[Problem]]:
    foreign = yaml_problems.not_meant_for_yaml(text, most=MAX_PROBLEMS)
    if foreign:
        return [], foreign
    if _may_nest_deep(text.text):
        too_deep = _first_too_deep(text)
        if too_deep is not None:
            return [], [too_deep]
    reader = ValueReader(text)
    documents: list[Document] = []
    nodes = Nodes(text, compose=_compose_sound)
    try:
        for number, node in enumerate(_compose_all(text.text)):
            before = len(reader.problems)
            value = reader.read(node, depth=0)
            if len(reader.problems) == before and value is not None:
                documents.append(Document(value=value, places=Places(nodes, number)))
    except TooLargeError as error:
        reader.problems.append(error.problem)
    except TooManyProblemsError as error:
        reader.problems.append(yaml_problems.too_many_problems(error.source, most=MAX_PROBLEMS))
    except (yaml.YAMLError, RecursionError) as error:
        reader.problems.append(_not_yaml(error, text=text))
    return documents, reader.problems


def _not_yaml(error: Exception, *, text: FileText) -> Problem:
    if isinstance(error, yaml.MarkedYAMLError):
        return yaml_problems.syntax_problem(error, text=text)
    if isinstance(error, yaml.reader.ReaderError):
        # libyaml counts bytes and PyYAML counts characters, so find the position again.
        refused = yaml.reader.Reader.NON_PRINTABLE.search(text.text)
        return yaml_problems.character_problem(refused.start() if refused else 0, text=text)
    too_deep = _first_too_deep(text) if isinstance(error, RecursionError) else None
    place = Source(file=text.file)
    return too_deep or YAML_SYNTAX.problem(place, message=f"not YAML: {error}")


_FEW_BRACKETS, _SMALL_INDENT = 100, 64
_INDENT = re.compile(rf"[\n\r\x85\u2028\u2029\ufeff][ \t?:-]{{{_SMALL_INDENT}}}")


def _may_nest_deep(text: str) -> bool:
    """Whether composing might recurse hundreds of levels deep; usually a cheap no.

    An opening bracket opens at most two collections (`[a: [`), and so does a column in which a
    block can begin, which only such characters precede in its line. All of them are closed when a
    new document begins.
    """
    return _INDENT.search(f"\n{text}") is not None or any(
        document.count("[") + document.count("{") > _FEW_BRACKETS
        for document in text.split("\n---\n")
    )


def _first_too_deep(text: FileText) -> Problem | None:
    """The first collection that is nested too deeply, if any. Composing it would overflow libyaml's
    C stack, without an exception. Parsing does not recurse."""
    loader = _Loader(text.text)
    depth = 0
    try:
        while loader.check_event():
            event = loader.get_event()
            if isinstance(event, CollectionStartEvent):
                depth += 1
                if depth > MAX_DEPTH:
                    return yaml_problems.too_deep(source_at(text, event.start_mark), most=MAX_DEPTH)
            elif isinstance(event, CollectionEndEvent):
                depth -= 1
    except yaml.YAMLError:
        pass  # composing will reach the same position and report the error
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


def _compose_sound(text: str) -> Iterator[Node]:
    """Like `_compose_all`, up to the first error, which was reported when the file was read."""
    try:
        yield from _compose_all(text)
    except yaml.YAMLError:
        return
