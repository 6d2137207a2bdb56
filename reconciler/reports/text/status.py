"""How slots stand in the environments: a table that fits the terminal, and the last runs."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

import click

from reconciler.model.explanation import NamedSlot
from reconciler.model.failure import Failure
from reconciler.model.status import EnvironmentStatus, SlotStatus, StatusReport
from reconciler.reports.audit import run_end, run_parts
from reconciler.reports.escaping import plain
from reconciler.reports.numbers import counted
from reconciler.reports.status import (
    NO_ACCESS,
    NO_RUN,
    SYMBOL,
    failure_lines,
    next_step,
    others_as_desired,
    said,
    without_access,
)
from reconciler.reports.text.layout import clipped, columns_of, hanging, wrapped

_COLOR = {
    SlotStatus.AS_DESIRED: "green",
    SlotStatus.DIFFERS: "yellow",
    SlotStatus.MISSING: "yellow",
    SlotStatus.WAITING: "cyan",
    SlotStatus.REJECTED: "red",
    SlotStatus.DRIFTED: "red",
    SlotStatus.BELOW_GATE: "red",
}
_GAP = "  "
_ENOUGH = 28
"""Columns. An id that is longer may be cut to keep the words of the other columns."""
_LEAST = 16
"""Columns. An id is not cut to less than this."""
_SHORT = 8
"""Columns. With less room than this, the slots' names are left out."""

_Cell = tuple[str, "str | None"]
"""A symbol and what it means, and their colour."""
_NO_ACCESS: _Cell = (f"- {NO_ACCESS}", None)
_ERROR: _Cell = ("? error", "red")


def status_text(report: StatusReport, *, width: int | None = None) -> str:
    """Every slot that is not as desired everywhere, how many others there are, and the last
    runs."""
    return _text(report, folded=report.as_desired, width=width)


def whole_status_text(report: StatusReport, *, width: int | None = None) -> str:
    """The same with every slot."""
    return _text(report, folded=frozenset(), width=width)


def _text(report: StatusReport, *, folded: Collection[str], width: int | None) -> str:
    names = ", ".join(plain(each.name) for each in report.environments)
    lines = [click.style(f"Status of {counted(len(report.slots), 'slot')}: {names}", bold=True), ""]
    rows = [slot for slot in report.slots if slot.slot_id not in folded]
    if rows and report.known:
        lines += [*_table(rows, report.environments, width=width), ""]
    others = others_as_desired(report) if folded else ""
    if others:
        lines += [*hanging(click.style(others, fg="green"), width=width), ""]
    for each in report.environments:
        if each.error is not None:
            lines += [*_failure(each.name, each.error, width=width), ""]
    lacking = without_access(report)
    if lacking:
        lines += [*hanging(plain(lacking), width=width), ""]
    lines.extend(_last_runs(report.environments, width=width))
    step = next_step(report)
    return "\n".join([*lines, *(["", *hanging(f"Next: {step}", width=width)] if step else [])])


def _table(
    rows: Sequence[NamedSlot], environments: Sequence[EnvironmentStatus], *, width: int | None
) -> Iterator[str]:
    """With words if they fit, and otherwise with symbols alone, which are then explained."""
    cells = [[_cell(each, slot.slot_id) for each in environments] for slot in rows]
    widths = _widths(environments, cells)
    needed = max(columns_of(plain(slot.slot_id)) for slot in rows)
    is_brief = width is not None and _total(widths) + min(needed, _ENOUGH) > width
    if is_brief:
        cells = [[(text[:1], color) for text, color in row] for row in cells]
        widths = _widths(environments, cells)
    room = None if width is None else max(width - _total(widths), _LEAST)
    labels = _labels(rows, room=room)
    heads: list[_Cell] = [(plain(each.name), None) for each in environments]
    yield click.style(_row(" " * columns_of(labels[0]), heads, widths), bold=True)
    for label, row in zip(labels, cells, strict=True):
        yield _row(label, row, widths)
    if is_brief:
        yield from _legend(rows, environments, width=width)


