"""The demo of cognigy-v1: the user's own slots, or the example bot, judged by their traffic."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from reconciler.adapters.clock import SystemClock
from reconciler.adapters.cognigy.v1.capabilities import COGNIGY_V1
from reconciler.cli.demo.shop import (
    EXAMPLE_BOT,
    EXAMPLE_SLOT,
    GATE,
    PACE,
    document_of,
    packaged_slots,
    without_dash,
    write_document,
)
from reconciler.cli.demo.walkthrough import Serve, Walkthrough
from reconciler.cli.output import show
from reconciler.config.project import slots_folder
from reconciler.model.project import Project
from reconciler.model.slot import DesiredSlot
from reconciler.operations.project import read_project
from reconciler.operations.schema import api_of
from reconciler.reports.escaping import plain
from reconciler.sandbox.v1.corpus import Corpus
from reconciler.sandbox.v1.seed import seed
from reconciler.sandbox.v1.store import MemoryStore
from reconciler.sandbox.v1.tenant import SandboxTenant


def tell(folder: Path, serve: Serve) -> None:
    """Tell the story; see `walkthrough.Story`."""
    bot = _prepare(folder)
    tenant = _tenant(bot)
    with serve(tenant) as url:
        _Demo(bot, tenant=tenant, url=url).run()


@dataclass(frozen=True)
class _Bot:
    """The demo's bot: its folder, its slots, and whether it is the example bot."""

    folder: Path
    project: Project
    is_example: bool

    @property
    def slots(self) -> Path:
        return self.folder / "slots"


def _prepare(folder: Path) -> _Bot:
    own = slots_folder()
    is_usable = own.is_dir() and api_of(own) == COGNIGY_V1.name
    shutil.copytree(own if is_usable else packaged_slots(), folder / "slots")
    project = read_project(folder / "slots")
    # Without the defaults, among which are those of the other API's keys.
    settings = project.settings.model_dump(mode="json", exclude_defaults=True)
    settings["gate"] = {**settings.get("gate", {}), **GATE, "enabled": True}
    settings["rollout"] = {}  # the default, on_failure: rollback, is what the demo shows
    settings["limits"] = {"requests_per_minute": PACE.requests_per_minute}
    write_document(folder / "slots" / "reconciler.yaml", settings)
    return _Bot(folder=folder, project=project, is_example=project.desired.keys() >= EXAMPLE_BOT)


def _tenant(bot: _Bot) -> SandboxTenant:
    store = MemoryStore()
    corpus = Corpus.packaged()
    if bot.is_example:
        seed(store)
    else:
        corpus = Corpus.from_examples(
            {
                slot.slot_id: [example.value or example.text for example in slot.examples.match]
                for slot in bot.project.desired.values()
            }
        )
    return SandboxTenant(clock=SystemClock(), settings=PACE, store=store, corpus=corpus)


class _Demo:
    def __init__(self, bot: _Bot, *, tenant: SandboxTenant, url: str) -> None:
        self._bot = bot
        self._tenant = tenant
        self._url = url
        self._walk = Walkthrough(bot.folder, variables=_variables(url))

    def run(self) -> None:
        self._introduce()
        self._walk.step("Check the files offline: no tenant, no credentials.")
        self._walk.reconciler("validate")
        self._walk.step("Plan: compare the live slots with the files, and order the changes.")
        self._walk.reconciler("plan", "--out", "plan.json")
        self._walk.step(
            "Apply exactly that plan. Each change is stored, trained and judged by its success "
            "rate before the next one begins."
        )
        self._walk.reconciler("apply", "plan.json")
        self._walk.step("Plan again: there is nothing left to do.")
        self._walk.reconciler("plan", "--detailed-exitcode")
        self._bad_pattern()
        self._drift()
        self._walk.end(instructions="the README")

    def _introduce(self) -> None:
        whose = (
            "the example bot of an online shop, built by hand"
            if self._bot.is_example
            else "an empty bot, for your slots"
        )
        show(
            f"A sandbox tenant is running at {self._url}: {whose}.\n"
            f"Waiting times are shortened: retraining takes {PACE.training_seconds} s, the settle "
            f"time is {GATE['settle_seconds']} s instead of 15 s,\nand a success rate covers the "
            f"last {PACE.window_seconds} s of traffic instead of 24 hours, so that only traffic "
            "after\na change counts. The rate limit is raised, so nothing waits for it."
        )

    def _bad_pattern(self) -> None:
        victim = self._victim()
        if victim is None or victim.content is None:
            self._walk.step(
                "No slot has patterns, examples and a file of its own, so the demo cannot show a "
                "bad pattern."
            )
            return
        path = self._file_of(victim.slot_id)
        former = path.read_text(encoding="utf-8")
        broken = [without_dash(pattern) for pattern in victim.content.patterns]
        if not self._bot.is_example:
            broken = [f"^#{pattern.removeprefix('^')[:40]}" for pattern in victim.content.patterns]
        self._walk.step(
            f"Now a mistake: someone tidies up the patterns of {victim.content.name}, and deletes "
            "the examples that fail.\nThe gate measures the result and rolls the change back."
        )
        write_document(path, {**document_of(victim), "patterns": broken})
        self._walk.reconciler("apply", "--yes", expected=3)
        live = self._tenant.slot(victim.slot_id) or {}
        show(f"Live again: {plain(', '.join(live.get('patterns') or []))}")
        path.write_text(former, encoding="utf-8")

    def _drift(self) -> None:
        slots = self._bot.project.desired.values()
        slot = max(
            (each for each in slots if each.content),
            key=lambda each: each.slot_id != EXAMPLE_SLOT,
        )
        edited = "fuzzy" if slot.content and slot.content.fill_strategy != "fuzzy" else "strict"
        self._walk.step(
            f"Then someone edits {slot.slot_id} in the console. `drift` finds it and exits with 2; "
            "run it on a schedule to be notified."
        )
        self._tenant.edit(slot.slot_id, fillStrategy=edited)
        self._walk.reconciler("drift", expected=2)

    def _victim(self) -> DesiredSlot | None:
        slots = self._bot.project.desired
        if self._bot.is_example:
            return slots[EXAMPLE_SLOT]
        return next(
            (
                slot
                for slot in slots.values()
                if slot.content
                and slot.content.type == "regex"
                and slot.examples.match
                and slot.trigger_retrain
                and self._is_alone(slot.slot_id)
            ),
            None,
        )

    def _is_alone(self, slot_id: str) -> bool:
        desired = self._bot.project.desired
        place = desired.where(slot_id).file
        return [desired.where(each).file for each in desired].count(place) == 1

    def _file_of(self, slot_id: str) -> Path:
        return Path(self._bot.project.desired.where(slot_id).file)


def _variables(url: str) -> dict[str, str]:
    return {
        "COGNIGY_BASE_URL": url,
        "COGNIGY_CLIENT_ID": PACE.client_id,
        "COGNIGY_CLIENT_SECRET": PACE.client_secret,
        "COGNIGY_BOT_ID": PACE.bot_id,
    }
