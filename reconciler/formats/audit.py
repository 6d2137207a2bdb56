"""The JSON of `audit`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from reconciler.formats.printing import printed
from reconciler.model.audit import RecordedRun
from reconciler.model.chain import ChainReport
from reconciler.model.ledger import Entry


def chain_json(reports: Sequence[ChainReport]) -> str:
    """The JSON of `audit verify`: of a file its one chain, of a database each by its origin."""
    if len(reports) == 1 and not reports[0].chain:
        return printed(_chain(reports[0]))
    return printed(
        {
            "intact": all(each.is_whole for each in reports),
            "chains": [{"origin": each.chain, **_chain(each)} for each in reports],
        }
    )


def _chain(report: ChainReport) -> dict[str, Any]:
    return {
        "intact": report.is_whole,
        "lines": report.lines,
        "faults": [{"line": each.line, "message": each.message} for each in report.faults],
        "torn": report.torn,
        "set_aside": report.set_aside,
        "last_hash": report.last_hash or None,
    }


def runs_json(runs: Iterable[RecordedRun]) -> str:
    """The JSON of `audit list`."""
    return printed({"runs": [run.model_dump(mode="json") for run in runs]})


def entries_json(entries: Iterable[Entry]) -> str:
    """The JSON of `audit show`: the entries with the keys that they have in the ledger."""
    return printed(
        {
            "entries": [
                {**entry.model_dump(mode="json", exclude={"data"}), **entry.data}
                for entry in entries
            ]
        }
    )
