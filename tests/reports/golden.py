"""Golden files: reports as they were when someone last reviewed them.

`REGENERATE_GOLDEN=1 pytest tests/reports` writes them again; review the difference as text.
"""

from __future__ import annotations

import os
from pathlib import Path

import click

FOLDER = Path(__file__).parent / "golden"


def check(name: str, report: str) -> None:
    """Compare a report, without its colours, to the golden file of that name."""
    path = FOLDER / name
    shown = click.unstyle(report).removesuffix("\n") + "\n"
    if os.environ.get("REGENERATE_GOLDEN"):
        path.write_text(shown, encoding="utf-8", newline="\n")
    assert shown == path.read_text(encoding="utf-8")
