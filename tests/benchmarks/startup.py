"""How much processor time a start of the command line takes, beside what it cannot do without.

    python -m tests.benchmarks.startup [--rounds N]

Both sides run in turn, so that a busy machine slows both alike; what is printed is the median over
the rounds of their ratio.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.benchmarks.validate_10000 import slot_text

SLOTS = 10
CLICK = ("-c", "import click")
# pydantic itself loads next to nothing before its first model.
LIBRARIES = ("-c", "from pydantic import BaseModel; from yaml import CSafeLoader; import regex")
COMPARED = {
    "--version": (CLICK, "click"),
    "--help": (CLICK, "click"),
    "validate": (LIBRARIES, "pydantic, yaml's C loader and regex"),
}
"""What each command is measured by."""


def seconds(folder: Path, *arguments: str) -> float:
    """The processor time of one process of Python."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(  # noqa: S603 - our own command
        [sys.executable, *arguments], cwd=folder, check=True, stdout=subprocess.DEVNULL
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def measure(folder: Path, command: str, *, rounds: int) -> str:
    """The median ratio, and the medians that it is made of."""
    bare, what = COMPARED[command]
    pairs = [
        (seconds(folder, *bare), seconds(folder, "-m", "reconciler", command))
        for _ in range(rounds)
    ]
    ratio = statistics.median(ours / theirs for theirs, ours in pairs)
    theirs, ours = (statistics.median(column) * 1000 for column in zip(*pairs, strict=True))
    return f"{ratio:.2f} times importing {what} ({ours:.0f} ms to {theirs:.0f} ms)"


def main() -> None:
    """Measure each command, in a folder of SLOTS slots."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=11)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "slots").mkdir()
        for number in range(SLOTS):
            (folder / "slots" / f"{number}.yaml").write_text(slot_text(number), encoding="utf-8")
        for command in COMPARED:
            print(f"{command}: {measure(folder, command, rounds=arguments.rounds)}")  # noqa: T201


if __name__ == "__main__":
    main()
