"""How long 10,000 slots take to validate, compared with libyaml's C loader on the same texts.

    python -m tests.benchmarks.validate_10000 [--rounds N] [--profile]

Both sides run in turn in one process, so that a busy machine slows both alike. The result is the
median of their ratio over the rounds. Both times include reading the files from disk.
"""

from __future__ import annotations

import argparse
import cProfile
import gc
import pstats
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import yaml

from reconciler.adapters.cognigy.v1.capabilities import COGNIGY_V1
from reconciler.adapters.manifests import read_manifests
from reconciler.planning.validate import validate
from tests.benchmarks.slots import slot_text

SLOTS = 10_000
DOCUMENTS_A_FILE = {"one slot a file": 1, "2,500 slots a file": 2_500}


def write_slots(folder: Path, *, documents_a_file: int) -> None:
    """Write SLOTS slots into files of this many documents each."""
    for first in range(0, SLOTS, documents_a_file):
        texts = [slot_text(number) for number in range(first, first + documents_a_file)]
        (folder / f"slots_{first:05}.yaml").write_text("---\n".join(texts), encoding="utf-8")


def ours(folder: Path) -> None:
    """Read and validate; the files are valid, so there must be no problems."""
    manifests = read_manifests(folder)
    problems = (*manifests.problems, *validate(manifests.drafts, api=COGNIGY_V1))
    if problems or len(manifests.desired) != SLOTS:
        raise SystemExit(f"{len(manifests.desired)} slots, and first of all {problems[:1]}")


def libyaml(folder: Path) -> None:
    """Load the same texts with PyYAML's C loader."""
    for path in sorted(folder.iterdir()):
        for _document in yaml.load_all(path.read_text(encoding="utf-8"), yaml.CSafeLoader):
            pass


def seconds(work: Callable[[Path], None], folder: Path) -> float:
    """How long one run takes, after a garbage collection."""
    gc.collect()
    start = time.perf_counter()
    work(folder)
    return time.perf_counter() - start


def measure(folder: Path, *, rounds: int) -> str:
    """The median ratio, and the medians of both sides."""
    pairs = [(seconds(libyaml, folder), seconds(ours, folder)) for _ in range(rounds)]
    ratio = statistics.median(mine / theirs for theirs, mine in pairs)
    theirs, mine = (statistics.median(column) for column in zip(*pairs, strict=True))
    return f"{ratio:.2f} times libyaml ({mine:.2f} s to {theirs:.2f} s)"


def profile(folder: Path) -> None:
    """Print our time by function."""
    profiler = cProfile.Profile()
    profiler.runcall(ours, folder)
    pstats.Stats(profiler).sort_stats("tottime").print_stats(25)


def main() -> None:
    """Measure each layout."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--profile", action="store_true")
    arguments = parser.parse_args()
    for layout, documents_a_file in DOCUMENTS_A_FILE.items():
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            write_slots(folder, documents_a_file=documents_a_file)
            if arguments.profile:
                profile(folder)
            print(f"{layout}: {measure(folder, rounds=arguments.rounds)}")


if __name__ == "__main__":
    main()