def _labels(rows: Sequence[NamedSlot], *, room: int | None) -> list[str]:
    """The ids and, where there is room for them, the names, all in the same number of columns."""
    ids = _column([plain(slot.slot_id) for slot in rows], room=room)
    left = None if room is None else room - columns_of(ids[0]) - len(_GAP)
    if left is not None and left < _SHORT:
        return ids
    names = ["" if slot.name in (None, slot.slot_id) else plain(slot.name or "") for slot in rows]
    return [
        f"{slot_id}{_GAP}{name}"
        for slot_id, name in zip(ids, _column(names, room=left), strict=True)
    ]


def _column(texts: Sequence[str], *, room: int | None) -> list[str]:
    cut = [clipped(each, width=room) for each in texts]
    widest = max(map(columns_of, cut))
    return [each + " " * (widest - columns_of(each)) for each in cut]


def _cell(environment: EnvironmentStatus, slot_id: str) -> _Cell:
    if environment.statuses is None:
        return _ERROR if environment.has_access else _NO_ACCESS
    status = environment.statuses[slot_id]
    return f"{SYMBOL[status]} {said(status)}", _COLOR[status]


def _widths(
    environments: Sequence[EnvironmentStatus], cells: Sequence[Sequence[_Cell]]
) -> list[int]:
    return [
        max(columns_of(plain(each.name)), *(columns_of(row[place][0]) for row in cells))
        for place, each in enumerate(environments)
    ]


def _total(widths: Sequence[int]) -> int:
    """The columns of the margin and everything to the right of the slot."""
    return len(_GAP) + sum(len(_GAP) + each for each in widths)


def _row(first: str, cells: Sequence[_Cell], widths: Sequence[int]) -> str:
    line = f"{_GAP}{first}"
    for (text, color), width in zip(cells, widths, strict=True):
        padding = " " * (width - columns_of(text))
        line += f"{_GAP}{click.style(text, fg=color) if color else text}{padding}"
    return line.rstrip()


def _legend(
    rows: Sequence[NamedSlot], environments: Sequence[EnvironmentStatus], *, width: int | None
) -> Iterator[str]:
    """What the symbols mean that are shown."""
    shown = {_cell(each, slot.slot_id)[0] for slot in rows for each in environments}
    meant = [f"{symbol} {said(status)}" for status, symbol in SYMBOL.items()]
    others = [text for text, _ in (_NO_ACCESS, _ERROR)]
    yield ""
    words = [each.replace(" ", "\N{NO-BREAK SPACE}") for each in (*meant, *others) if each in shown]
    for line in hanging(", ".join(words), width=None if width is None else width - len(_GAP)):
        yield f"{_GAP}{line}".replace("\N{NO-BREAK SPACE}", " ")


def _failure(name: str, failure: Failure, *, width: int | None) -> Iterator[str]:
    first, *others = failure_lines(failure)
    label = click.style(f"Error in {plain(name)}:", fg="red", bold=True)
    yield from hanging(f"{label} {plain(first)}", width=width)
    for each in others:
        yield from wrapped(plain(each), width=width, indent=len(_GAP))


def _last_runs(environments: Sequence[EnvironmentStatus], *, width: int | None) -> Iterator[str]:
    yield "Last runs:" if len(environments) > 1 else "Last run:"
    name_width = max(columns_of(plain(each.name)) for each in environments)
    for each in environments:
        name = plain(each.name)
        head = f"{_GAP}{name}{' ' * (name_width - columns_of(name))}{_GAP}"
        if each.last_run is None:
            yield f"{head}{NO_RUN}"
            continue
        begun, end = _GAP.join(run_parts(each.last_run)), run_end(each.last_run)
        whole = f"{head}{begun}{_GAP}{end}"
        if width is None or columns_of(whole) <= width:
            yield whole
            continue
        indent = columns_of(head)
        first, *others = wrapped(begun.rstrip(), width=width, indent=indent)
        yield f"{head}{first[indent:]}"
        yield from (*others, *wrapped(end, width=width, indent=indent))
