"""The cost of a plan, compared with octoDNS's plan of as many records: one process each.

    reconciler plan    slots in files of a hundred, and a tenant on loopback that answers at once
                       and has no rate limit: start, read, list, validate, compare, order, measure,
                       show
    octodns-sync       one zone, from one YamlProvider to another; without --doit, it only plans

For both, one in ten differs. Both run in turn, so that a busy machine slows both alike.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.benchmarks.differing import is_created, is_deleted, is_updated
from tests.benchmarks.process import Cost, cost
from tests.benchmarks.slots import slot_document, slot_id, slot_text
from tests.benchmarks.tenant import served

ROOT = Path(__file__).parents[2]
PLAN = (sys.executable, "-m", "reconciler", "plan")
OCTODNS = Path(sys.executable).with_name("octodns-sync")
SLOTS_A_FILE = 100
_SETTINGS = "limits: {requests_per_minute: 1000000}\n"
_CONFIG = """\
providers:
  source: {class: octodns.provider.yaml.YamlProvider, directory: source}
  target: {class: octodns.provider.yaml.YamlProvider, directory: target}
zones:
  example.com.: {sources: [source], targets: [target]}
"""
_RECORD = "record{number:06}:\n  ttl: 300\n  type: A\n  values: [10.0.0.1, {value}]\n"


@dataclass(frozen=True)
class Project:
    """A folder of slots, and their tenant at `origin`."""

    folder: Path
    origin: str

    @property
    def variables(self) -> dict[str, str]:
        """The environment variables for a process that uses the tenant."""
        return {
            "PYTHONPATH": str(ROOT),
            "COGNIGY_BASE_URL": self.origin,
            "COGNIGY_CLIENT_ID": "id",
            "COGNIGY_CLIENT_SECRET": "secret",
            "COGNIGY_BOT_ID": "bot",
        }

    def plan(self) -> Cost:
        """The cost of `reconciler plan`. Raises CalledProcessError."""
        return cost(*PLAN, folder=self.folder, variables=self.variables)


@contextmanager
def project(slots: int) -> Iterator[Project]:
    """Make a project of this many slots, until the block ends."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "slots"
        folder.mkdir()
        (folder / "reconciler.yaml").write_text(_SETTINGS, encoding="utf-8")
        for first in range(0, slots, SLOTS_A_FILE):
            texts = [_desired(first + number) for number in range(SLOTS_A_FILE)]
            (folder / f"{first:06}.yaml").write_text("---\n".join(texts), encoding="utf-8")
        live = [number for number in range(slots) if not is_created(number)]
        with served(live, _live) as origin:
            yield Project(folder=folder.parent, origin=origin)


def _desired(number: int) -> str:
    absent = f"slot_id: {slot_id(number)}\nstate: absent\n"
    return absent if is_deleted(number) else slot_text(number)


def _live(number: int) -> dict[str, Any]:
    return slot_document(number, **{"patterns": ["^old$"]} if is_updated(number) else {})


@dataclass(frozen=True)
class Zone:
    """A folder of records, with a source and a target."""

    folder: Path

    def plan(self) -> Cost:
        """The cost of `octodns-sync`. Raises CalledProcessError."""
        return cost(str(OCTODNS), "--config-file=config.yaml", folder=self.folder)


@contextmanager
def zone(records: int) -> Iterator[Zone]:
    """Make a zone of this many records, until the block ends."""
    source = "".join(
        _RECORD.format(number=number, value="10.0.0.2")
        for number in range(records)
        if not is_deleted(number)
    )
    target = "".join(
        _RECORD.format(number=number, value="10.0.0.3" if is_updated(number) else "10.0.0.2")
        for number in range(records)
        if not is_created(number)
    )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "config.yaml").write_text(_CONFIG, encoding="utf-8")
        for provider, text in (("source", source), ("target", target)):
            (folder / provider).mkdir()
            (folder / provider / "example.com.yaml").write_text(text, encoding="utf-8")
        yield Zone(folder)
