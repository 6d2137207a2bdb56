"""Breaks of invariant 6: a step is not in the ledger, or not in its chain."""

from __future__ import annotations

from typing import Any

from reconciler.adapters.ledger.file import FileLedger
from tests.simulation.breaks.patching import Break, Patch

append = FileLedger.append


def the_intention_is_recorded_late(patch: Patch) -> None:
    late: list[tuple[Any, str, dict[str, Any]]] = []

    def write(self: FileLedger, event: str, /, **data: Any) -> None:
        if event == "change_started":
            late[:] = [(self, event, data)]
            return
        for its_ledger, kept, its_data in late:
            if its_ledger is self:
                append(self, kept, **its_data)
        late.clear()
        append(self, event, **data)

    patch.setattr(FileLedger, "append", write)


def a_rollback_is_not_recorded(patch: Patch) -> None:
    def write(self: FileLedger, event: str, /, **data: Any) -> None:
        if event != "rollback_started":
            append(self, event, **data)

    patch.setattr(FileLedger, "append", write)


def lines_do_not_chain(patch: Patch) -> None:
    def write(self: FileLedger, event: str, /, **data: Any) -> None:
        append(self, event, **data)
        self._lines.last_hash = ""

    patch.setattr(FileLedger, "append", write)


def a_torn_line_is_continued(patch: Patch) -> None:
    patch.setattr(FileLedger, "_move_torn_tail", lambda self: None)


BREAKS: dict[Break, int] = {
    the_intention_is_recorded_late: 6,
    a_rollback_is_not_recorded: 6,
    lines_do_not_chain: 6,
    a_torn_line_is_continued: 6,
}
