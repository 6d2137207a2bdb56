"""A model of a tenant of version 2, small enough to understand at a glance, and not the sandbox.

Each regex says what it does to the asserts of the playbook, once its flow is *trained* with it:

    /good 7/             nothing
    /bad 7/              the assert of its own result fails, which names its key
    /thief of slot_2 7/  the assert of slot_2's result fails
    /rude 7/             an assert fails that names nobody
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import httpx

from tests.support.clock import VirtualClock

OURS, OTHERS, INITIAL = "ours", "others", "initial"
PROJECT, PLAYBOOK, SUITE = f"{1:024x}", f"{2:024x}", "Check"
PREFIX = "/new/v2.0"
TEXTS = ("name", "type", "regex", "slot", "contextKey", "profileKey", "resultLocation")
SWITCHES = (
    "storeResultInContext",
    "storeInContactProfile",
    "storeDetailedResults",
    "skipIfResultInContext",
    "usePositiveOnly",
)

Document = dict[str, Any]
Content = tuple[Any, ...] | None


def canonical(fields: Mapping[str, Any] | None) -> Content:
    """What is compared, by the API's names: an empty text is none, and no switch is off."""
    if fields is None:
        return None
    texts = tuple(fields.get(name) or None for name in (*TEXTS, "additionalValidation"))
    return (*texts, *(bool(fields.get(name)) for name in SWITCHES))


@dataclass(frozen=True)
class Features:
    """How this tenant behaves where the description leaves it open."""

    unique_names: bool = True
    empty_text: str = "kept"
    patch_answers: bool = False
    page: int = 100
    read_lag: float = 0.0
    late_task: float = 0.0
    late_run_id: float = 0.0
    late_run: float = 0.0
    training_seconds: float = 2.0
    run_seconds: float = 1.0


@dataclass(frozen=True)
class Version:
    """A filler from one moment on; without fields it is deleted."""

    moment: int
    at: float
    author: str
    fields: Document | None


@dataclass
class Filler:
    """A filler, with all that it ever was."""

    id: str
    flow: str
    versions: list[Version]

    @property
    def now(self) -> Version:
        return self.versions[-1]

    @property
    def name(self) -> str:
        return next(str(each.fields["name"]) for each in reversed(self.versions) if each.fields)


@dataclass
class Task:
    """What the tenant does in the background; `act` happens at its end."""

    id: str
    kind: str
    parameters: Document
    begun: float
    ends: float
    act: Callable[[], None]
    status: str = "queued"
    reason: str | None = None
    data: Document = field(default_factory=dict)
    data_at: float = 0.0


@dataclass(frozen=True)
class Run:
    """What a playbook's run came to, and what the flow was trained with."""

    flow: str
    failed: frozenset[str]
    trained: Mapping[str, Content]
    readable_at: float


@dataclass(frozen=True)
class Reply:
    """An answer. `shows` are fillers that it shows (None: the flow has none of that name), by flow
    and name, as of `moment`; `run` is the result that it shows."""

    status: int
    body: Any = None
    shows: Mapping[tuple[str, str], int] = field(default_factory=dict)
    run: Run | None = None


