"""The dependency graph as Mermaid or DOT, with what a plan changes marked.

Names and ids are foreign text. In a label only letters, digits, spaces and `_` are written as they
are; every other character is a numeric entity, which both languages know. The ids of nodes are
generated. So no text can end a label, start a tag or become a link.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from reconciler.model.change import Action, Change
from reconciler.model.plan import Plan
from reconciler.model.state import DesiredState
from reconciler.reports.escaping import plain

MAX_READABLE = 40
"""The most slots in a graph that a person can read."""
_MAX_NAME = 60


class Mark(Enum):
    """What becomes of a slot: class, words, and the colours of surface and border."""

    UNCHANGED = ("", "", "", "")
    CREATE = ("create", "green, created by the plan", "#dafbe1", "#1a7f37")
    UPDATE = ("update", "yellow, updated by the plan", "#fff8c5", "#9a6700")
    DELETE = ("delete", "red and dashed, deleted by the plan", "#ffebe9", "#cf222e")
    OUTSIDE = ("outside", "grey and dashed, not in any file", "#f6f8fa", "#8c959f")

    def __init__(self, word: str, meaning: str, fill: str, border: str) -> None:
        self.word = word
        self.meaning = meaning
        self.fill = fill
        self.border = border

    @property
    def is_dashed(self) -> bool:
        """Whether the files do not describe the slot."""
        return self in {Mark.DELETE, Mark.OUTSIDE}


_MARK_OF = {Action.CREATE: Mark.CREATE, Action.UPDATE: Mark.UPDATE, Action.DELETE: Mark.DELETE}


@dataclass(frozen=True)
class Node:
    """A slot in the graph; `key` is an id that no foreign text is in, `uses` are the ids of the
    slots that it depends on."""

    key: str
    slot_id: str
    name: str
    mark: Mark
    uses: tuple[str, ...]


def readable_graph(desired: DesiredState, plan: Plan) -> str | None:
    """The Mermaid flowchart of a plan; None if it would show no change, or too many slots."""
    if not plan.changes or len(nodes_of(desired, plan.changes)) > MAX_READABLE:
        return None
    return mermaid_graph(desired, plan)


def mermaid_graph(desired: DesiredState, plan: Plan | None = None) -> str:
    """A Mermaid flowchart; an arrow points from a slot to what it depends on."""
    nodes = nodes_of(desired, plan.changes if plan is not None else ())
    keys = {node.slot_id: node.key for node in nodes}
    lines = ["flowchart LR", *(f"    %% {line}" for line in _legend(nodes))]
    for node in nodes:
        label = "<br/>".join(_escaped(line, "#{};") for line in _lines(node))
        style = f":::{node.mark.word}" if node.mark.word else ""
        lines.append(f'    {node.key}["{label}"]{style}')
    for node in nodes:
        arrow = "-.->" if node.mark.is_dashed else "-->"
        lines.extend(f"    {node.key} {arrow} {keys[used]}" for used in node.uses)
    for mark in _marks(nodes):
        dashes = ",stroke-dasharray:4 3" if mark.is_dashed else ""
        lines.append(
            f"    classDef {mark.word} fill:{mark.fill},stroke:{mark.border},color:#1f2328{dashes}"
        )
    return "\n".join(lines)


def dot_graph(desired: DesiredState, plan: Plan | None = None) -> str:
    """A Graphviz digraph; an arrow points from a slot to what it depends on."""
    nodes = nodes_of(desired, plan.changes if plan is not None else ())
    keys = {node.slot_id: node.key for node in nodes}
    lines = ["digraph slots {", *(f"    // {line}" for line in _legend(nodes))]
    lines.append("    rankdir=LR;")
    lines.append('    node [shape=box, style="rounded", fontname="Helvetica"];')
    for node in nodes:
        label = "\\n".join(_dot_text(line) for line in _lines(node))
        lines.append(f'    {node.key} [label="{label}"{_dot_style(node.mark)}];')
    for node in nodes:
        style = " [style=dashed]" if node.mark.is_dashed else ""
        lines.extend(f"    {node.key} -> {keys[used]}{style};" for used in node.uses)
    return "\n".join([*lines, "}"])


def _dot_text(text: str) -> str:
    # Graphviz resolves entities first, and then backslashes.
    return _escaped(text, "&#{};").replace("&#92;", "&#92;&#92;")


def _dot_style(mark: Mark) -> str:
    if not mark.word:
        return ""
    style = "filled,rounded,dashed" if mark.is_dashed else "filled,rounded"
    return f', class="{mark.word}", style="{style}", fillcolor="{mark.fill}", color="{mark.border}"'


def nodes_of(desired: DesiredState, changes: Iterable[Change]) -> list[Node]:
    """Every slot in the files, among the changes, or needed by one of these; sorted by id."""
    names: dict[str, str] = {}
    uses: dict[str, set[str]] = {}
    marks: dict[str, Mark] = {}
    for slot in desired.values():
        if slot.content is not None:
            names[slot.slot_id] = slot.content.name or ""
            uses[slot.slot_id] = set(slot.content.dependencies)
            marks[slot.slot_id] = Mark.UNCHANGED
    for change in changes:
        shown = change.before if change.action is Action.DELETE else change.after
        names[change.slot_id] = change.name
        uses[change.slot_id] = set(shown.dependencies) if shown else set()
        marks[change.slot_id] = _MARK_OF[change.action]
    used = {each for dependencies in uses.values() for each in dependencies}
    slot_ids = sorted(uses.keys() | used)
    return [
        Node(
            key=f"n{number}",
            slot_id=slot_id,
            name=names.get(slot_id, ""),
            mark=marks.get(slot_id, Mark.OUTSIDE),
            uses=tuple(sorted(uses.get(slot_id, ()))),
        )
        for number, slot_id in enumerate(slot_ids)
    ]


def _marks(nodes: list[Node]) -> list[Mark]:
    """The marks in use, in the order of the enumeration."""
    there = {node.mark for node in nodes}
    return [mark for mark in Mark if mark in there and mark.word]


def _legend(nodes: list[Node]) -> list[str]:
    return [f"{mark.word}: {mark.meaning}" for mark in _marks(nodes)]


def _lines(node: Node) -> list[str]:
    name = node.name if len(node.name) <= _MAX_NAME else f"{node.name[: _MAX_NAME - 1]}…"
    return [name, node.slot_id] if name and name != node.slot_id else [node.slot_id]


def _escaped(text: str, entity: str) -> str:
    # Made visible first, because an entity would bring a control character back.
    return "".join(
        each if each.isalnum() or each in " _" else entity.format(ord(each)) for each in plain(text)
    )
