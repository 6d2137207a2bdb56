"""The processor time to start the command line, compared with that of the imports it needs.

Both sides run in turn, so that a busy machine slows both alike.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.process import cost
from tests.benchmarks.slots import slot_text

SLOTS = 10
ROUNDS = 11
ROOT = Path(__file__).parents[2]
_CLICK = "import click"
# pydantic loads most of itself only for the first model.
_LIBRARIES = "from pydantic import BaseModel; from yaml import CSafeLoader; import regex"


@dataclass(frozen=True)
class Start:
    """A command, and the imports that it is compared with; `most` is the target for the ratio."""

    command: str
    bare: str
    beside: str
    most: float

    def ratio(self, folder: Path) -> float:
        """The command's processor time divided by that of the imports; the median over ROUNDS."""
        return statistics.median(
            self._seconds(folder, "-m", "reconciler", self.command)
            / self._seconds(folder, "-c", self.bare)
            for _ in range(ROUNDS)
        )

    def _seconds(self, folder: Path, *arguments: str) -> float:
        variables = {"PYTHONPATH": str(ROOT)}
        return cost(sys.executable, *arguments, folder=folder, variables=variables).cpu


STARTS = (
    Start("--version", bare=_CLICK, beside="import click", most=1.5),
    Start("--help", bare=_CLICK, beside="import click", most=1.5),
    Start("validate", bare=_LIBRARIES, beside="import pydantic, yaml and regex", most=2.0),
)


@contextmanager
def project() -> Iterator[Path]:
    """Make a folder with SLOTS slots, until the block ends."""
    with tempfile.TemporaryDirectory() as name:
        slots = Path(name) / "slots"
        slots.mkdir()
        for number in range(SLOTS):
            (slots / f"{number}.yaml").write_text(slot_text(number), encoding="utf-8")
        yield slots.parent
