"""Adds ids to an environment in reconciler.yaml, and leaves every other character unchanged."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from reconciler.adapters.manifests import files, spans, yaml_source
from reconciler.adapters.manifests.edits import (
    Edit,
    NotEditableError,
    edited,
    line_end,
    line_start,
)
from reconciler.adapters.manifests.environments import KEY
from reconciler.adapters.manifests.scalars import Around, scalar
from reconciler.adapters.manifests.spans import Span
from reconciler.model.written import WriteResult, Written

_IDS = "ids"


def write_ids(path: Path, *, environment: str, ids: Mapping[str, str]) -> Written:
    """Add these ids of the tenant to the environment, which the file declares, by slot id. A file
    that cannot be edited in place is kept, and the result says what is missing in it."""
    missing = _flow(ids)
    mark, text = files.read_marked(path)
    after = _edited(text, environment=environment, ids=ids)
    if after is None or path.is_symlink():
        reason = f"it cannot be edited in place; add to `ids` of {environment}: {missing}"
        return Written(WriteResult.KEPT, str(path), reason=reason)
    files.write(path.resolve(), mark + after.encode())
    return Written(WriteResult.REFRESHED, str(path), reason=f"ids of {environment}: {missing}")


def _edited(text: str, *, environment: str, ids: Mapping[str, str]) -> str | None:
    """`text` with the ids; None if the result would not say exactly what it should."""
    try:
        after = _with_ids(text, environment=environment, ids=ids)
    except NotEditableError:
        return None
    wanted = _value(text)
    declared = wanted.setdefault(KEY, {})
    there = declared[environment] = dict(declared.get(environment) or {})
    there[_IDS] = {**(there.get(_IDS) or {}), **ids}
    return after if _value(after) == wanted else None


def _value(text: str) -> dict[str, Any]:
    documents, problems = yaml_source.parse(text, file="")
    if problems or len(documents) != 1 or not isinstance(documents[0].value, dict):
        return {}
    value = dict(documents[0].value)
    if isinstance(value.get(KEY), dict):
        value[KEY] = dict(value[KEY])
    return value


def _with_ids(text: str, *, environment: str, ids: Mapping[str, str]) -> str:
    (root,) = spans.documents(text)
    there = _within(_within(root, KEY), environment)
    found = there.pair(_IDS)
    around = Around.JSON if text[root.start] == "{" and '"' in text[: root.items[0].end] else None
    pairs = _flow(ids, around=around or Around.FLOW)
    key = scalar(_IDS, around=around or Around.FLOW)
    if found is not None and found[1].items:
        inner = around or (Around.FLOW if found[1].is_flow else Around.BLOCK)
        return _added(text, found[1], _entries(ids, around=inner))
    if found is not None:
        return _replaced(text, found[1], pairs)
    if there.items:
        return _added(text, there, [f"{key}: {pairs}"])
    return _replaced(text, there, "{" + f"{key}: {pairs}" + "}")


def _within(span: Span, key: str) -> Span:
    pair = span.pair(key)
    if pair is None:
        raise NotEditableError(f"no key {key}")
    return pair[1]


def _entries(ids: Mapping[str, str], *, around: Around) -> list[str]:
    return [
        f"{scalar(key, around=around)}: {scalar(tenant_id, around=around)}"
        for key, tenant_id in ids.items()
    ]


def _flow(ids: Mapping[str, str], *, around: Around = Around.FLOW) -> str:
    return "{" + ", ".join(_entries(ids, around=around)) + "}"


def _added(text: str, mapping: Span, entries: list[str]) -> str:
    """`text` with more entries at the end of a mapping that has some."""
    end = mapping.items[-1].end
    if mapping.is_flow:
        return edited(text, [Edit(end, end, "".join(f", {each}" for each in entries))])
    first = mapping.items[0].start
    indent = " " * (first - line_start(text, first))
    newline = "\r\n" if "\r\n" in text else "\n"
    added = "".join(f"{newline}{indent}{each}" for each in entries)
    end = line_end(text, end)
    return edited(text, [Edit(end, end, added)])


def _replaced(text: str, empty: Span, value: str) -> str:
    """`text` with a value in place of an empty one, or of none."""
    lead = " " if text[empty.start - 1] == ":" else ""
    return edited(text, [Edit(empty.start, empty.end, lead + value)])
