"""The dependency graph as boxes and arrows, in layers from left to right.

What a slot depends on stands to its left. Within a layer the boxes are in an order in which few
arrows cross: each one stands where its neighbours in the layer before do, on average. Slots without
an arrow stand in rows below.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import mean
from typing import NamedTuple, TypeVar

from reconciler.planning.graph import reversed_graph, waves, without_cycles
from reconciler.reports.escaping import plain
from reconciler.reports.graph import Node
from reconciler.reports.html.badges import OF_MARK, Badge

MOST_DRAWN = 60
"""With more slots than this, only those that change and their neighbours are drawn."""


@dataclass(frozen=True)
class _Size:
    """The measures of a drawing, in pixels. A layer of more than `rows` takes several columns."""

    width: int
    height: int
    across: int
    down: int
    rows: int | None
    letters: int


_ROOMY = _Size(width=172, height=46, across=44, down=14, rows=None, letters=20)
_DENSE = _Size(width=150, height=26, across=44, down=8, rows=20, letters=18)
_MARGIN = 2
_BEND_ROOM = 8
_COLUMNS = 5
"""How many boxes without arrows stand in a row, at least."""
_SWEEPS = 4
"""How often the layers are put in order by their neighbours; more changes little."""


class _Bend(NamedTuple):
    """The place in a layer where an arrow passes it."""

    user: str
    used: str
    level: int


class _Place(NamedTuple):
    """The left edge of an item, and the height of its middle."""

    x: int
    y: int


_Item = str | _Bend
_ItemT = TypeVar("_ItemT", str, _Item)


@dataclass(frozen=True)
class Box:
    """A slot: the upper left corner, and what is written into it, of which `called` is too long;
    `anchor` is the part of the page about its change, "" if there is none."""

    x: int
    y: int
    called: str
    label: str
    below: str
    badge: Badge
    anchor: str

    @property
    def title(self) -> str:
        """The slot and its mark, in words."""
        return f"{self.called}: {self.badge.word}"


@dataclass(frozen=True)
class Arrow:
    """From a slot to one that it depends on: `path` is the `d` of an SVG path."""

    path: str
    is_dashed: bool


@dataclass(frozen=True)
class Drawing:
    """The whole graph; `left_out` counts the slots that are not drawn. Each of `relations` is a
    slot and what it depends on, for those who do not see the drawing."""

    width: int
    height: int
    box_width: int
    box_height: int
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    legend: tuple[Badge, ...]
    relations: tuple[tuple[Box, tuple[str, ...]], ...]
    left_out: int


def drawn(
    nodes: Sequence[Node],
    *,
    anchors: Mapping[str, str],
    badges: Mapping[str, Badge] | None = None,
) -> Drawing | None:
    """The drawing of a graph; None if there is nothing to draw. `anchors` map the slots that change
    to their parts of the page, and `badges` mark slots otherwise than the plan does."""
    shown = _worth_drawing(nodes, changed=anchors.keys())
    if not shown:
        return None
    size = _ROOMY if len(shown) <= MOST_DRAWN // 2 else _DENSE
    places = _places({node.slot_id: set(node.uses) for node in shown}, size=size)
    boxes = {
        node.slot_id: _box(
            node,
            place=places[node.slot_id],
            size=size,
            anchor=anchors.get(node.slot_id, ""),
            badge=(badges or {}).get(node.slot_id, OF_MARK[node.mark]),
        )
        for node in shown
    }
    arrows = tuple(
        Arrow(
            _path(_way(node.slot_id, used, places=places), size=size),
            is_dashed=node.mark.is_dashed,
        )
        for node in shown
        for used in node.uses
        if used in boxes
    )
    return Drawing(
        width=max(box.x for box in boxes.values()) + size.width + _MARGIN,
        height=max(
            place.y + (size.height if isinstance(item, str) else _BEND_ROOM) // 2
            for item, place in places.items()
        )
        + _MARGIN,
        box_width=size.width,
        box_height=size.height,
        boxes=tuple(boxes.values()),
        arrows=arrows,
        legend=tuple(dict.fromkeys(box.badge for box in boxes.values())),
        relations=tuple((boxes[node.slot_id], node.uses) for node in shown),
        left_out=len(nodes) - len(shown),
    )


def _worth_drawing(nodes: Sequence[Node], *, changed: Collection[str]) -> list[Node]:
    """All slots, or the changed ones and their neighbours if all would be too many."""
    if len(nodes) <= MOST_DRAWN:
        return list(nodes)
    near = set(changed)
    for node in nodes:
        if node.slot_id in changed:
            near.update(node.uses)
        elif any(used in changed for used in node.uses):
            near.add(node.slot_id)
    return [node for node in nodes if node.slot_id in near]


def _places(uses: Mapping[str, set[str]], *, size: _Size) -> dict[_Item, _Place]:
    """Where each box is, and where each arrow bends."""
    within = {slot_id: used & uses.keys() for slot_id, used in uses.items()}
    users = reversed_graph(within)
    joined = {each for each in within if within[each] or users[each]}
    columns: list[Sequence[_Item]] = []
    for layer in _layers({each: within[each] for each in joined}, bends=size.rows is None):
        columns.extend(_cut(layer, length=size.rows or len(layer)))
    places = {
        item: _Place(_left(column, size), height)
        for column, items in enumerate(columns)
        for item, height in _stacked(items, size=size)
    }
    bottom = max((place.y + size.height // 2 + size.down for place in places.values()), default=0)
    rows = _cut(sorted(within.keys() - joined), length=max(len(columns), _COLUMNS))
    for row, slot_ids in enumerate(rows):
        middle = _MARGIN + bottom + row * (size.height + size.down) + size.height // 2
        places |= {each: _Place(_left(n, size), middle) for n, each in enumerate(slot_ids)}
    return places


def _left(column: int, size: _Size) -> int:
    return _MARGIN + column * (size.width + size.across)


def _cut(items: Sequence[_ItemT], *, length: int) -> list[Sequence[_ItemT]]:
    return [items[start : start + length] for start in range(0, len(items), length)]


def _stacked(items: Sequence[_Item], *, size: _Size) -> Iterator[tuple[_Item, int]]:
    """Each item with the height of its middle."""
    top = _MARGIN
    for item in items:
        room = size.height if isinstance(item, str) else _BEND_ROOM
        yield item, top + room // 2
        top += room + size.down


def _layers(uses: Mapping[str, set[str]], *, bends: bool) -> list[list[_Item]]:
    """The items of each layer, in an order in which few arrows cross. With `bends`, an arrow that
    passes a layer has an item of its own there, so that it passes no box."""
    acyclic = without_cycles(dict.fromkeys(uses, ()), wishes=uses)
    levels = waves(acyclic)
    layers: list[list[_Item]] = [[] for _ in range(1 + max(levels.values(), default=-1))]
    neighbours: dict[_Item, list[_Item]] = {}
    for slot_id, level in levels.items():
        layers[level].append(slot_id)
    for user, all_used in acyclic.items():
        for used in sorted(all_used):
            passed = range(levels[used] + 1, levels[user]) if bends else range(0)
            between = [_Bend(user, used, level) for level in passed]
            for bend in between:
                layers[bend.level].append(bend)
            way: list[_Item] = [used, *between, user]
            for one, other in pairwise(way):
                neighbours.setdefault(one, []).append(other)
                neighbours.setdefault(other, []).append(one)
    height = {item: float(row) for layer in layers for row, item in enumerate(layer)}
    for _ in range(_SWEEPS):
        for layer in (*layers, *reversed(layers)):
            layer.sort(key=lambda item: mean(height[each] for each in neighbours[item]))
            height.update((item, row - len(layer) / 2) for row, item in enumerate(layer))
    return layers


def _box(node: Node, *, place: _Place, size: _Size, anchor: str, badge: Badge) -> Box:
    name = node.name or node.slot_id
    has_two_lines = size is _ROOMY and name != node.slot_id
    return Box(
        x=place.x,
        y=place.y - size.height // 2,
        called=node.slot_id if name == node.slot_id else f"{name} ({node.slot_id})",
        label=_shortened(name, width=size.letters - (2 if badge.sign else 0)),
        below=_shortened(node.slot_id, width=size.letters + 1) if has_two_lines else "",
        badge=badge,
        anchor=anchor,
    )


def _shortened(text: str, *, width: int) -> str:
    """As much of the text as fits into so many letters, however wide each is."""
    from wcwidth import wcswidth  # noqa: PLC0415 - its tables take a twentieth of a start

    shown = plain(text)[: width + 1]
    if wcswidth(shown) <= width:
        return shown
    while shown and wcswidth(shown) >= width:
        shown = shown[:-1]
    return f"{shown}…"


def _path(way: Sequence[_Place], *, size: _Size) -> str:
    """A smooth line from the left of the first place, through the others, to the right of the
    last."""
    (x, y), *others = way
    path = f"M{x} {y}"
    for left, middle in others:
        right = left + size.width
        reach = max(size.across // 2, abs(x - right) // 3)
        path += f" C{x - reach} {y} {right + reach} {middle} {right} {middle}"
        if (left, middle) != way[-1]:
            path += f" H{left}"
        x, y = left, middle
    return path


def _way(user: str, used: str, *, places: Mapping[_Item, _Place]) -> list[_Place]:
    """The places that an arrow passes, from the slot to what it depends on."""
    bends = [item for item in places if isinstance(item, _Bend) and item[:2] == (user, used)]
    bends.sort(key=lambda bend: -bend.level)
    return [places[user], *(places[bend] for bend in bends), places[used]]
