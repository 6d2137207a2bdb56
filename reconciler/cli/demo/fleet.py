"""The demo of a fleet: twelve tenants with the example bot, a canary that a bad pattern stops, and
the fix."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reconciler.adapters.clock import SystemClock
from reconciler.cli.demo.shop import (
    EXAMPLE_SLOT,
    GATE,
    PACE,
    document_of,
    packaged_slots,
    without_dash,
    write_document,
)
from reconciler.cli.demo.walkthrough import Walkthrough
from reconciler.cli.output import show
from reconciler.model.project import Project
from reconciler.model.slot import DesiredSlot
from reconciler.operations.project import read_project
from reconciler.reports.escaping import plain
from reconciler.sandbox.messages import Answering
from reconciler.sandbox.v1.corpus import Corpus
from reconciler.sandbox.v1.seed import seed
from reconciler.sandbox.v1.store import MemoryStore
from reconciler.sandbox.v1.tenant import SandboxTenant

ServeAll = Callable[[Sequence[Answering]], AbstractContextManager[Sequence[str]]]
"""Serves several tenants, and yields their addresses."""
TENANTS = (
    "acme",
    "contoso",
    "cyberdyne",
    "globex",
    "hooli",
    "initech",
    "massive",
    "soylent",
    "stark",
    "tyrell",
    "umbrella",
    "wayne",
)
CANARIES = frozenset({"acme", "initech"})
_EDITED = "tyrell"


def tell(folder: Path, serve_all: ServeAll) -> None:
    """Tell the story. Raises ReconcilerError if a step has an unexpected result."""
    with company(folder, serve_all) as found:
        _Demo(found).run()


@dataclass(frozen=True)
class Company:
    """The tenants by name, and the folder with fleet.yaml, the slots and the credentials."""

    folder: Path
    tenants: Mapping[str, SandboxTenant]
    slot: DesiredSlot
    """The one that the stories change, as it is at first."""
    file: Path
    """Its file."""

    def walk(self, **variables: str) -> Walkthrough:
        """What shows and runs the steps."""
        credentials = str(self.folder / "credentials")
        return Walkthrough(
            self.folder, variables={"RECONCILER_CREDENTIALS_DIR": credentials, **variables}
        )

    def write(self, change: Callable[[str], str], *, more: Sequence[str] = ()) -> None:
        """Write the slot with all its patterns changed, and without examples."""
        document = document_of(self.slot)
        document["patterns"] = [*map(change, document["patterns"]), *more]
        write_document(self.file, document)

    def live(self, name: str) -> list[str]:
        """The live patterns of the slot in a tenant."""
        return list((self.tenants[name].slot(EXAMPLE_SLOT) or {}).get("patterns", []))


@contextmanager
def company(folder: Path, serve_all: ServeAll) -> Iterator[Company]:
    """Twelve tenants that are as the files say."""
    project = _slots_in(folder)
    tenants = {name: _tenant(project) for name in TENANTS}
    with serve_all(tuple(tenants.values())) as urls:
        places = dict(zip(TENANTS, urls, strict=True))
        _write_fleet(folder, places)
        _write_credentials(folder, places)
        yield Company(
            folder=folder,
            tenants=tenants,
            slot=project.desired[EXAMPLE_SLOT],
            file=Path(project.desired.where(EXAMPLE_SLOT).file),
        )


class _Demo:
    def __init__(self, company: Company) -> None:
        self._company = company
        self._walk = company.walk()

    def run(self) -> None:
        walk = self._walk
        show(
            f"{len(TENANTS)} sandbox tenants are running in this process, each with the example "
            "bot.\nfleet.yaml names them. Two are canaries: a change reaches the others only after "
            "it has passed there.\nTheir credentials are files in folders of their own, as a "
            "Kubernetes Secret or systemd provides them."
        )
        walk.step("Check the fleet offline: its targets, its rollout, and the slots.")
        walk.reconciler("fleet", "validate")
        self._bad_pattern()
        self._fix()
        self._drift()
        walk.end(instructions="`reconciler docs fleet`", on="your own fleet")

    def _bad_pattern(self) -> None:
        self._walk.step(
            "A mistake: someone tidies up the patterns of order_number, and deletes the examples "
            "that fail.\nThe plan is the same for every tenant, so it is shown once."
        )
        self._company.write(without_dash)
        self._walk.reconciler("fleet", "plan", "--out", "plan.json")
        self._walk.step(
            "Apply it. The canaries reject it and roll it back; nobody else is touched."
        )
        self._walk.reconciler("fleet", "apply", "plan.json", expected=3)
        before = list(document_of(self._company.slot)["patterns"])
        changed = [name for name in TENANTS if self._company.live(name) != before]
        show(f"Tenants with another pattern than before: {plain(', '.join(changed)) or 'none'}")

    def _fix(self) -> None:
        self._walk.step("The fix: the old patterns, and one more. It rolls out to all of them.")
        self._company.write(unchanged, more=[r"^WEB-\d{7}$"])
        self._walk.reconciler("fleet", "apply", "--yes")
        self._walk.step("Show how each target ended last.")
        self._walk.reconciler("fleet", "status")

    def _drift(self) -> None:
        self._walk.step(
            f"Then someone edits the slot of {_EDITED} in the console. A drift check of the whole "
            "fleet finds it, and exits with 2."
        )
        self._company.tenants[_EDITED].edit(EXAMPLE_SLOT, fillStrategy="fuzzy")
        self._walk.reconciler("fleet", "drift", "--metrics", expected=2)


def unchanged(pattern: str) -> str:
    """The pattern as it is."""
    return pattern


def _slots_in(folder: Path) -> Project:
    shutil.copytree(packaged_slots(), folder / "slots")
    settings = {
        "gate": {**GATE, "bake_hours": 0},
        "limits": {"requests_per_minute": PACE.requests_per_minute},
    }
    write_document(folder / "slots" / "reconciler.yaml", settings)
    return read_project(folder / "slots")


def _tenant(project: Project) -> SandboxTenant:
    """A tenant whose bot is as the files say."""
    store = MemoryStore()
    seed(store, [_sent(each) for each in project.desired.values() if each.content is not None])
    return SandboxTenant(clock=SystemClock(), settings=PACE, store=store, corpus=Corpus.packaged())


def _sent(slot: DesiredSlot) -> dict[str, Any]:
    """The slot as the API has it."""
    content = slot.content.as_json() if slot.content else {}
    return {
        "slotId": slot.slot_id,
        "name": content["name"],
        "type": content["type"],
        "patterns": content["patterns"],
        "fillStrategy": content["fill_strategy"],
        "dependencies": content["dependencies"],
    }


def _write_fleet(folder: Path, places: dict[str, str]) -> None:
    targets = [
        {
            "tenant": name,
            "labels": {"ring": "canary" if name in CANARIES else "all"},
            "environments": {
                "production": {"expect": {"origin": url, "bot_id": PACE.bot_id}},
            },
        }
        for name, url in places.items()
    ]
    write_document(
        folder / "fleet.yaml",
        {
            "version": 1,
            "defaults": {"slots": "slots", "credentials": "{tenant}"},
            "targets": targets,
            "rollout": {"steps": [{"select": "ring=canary"}, {"targets": "100%"}]},
        },
    )


def _write_credentials(folder: Path, places: dict[str, str]) -> None:
    for name, url in places.items():
        own = folder / "credentials" / name
        own.mkdir(parents=True)
        (own / "client_id").write_text(PACE.client_id, encoding="utf-8")
        (own / "client_secret").write_text(PACE.client_secret, encoding="utf-8")
        (own / "origin").write_text(url, encoding="utf-8")