class ModelTenant:
    """The flows' fillers, what was trained, and the API. `mishap` draws what goes wrong with a
    task: error, cancelled, slow, lost or flaky."""

    def __init__(
        self,
        live: Mapping[str, tuple[str, Document]],
        *,
        flows: tuple[str, ...],
        locales: int,
        asserted: tuple[str, ...],
        features: Features,
        clock: VirtualClock,
        mishap: Callable[[str], str],
    ) -> None:
        self.features = features
        self._clock = clock
        self._mishap = mishap
        self._serial = 1000
        self.moment = 0
        self.flows = {name: f"{100 + number:024x}" for number, name in enumerate(flows)}
        self.locales = [f"{200 + number:024x}" for number in range(locales)]
        self.asserted = asserted
        self.fillers: dict[str, Filler] = {}
        for flow, fields in live.values():
            self.create(flow, fields, author=INITIAL, long_ago=True)
        self.trained: dict[tuple[str, str], dict[str, Content]] = {}
        self.tasks: dict[str, Task] = {}
        self._pending: list[Task] = []
        self.runs: dict[str, Run] = {}
        self.replaced: Version | None = None
        """What our last write has replaced."""
        for flow in flows:
            for locale in self.locales:
                self.trained[flow, locale] = self._contents(flow)

    # What is stored.

    def of(self, flow: str) -> list[Filler]:
        return [each for each in self.fillers.values() if each.flow == flow and each.now.fields]

    def named(self, flow: str, name: str) -> list[Filler]:
        return [each for each in self.of(flow) if each.name == name]

    def last(self, flow: str, name: str) -> Version | None:
        """The newest version of any filler of this name, also of one that is gone."""
        versions = [
            each.now for each in self.fillers.values() if each.flow == flow and each.name == name
        ]
        return max(versions, key=lambda each: each.moment, default=None)

    def create(
        self, flow: str, fields: Mapping[str, Any], *, author: str, long_ago: bool = False
    ) -> Filler:
        filler = Filler(self._id(), flow, [])
        self.fillers[filler.id] = filler
        self.store(filler, dict(fields), author=author, long_ago=long_ago)
        return filler

    def store(
        self, filler: Filler, fields: Document | None, *, author: str, long_ago: bool = False
    ) -> None:
        self.moment += 1
        at = -1e9 if long_ago else self._clock.monotonic()
        filler.versions.append(Version(self.moment, at, author, fields))

    def _contents(self, flow: str) -> dict[str, Content]:
        return {each.name: canonical(each.now.fields) for each in self.of(flow)}

    def _id(self) -> str:
        self._serial += 1
        return f"{self._serial:024x}"

    # What happens in the background.

    def finish(self) -> None:
        """Let all end that is due by now."""
        now = self._clock.monotonic()
        for task in sorted(self._pending, key=lambda each: each.ends):
            if task.ends <= now:
                self._pending.remove(task)
                task.act()

    def _begin(self, kind: str, parameters: Document, seconds: float, work: Any) -> Task:
        now = self._clock.monotonic()
        mishap = self._mishap(kind)
        ends = now + (10_000.0 if mishap == "slow" else seconds)
        task = Task(self._id(), kind, parameters, now, ends, lambda: None)

        def end() -> None:
            if mishap in ("error", "cancelled"):
                task.status = mishap
                task.reason = "It did not work out." if mishap == "error" else None
            else:
                task.status = "done"
                work(task, mishap)

        task.act = end
        self.tasks[task.id] = task
        self._pending.append(task)
        return task

    def _train(self, flow: str, body: Document) -> Reply:
        locale = body["localeId"]
        contents = self._contents(flow)

        def work(_task: Task, _mishap: str) -> None:
            self.trained[flow, locale] = contents

        parameters = {"flowId": self.flows[flow], **body}
        task = self._begin("trainIntents", parameters, self.features.training_seconds, work)
        return Reply(201, self._shown_task(task))

    def _schedule(self, body: Document) -> Reply:
        flow = next(each for each, id_ in self.flows.items() if f"ref-{id_}" == body["flowId"])

        def work(task: Task, mishap: str) -> None:
            trained = self.trained[flow, self.locales[0]]
            failed = {
                broken for name, content in trained.items() for broken in _broken(name, content)
            }
            if mishap == "flaky":
                failed.add("politeness")
            run_id = self._id()
            late = 1e9 if mishap == "lost" else self.features.late_run
            self.runs[run_id] = Run(flow, frozenset(failed), dict(trained), task.ends + late)
            task.data = {"playbookRunId": run_id}
            task.data_at = task.ends + self.features.late_run_id

        task = self._begin("runPlaybook", body, self.features.run_seconds, work)
        return Reply(201, self._shown_task(task))

    def _shown_task(self, task: Task) -> Document:
        now = self._clock.monotonic()
        running = "active" if now > task.begun + 0.5 else "queued"
        return {
            "_id": task.id,
            "type": task.kind,
            "status": running if task in self._pending else task.status,
            "failReason": task.reason,
            "parameters": task.parameters,
            "data": task.data if now >= task.data_at else {},
        }

    # The API.

    def handle(self, request: httpx.Request) -> Reply:
        """Carry out one request."""
        self.finish()
        parts = request.url.path.removeprefix(PREFIX).strip("/").split("/")
        body = json.loads(request.content) if request.content else {}
        if parts[0] == "flows" and len(parts) > 2:
            flow = next(name for name, id_ in self.flows.items() if id_ == parts[1])
            if parts[2] == "intents":
                return self._train(flow, body)
            return self._filler(request, flow, parts[3:], body)
        if request.method == "POST":
            return self._schedule(body)
        return self._read(request, parts)

    def _read(self, request: httpx.Request, parts: list[str]) -> Reply:
        kind, rest = parts[0], parts[1:]
        lists: dict[str, Callable[[], list[Document]]] = {
            "flows": lambda: [_named(id_, name) for name, id_ in self.flows.items()],
            "locales": lambda: [
                {**_named(id_, id_[-3:]), "primary": id_ == self.locales[0]} for id_ in self.locales
            ],
            "playbooks": lambda: [_named(PLAYBOOK, SUITE)],
            "tasks": lambda: [
                self._shown_task(each) for each in self.tasks.values() if self._is_shown(each)
            ],
        }
        if not rest:
            return Reply(200, self._page(request, lists[kind]()))
        ones: dict[str, Callable[[], Reply]] = {
            "flows": lambda: Reply(200, {"_id": rest[0], "isTrainingOutOfDate": False}),
            "tasks": lambda: self._task(rest[0]),
            "playbooks": lambda: self._playbook(rest),
        }
        return ones[kind]()

    def _task(self, task_id: str) -> Reply:
        task = self.tasks.get(task_id)
        if task is None or not self._is_shown(task):
            return Reply(404)
        return Reply(200, self._shown_task(task))

    def _playbook(self, rest: list[str]) -> Reply:
        if len(rest) == 1:
            return Reply(200, {"_id": PLAYBOOK, "name": SUITE, "steps": self._steps()})
        run = self.runs.get(rest[2])
        if run is None or self._clock.monotonic() < run.readable_at:
            return Reply(404)
        return Reply(200, self._result(rest[2], run), run=run)

    def _is_shown(self, task: Task) -> bool:
        return self._clock.monotonic() >= task.begun + self.features.late_task

    def _page(self, request: httpx.Request, items: list[Document]) -> Document:
        skip = int(request.url.params.get("skip", "0"))
        limit = int(request.url.params.get("limit", "25"))
        if not request.url.path.endswith("/tasks"):  # of which nobody reads all
            limit = min(limit, self.features.page)
        return {"items": items[skip : skip + limit], "total": len(items)}

    def _steps(self) -> list[Document]:
        context = [
            {"type": "assertContext", "params": {"data": {name: "x"}, "partial": True}}
            for name in self.asserted
        ]
        polite = {"type": "assertText", "params": {"text": "Thank you."}}
        return [{"text": "x", "asserts": [*context, polite]}]

    def _result(self, run_id: str, run: Run) -> Document:
        steps = self._steps()
        for each in steps[0]["asserts"]:
            subject = next(iter(each["params"].get("data", {"politeness": 0})))
            each["status"] = "failed" if subject in run.failed else "successful"
            each["actual"] = {}
        status = "failed" if run.failed else "successful"
        return {"_id": run_id, "status": status, "stepResults": steps}

    # Slot fillers.

    def _filler(self, request: httpx.Request, flow: str, rest: list[str], body: Document) -> Reply:
        if request.method == "POST":
            return self._post(flow, body)
        if not rest:
            return self._list(request, flow)
        filler = self.fillers[rest[0]]
        if request.method == "GET":
            return self._get(flow, filler)
        if filler.now.fields is None:
            return Reply(404)
        self.replaced = filler.now
        if request.method == "DELETE":
            self.store(filler, None, author=OURS)
            return Reply(204)
        return self._patch(filler, filler.now.fields, body)

    def _get(self, flow: str, filler: Filler) -> Reply:
        version = self._visible(filler)
        shows = {(flow, filler.name): version.moment if version else 0}
        if version is None or version.fields is None:
            return Reply(404, shows=shows)
        return Reply(200, self._shown(filler, version), shows=shows)

    def _patch(self, filler: Filler, former: Document, body: Document) -> Reply:
        after = dict(former)
        for name, value in body.items():
            if value == "" and self.features.empty_text == "unset":
                after.pop(name, None)
            else:
                after[name] = value
        self.store(filler, after, author=OURS)
        if self.features.patch_answers:
            return Reply(200, self._shown(filler, filler.now))
        return Reply(204)

    def _post(self, flow: str, body: Document) -> Reply:
        if self.features.unique_names and self.named(flow, body["name"]):
            return Reply(409)
        self.replaced = None
        filler = self.create(flow, body, author=OURS)
        return Reply(201, self._shown(filler, filler.now))

    def _list(self, request: httpx.Request, flow: str) -> Reply:
        seen = {
            each.id: version
            for each in self.fillers.values()
            if each.flow == flow and (version := self._visible(each)) is not None
        }
        items = [
            {"_id": id_, "name": version.fields["name"], "referenceId": f"ref-{id_}"}
            for id_, version in seen.items()
            if version.fields
        ]
        return Reply(200, self._page(request, items))

    def _visible(self, filler: Filler) -> Version | None:
        until = self._clock.monotonic() - self.features.read_lag
        return next((each for each in reversed(filler.versions) if each.at <= until), None)

    def _shown(self, filler: Filler, version: Version) -> Document:
        return {
            "_id": filler.id,
            "referenceId": f"ref-{filler.id}",
            **(version.fields or {}),
            "lastChanged": int(version.at) + 10**9,
            "lastChangedBy": version.author,
        }


