"""A model of a project over version 2, and not the sandbox: what it answers."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

import httpx

from tests.simulation.calls import Call, Kind
from tests.simulation.faults import Fault
from tests.simulation.scenario import Content, Document
from tests.simulation.tenant import OURS, Rate, Reply, Version
from tests.simulation.v2.background import POLITENESS, Run
from tests.simulation.v2.fillers import FIELDS, Fillers

PROJECT, PLAYBOOK, SUITE = f"{1:024x}", f"{2:024x}", "Check"


class ModelProject(Fillers):
    """The API."""

    def call(self, request: httpx.Request) -> Call:
        parts = self._parts(request)
        if parts[-1] == "train":
            return Call(Kind.TRAIN)
        if parts[-1] == "schedule":
            return Call(Kind.RUN)
        if "slotfillers" not in parts:
            return Call(Kind.READ)
        if request.method == "POST":
            return Call(Kind.STORE, json.loads(request.content)["name"])
        kinds = {"PATCH": Kind.STORE, "DELETE": Kind.DELETE}
        return Call(kinds.get(request.method, Kind.READ), self._names.get(parts[-1], ""))

    def _parts(self, request: httpx.Request) -> list[str]:
        return request.url.path.removeprefix(self.prefix).strip("/").split("/")

    def leads_to(self, request: httpx.Request, content: Content) -> bool:
        flow = self._flows[self._parts(request)[1]]
        if flow != self._flow_of(self.call(request).slot_id):
            return False
        if request.method == "DELETE" or content is None:
            return request.method == "DELETE" and content is None
        body = json.loads(request.content)
        if request.method == "POST":
            return self.canonical(body) == content
        fields = dict(zip(FIELDS, content, strict=True))
        return all((value or None) == (fields[name] or None) for name, value in body.items())

    def handle(self, request: httpx.Request, *, fault: Fault | None) -> Reply:
        self._background.finish()
        parts = self._parts(request)
        body = json.loads(request.content) if request.content else {}
        if parts[0] == "flows" and len(parts) > 2:
            flow = self._flows[parts[1]]
            if parts[2] == "intents":
                return self._train(flow, body, parameters={"flowId": parts[1], **body})
            return self._filler(request, flow, parts[3:], body)
        if request.method == "POST":
            flow = self._flows[body["flowId"].removeprefix("ref-")]
            return Reply(201, self._background.run(flow, self._locales[0], parameters=body))
        return self._read(request, parts)

    def _train(self, flow: str, body: Document, *, parameters: Document) -> Reply:
        contents = self._contents(flow)
        return Reply(
            201, self._background.train(flow, body["localeId"], contents, parameters=parameters)
        )

    def _read(self, request: httpx.Request, parts: list[str]) -> Reply:
        kind, *rest = parts
        tasks = self._background.tasks
        if not rest:
            lists: Mapping[str, Callable[[], list[Document]]] = {
                "flows": lambda: [_named(*each) for each in self._flows.items()],
                "locales": lambda: [
                    {**_named(each, each[-3:]), "primary": each == self._locales[0]}
                    for each in self._locales
                ],
                "playbooks": lambda: [_named(PLAYBOOK, SUITE)],
                "tasks": lambda: [*tasks.values()],
            }
            return Reply(200, self._page(request, lists[kind]()))
        if kind == "flows":
            return Reply(200, {"_id": rest[0], "isTrainingOutOfDate": False})
        if kind == "tasks":
            return Reply(200, tasks[rest[0]]) if rest[0] in tasks else Reply(404)
        if len(rest) == 1:
            return Reply(200, {"_id": PLAYBOOK, "name": SUITE, "steps": self._steps()})
        run = self._background.ended_run(rest[2])
        return self._result(run) if run else Reply(404)

    def _page(self, request: httpx.Request, items: list[Document]) -> Document:
        skip = int(request.url.params.get("skip", "0"))
        limit = int(request.url.params.get("limit", "25"))
        if not request.url.path.endswith("/tasks"):  # of which nobody reads all
            limit = min(limit, self._features.page)
        return {"items": items[skip : skip + limit], "total": len(items)}

    def _steps(self) -> list[Document]:
        context = [
            {"type": "assertContext", "params": {"data": {name: "x"}, "partial": True}}
            for name in self._asserted
        ]
        polite = {"type": "assertText", "params": {"text": "Thank you."}}
        return [{"text": "x", "asserts": [*context, polite]}]

    def _result(self, run: Run) -> Reply:
        steps = self._steps()
        asserts = steps[0]["asserts"]
        for each in asserts:
            subject = next(iter(each["params"].get("data", (POLITENESS,))))
            each["status"] = "failed" if subject in run.failed else "successful"
            each["actual"] = {}
        status = "failed" if run.failed else "successful"
        value = (len(asserts) - len(run.failed)) / len(asserts)
        rates = {
            name: Rate(value, run.trained.get(name), run.moment)
            for name in self._asserted
            if self._flow_of(name) == run.flow
        }
        return Reply(200, {"_id": run.id, "status": status, "stepResults": steps}, rates=rates)

    # --- slot fillers

    def _filler(self, request: httpx.Request, flow: str, rest: list[str], body: Document) -> Reply:
        if request.method == "POST":
            return self._post(body)
        if not rest:
            return self._list(request, flow)
        key = rest[0]
        if request.method == "GET":
            return self._get(key)
        former = self._history[key][-1]
        if former.content is None:
            return Reply(404)
        if request.method == "DELETE":
            self._put(key, None, author=OURS)
            return Reply(204)
        return self._patch(key, former.document, body)

    def _get(self, key: str) -> Reply:
        version = self._visible(key)
        status, body = 404, None
        if version is not None and version.content is not None:
            status, body = 200, self._shown(key, version)
        return Reply(status, body, moment=self._visible_moment, shows=[self._names[key]])

    def _patch(self, key: str, former: Document, body: Document) -> Reply:
        after = {**former, **body}
        if self._features.empty_text == "unset":
            after = {name: value for name, value in after.items() if value != ""}
        self._put(key, after, author=OURS)
        if self._features.patch_answers:
            return Reply(200, self._shown(key, self._history[key][-1]))
        return Reply(204)

    def _post(self, body: Document) -> Reply:
        if self._features.unique_names and self._there(body["name"]):
            return Reply(409)
        key = self._new(body["name"])
        self._put(key, body, author=OURS)
        return Reply(201, self._shown(key, self._history[key][-1]))

    def _list(self, request: httpx.Request, flow: str) -> Reply:
        items = [
            _named(key, name)
            for key, name in self._names.items()
            if self._flow_of(name) == flow and (version := self._visible(key)) and version.content
        ]
        return Reply(200, self._page(request, items), moment=self._visible_moment)

    def _shown(self, key: str, version: Version) -> Document:
        return {
            **_named(key, self._names[key]),
            **version.document,
            "lastChanged": int(version.at) + 10**9,
            "lastChangedBy": version.author,
        }


def _named(key: str, name: str) -> Document:
    return {"_id": key, "referenceId": f"ref-{key}", "name": name}
