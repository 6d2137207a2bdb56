"""Settings from text, as the command line takes them: `NAME=VALUE`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, replace
from types import MappingProxyType
from typing import Any

from reconciler.sandbox.v2.settings import ALWAYS, SandboxSettings

_WORDS = {"yes": True, "no": False}


def _boolean(text: str) -> bool:
    if text not in _WORDS:
        raise ValueError("neither yes nor no")
    return _WORDS[text]


def _times(text: str) -> int:
    return ALWAYS if text == "always" else int(text)


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split(","))


_READERS: Mapping[str, tuple[str, Callable[[str], object]]] = MappingProxyType(
    {
        "bool": ("yes or no", _boolean),
        "float": ("a number", float),
        "int": ('a number, or "always"', _times),
        "int | None": ("a number", int),
        "str": ("a text", str),
        "frozenset[str]": ("names with commas between them", _names),
        "Literal[200, 201]": ("200 or 201", int),
        "Literal[200, 204]": ("200 or 204", int),
        "Literal['nextCursor', 'next']": ("nextCursor or next", str),
        "Literal['kept', 'unset', 'ignored']": ("kept, unset or ignored", str),
        "Literal['honest', 'always', 'never']": ("honest, always or never", str),
        "Literal['project', 'snapshot']": ("project or snapshot", str),
    }
)
"""How a value is written, and how it is read, by the type of the setting."""


def switchable() -> dict[str, str]:
    """The settings that can be changed by text, each with what it takes."""
    return {
        each.name: _READERS[_kind(each.type)][0]
        for each in fields(SandboxSettings)
        if _kind(each.type) in _READERS
    }


def switched(settings: SandboxSettings, changes: Iterable[str]) -> SandboxSettings:
    """The settings after changes such as `flaky_runs=2`. Raises `ValueError`, which says why."""
    kinds = {each.name: _kind(each.type) for each in fields(SandboxSettings)}
    values: dict[str, Any] = {}
    for change in changes:
        name, equals, text = change.partition("=")
        if not equals or name not in switchable():
            known = ", ".join(sorted(switchable()))
            raise ValueError(f"{change} is not NAME=VALUE with one of these names: {known}")
        form, read = _READERS[kinds[name]]
        try:
            values[name] = read(text)
        except ValueError:
            raise ValueError(f"{name} takes {form}, not {text}") from None
    return replace(settings, **values)


def _kind(annotation: object) -> str:
    return str(annotation).replace('"', "'")
