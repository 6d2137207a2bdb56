"""A branch without git, and a process that follows it under a virtual clock."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import pytest

from reconciler.errors import GitError, Interrupted
from reconciler.model.outcome import RunReport
from reconciler.model.plan import Plan
from reconciler.model.project import Project
from reconciler.model.revision import Revision
from reconciler.model.watch import PassEnded, WatchEvent
from reconciler.operations.plan import plan
from reconciler.operations.project import read_project
from reconciler.operations.services import Services
from reconciler.operations.watch import WatchRequest, watch, watch_once
from tests.support.world import World

Kind = TypeVar("Kind")


def slot_file(slot_id: str, *patterns: str, **fields: Any) -> dict[str, Any]:
    """A slot file's document."""
    return {
        "slot_id": slot_id,
        "name": slot_id.removeprefix("slot_"),
        "type": "regex",
        "patterns": list(patterns),
        "fill_strategy": "bestMatch",
        **fields,
    }


class FakeUpstream:
    """`ports.Upstream` with commits that a test pushes. Each has the slots of the one before,
    except for those that it changes; None takes a file away. `down` makes every fetch fail."""

    name = "origin/main"
    path = "slots"

    def __init__(self, folder: Path, *, settings: Mapping[str, Any]) -> None:
        self._folder = folder
        self._commits: list[str] = []
        self._files: dict[str, dict[str, Any]] = {}
        self._rewritten: set[str] = set()
        self._current: dict[str, Any] = {"reconciler": dict(settings)}
        self.down: GitError | None = None
        self.in_sync: dict[str, str] = {}

    def push(self, *slots: Mapping[str, Any], forced: bool = False, **settings: Any) -> str:
        """A new head with these slots, and with these settings over the former ones."""
        current = dict(self._current)
        current["reconciler"] = {**current["reconciler"], **settings}
        current.update({each["slot_id"]: dict(each) for each in slots})
        return self._commit(current, forced=forced)

    def push_text(self, name: str, text: str) -> str:
        """A new head with a file that need not be valid."""
        return self._commit({**self._current, name: text})

    def push_without(self, name: str) -> str:
        """A new head without a file."""
        return self._commit({key: each for key, each in self._current.items() if key != name})

    def _commit(self, files: dict[str, Any], *, forced: bool = False) -> str:
        self._current = files
        commit = hashlib.sha1(f"{len(self._commits)}".encode()).hexdigest()  # noqa: S324 - as git does
        self._commits.append(commit)
        self._files[commit] = files
        if forced:
            self._rewritten.add(commit)
        return commit

    def fetch(self, *, since: str | None) -> Revision:
        if self.down is not None:
            raise self.down
        commit = self._commits[-1]
        is_rewritten = commit in self._rewritten and since not in (None, commit)
        return Revision(commit=commit, subject="Change a slot", is_rewritten=is_rewritten)

    def last_in_sync(self, tenant: str) -> str | None:
        return self.in_sync.get(tenant)

    def note_in_sync(self, tenant: str, commit: str) -> None:
        self.in_sync[tenant] = commit

    @contextmanager
    def checkout(self, commit: str) -> Iterator[Path]:
        root = self._folder / f"checkout-{commit[:10]}"
        folder = root / self.path
        folder.mkdir(parents=True)
        for name, content in self._files[commit].items():
            text = content if isinstance(content, str) else json.dumps(content)
            (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
        try:
            yield root
        finally:
            for each in folder.iterdir():
                each.unlink()
            folder.rmdir()
            root.rmdir()


class Process:
    """A process that follows the branch into a world; another one knows nothing of this one."""

    def __init__(
        self, world: World, upstream: FakeUpstream, *, environment: str | None = None
    ) -> None:
        self._world = world
        self._request = WatchRequest(upstream, environment)
        self.told: list[WatchEvent] = []
        self.services: Callable[[Project], Services] = lambda _project: world.services

    def run(self, passes: int, *, then: Mapping[int, Callable[[], object]] | None = None) -> None:
        """Let it pass this often, and ask it to stop while it waits. `then` is what happens after
        the n-th pass."""
        clock, ended = self._world.clock, 0

        def tell(event: WatchEvent) -> None:
            nonlocal ended
            self.told.append(event)
            if isinstance(event, PassEnded):
                ended += 1
                (then or {}).get(ended, lambda: None)()
                if ended == passes:
                    clock.interrupt_after(0)

        with pytest.raises(Interrupted):
            watch(self._request, self.services, clock=clock, tell=tell)
        clock.interrupt_after(math.inf)

    def run_until_interrupted(self, seconds: float) -> RunReport:
        """Let it run until it is asked to stop, this long after it begins to change something."""
        clock = self._world.clock
        clock.interrupt_when_listened_for(seconds)
        report = watch(self._request, self.services, clock=clock, tell=self.told.append)
        clock.interrupt_when_listened_for(None)
        return report

    def once(self) -> int:
        """One pass; returns the exit code."""
        return watch_once(
            self._request, self.services, clock=self._world.clock, tell=self.told.append
        )

    def of(self, kind: type[Kind]) -> list[Kind]:
        """What it told of one kind, oldest first."""
        return [event for event in self.told if isinstance(event, kind)]

    def plan(self) -> Plan:
        """What a person would see now."""
        upstream = self._request.upstream
        with upstream.checkout(upstream.fetch(since=None).commit) as root:
            project = read_project(root / upstream.path, environment=self._request.environment)
        return plan(project, self.services(project))
