"""How `pull` and `init` report the result for each file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from reconciler.cli.output import say, show
from reconciler.model.written import WriteResult, Written
from reconciler.reports.escaping import plain


def tell_written(written: Written) -> None:
    """Print one line to standard output: the result, the file, the slot, and any reason."""
    place = written.path or ""
    slot = f"({written.slot_id})" if written.slot_id is not None else ""
    subject = " ".join(part for part in (place, slot if place else slot.strip("()")) if part)
    reason = f": {written.reason}" if written.reason else ""
    show(f"{written.result.value:<9} {plain(subject)}{plain(reason)}")


def tell_counts(written: Sequence[Written]) -> None:
    """Print one line to standard error: the number of files for each result."""
    counts = Counter(each.result for each in written)
    parts = [f"{counts[result]} {result.value}" for result in WriteResult if counts[result]]
    say(f"{', '.join(parts) or 'Nothing to write'}.")
