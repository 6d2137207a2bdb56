"""An apply of a fleet in one process: 1,000 targets over real sockets.

    python -m tests.benchmarks.fleet

Each target has 14 slots, of which one changes, with a gate that settles for 5 s, and at most 200
are in hand. The tenants answer at once, in a process of their own, so the time is that of the
gates (as many rounds of 200 as it takes) or of the processor, whichever is longer.
"""

from __future__ import annotations

import json
import math
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from reconciler.config.variables import foreign_variables
from tests.benchmarks.many_tenants import SLOTS, slot
from tests.benchmarks.process import Cost, cost

FEW, MANY = 100, 1_000
PARALLEL = 200
SETTLE_SECONDS = 5.0
MOST_BYTES = 2_000_000_000
ROOT = Path(__file__).parents[2]


def applied(targets: int) -> Cost:
    """The cost of applying one change to each of so many targets. Raises CalledProcessError unless
    all of them are verified."""
    with _tenants(targets) as origins, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _write(folder, origins)
        variables = {
            **foreign_variables(),
            "PYTHONPATH": str(ROOT),
            "RECONCILER_CREDENTIALS_DIR": str(folder / "credentials"),
        }
        command = (sys.executable, "-m", "reconciler", "fleet", "apply", "--yes")
        return cost(*command, folder=folder, variables=variables)


def bound(targets: int, *, cpu: float) -> float:
    """The least seconds in which that is possible: those of the gates, or of one processor, because
    Python's threads share it."""
    return max(math.ceil(targets / PARALLEL) * SETTLE_SECONDS, cpu)


@contextmanager
def _tenants(count: int) -> Iterator[list[str]]:
    process = subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-m", "tests.benchmarks.many_tenants", str(count)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield process.stdout.read().split()
        finally:
            process.stdin.close()


def _write(folder: Path, origins: list[str]) -> None:
    slots = folder / "slots"
    slots.mkdir()
    for number in range(SLOTS):
        live = slot(number)
        patterns = [*_texts(live["patterns"]), *([r"^NEW-\d{4}$"] if number == 0 else [])]
        document = {
            "slot_id": live["slotId"],
            "name": live["name"],
            "type": live["type"],
            "patterns": patterns,
            "fill_strategy": live["fillStrategy"],
        }
        _write_json(slots / f"slot_{number:02}.yaml", document)
    _write_json(slots / "reconciler.yaml", {"gate": {"settle_seconds": SETTLE_SECONDS}})
    targets = []
    for number, origin in enumerate(origins):
        expect = {"origin": origin, "bot_id": "bot"}
        targets.append({"tenant": f"t{number}", "environments": {"live": {"expect": expect}}})
        own = folder / "credentials" / f"t{number}"
        own.mkdir(parents=True)
        for key, value in (("client_id", "id"), ("client_secret", "secret"), ("origin", origin)):
            (own / key).write_text(value, encoding="utf-8")
    fleet = {
        "version": 1,
        "defaults": {"slots": "slots", "credentials": "{tenant}"},
        "targets": targets,
        "rollout": {"max_parallel": PARALLEL},
    }
    _write_json(folder / "fleet.yaml", fleet)


def _texts(value: object) -> list[str]:
    assert isinstance(value, list)
    return value


def _write_json(path: Path, document: object) -> None:
    path.write_text(json.dumps(document), encoding="utf-8")


def main() -> None:
    """Print what an apply of few and of many targets costs, and one more; exit 1 if many take too
    much memory."""
    few, many = applied(FEW), applied(MANY)
    for targets, each in ((FEW, few), (MANY, many)):
        print(
            f"{targets:>6,} targets: {each.cpu:7.1f} CPU s, {each.wall:7.1f} s, "
            f"{each.wall / bound(targets, cpu=each.cpu):.2f} of the bound, "
            f"{each.peak / 1e6:6.0f} MB"
        )
    more = MANY - FEW
    print(
        f"one more target: {(many.cpu - few.cpu) / more * 1000:.0f} ms of the processor, "
        f"{(many.peak - few.peak) / more / 1000:.0f} kB"
    )
    sys.exit(many.peak > MOST_BYTES)


if __name__ == "__main__":
    main()