def _named(id_: str, name: str) -> Document:
    return {"_id": id_, "referenceId": f"ref-{id_}", "name": name}


def _broken(name: str, content: Content) -> list[str]:
    """The asserts that fail because of this filler."""
    word, *rest = str(content[2] if content else "").strip("/").split()
    if word == "thief":
        return [rest[1]]
    return {"bad": [name], "rude": ["politeness"]}.get(word, [])


def quiet(features: Features) -> Features:
    """The same tenant, in no hurry and on time."""
    return replace(
        features,
        read_lag=0.0,
        late_task=0.0,
        late_run_id=0.0,
        late_run=0.0,
        training_seconds=2.0,
        run_seconds=1.0,
    )


def draw_features(dice: random.Random) -> Features:
    """How one seed's tenant behaves."""
    return Features(
        unique_names=dice.random() < 0.4,
        empty_text=dice.choice(("kept", "unset")),
        patch_answers=dice.random() < 0.3,
        page=dice.choice((1, 2, 100, 100)),
        read_lag=dice.choice((0.0, 0.0, 0.0, 3.0, 20.0)),
        late_task=dice.choice((0.0, 0.0, 4.0)),
        late_run_id=dice.choice((0.0, 0.0, 10.0)),
        late_run=dice.choice((0.0, 1.0, 15.0)),
        training_seconds=dice.choice((0.0, 2.0, 20.0, 60.0)),
        run_seconds=dice.choice((0.0, 1.0, 10.0)),
    )
