"""The environments as text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reconciler.model.duration import duration
from reconciler.model.matrix import MatrixRow


def environments_text(rows: Sequence[MatrixRow]) -> str:
    """One line an environment, with what it waits for."""
    named = [row for row in rows if row.name]
    if not named:
        return "reconciler.yaml declares no environments."
    width = max(len(row.name) for row in named)
    return "\n".join(f"{row.name:<{width}}  {_waits(row)}".rstrip() for row in named)


def _waits(row: MatrixRow) -> str:
    return ", ".join(_parts(row))


def _parts(row: MatrixRow) -> Iterator[str]:
    if row.promote_from is not None:
        yield f"promoted from {row.promote_from}"
        if row.soak_hours:
            yield f"after {duration(row.soak_hours * 3600)}"
