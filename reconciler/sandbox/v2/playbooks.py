"""Playbooks: the routes, and the runs, which talk to the flow as it was trained."""

from __future__ import annotations

import copy
from dataclasses import dataclass

from reconciler.sandbox.messages import Refused, Response
from reconciler.sandbox.v2.agenda import Agenda
from reconciler.sandbox.v2.asserts import judged
from reconciler.sandbox.v2.calls import Call, Document, Route, answer
from reconciler.sandbox.v2.conversation import Conversation
from reconciler.sandbox.v2.expressions import TooSlow
from reconciler.sandbox.v2.listing import listed
from reconciler.sandbox.v2.mishaps import Mishaps
from reconciler.sandbox.v2.snapshots import Snapshots
from reconciler.sandbox.v2.tasks import Cancelled, Job, Tasks
from reconciler.sandbox.v2.training import Training
from reconciler.sandbox.v2.world import META, World

_SUMMARY = ("_id", "name", *META)
_NOTHING: Document = {"slotfillers": [], "phrases": {}, "intents": []}
"""What a flow extracts that was never trained."""


@dataclass(frozen=True)
class _Place:
    """Where a run talks: a flow, in a locale, live or in a snapshot."""

    flow: Document
    locale: Document
    entrypoint: str


class Playbooks:
    """List, read and schedule playbooks; list, read and delete their runs."""

    def __init__(
        self,
        world: World,
        mishaps: Mishaps,
        *,
        tasks: Tasks,
        training: Training,
        snapshots: Snapshots,
        agenda: Agenda,
    ) -> None:
        self._world = world
        self._mishaps = mishaps
        self._tasks = tasks
        self._training = training
        self._snapshots = snapshots
        self._agenda = agenda

    def routes(self) -> list[Route]:
        """The routes, and the rights that they need."""
        one = "/playbooks/{}"
        return [
            Route("GET", "/playbooks", self._list, ("playbooks", "read"), "playbooks"),
            Route("GET", one, self._get, ("playbooks", "read")),
            Route("POST", f"{one}/schedule", self._schedule, ("playbooks", "update")),
            Route("GET", f"{one}/runs", self._list_runs, ("playbooks", "read"), "runs"),
            Route("GET", f"{one}/runs/{{}}", self._get_run, ("playbooks", "read")),
            Route("DELETE", f"{one}/runs/{{}}", self._delete_run, ("playbooks", "update")),
        ]

    def pass_rate(self, playbook: Document, flow: Document, *, project: str) -> float:
        """The part of the asserts that hold in a run that nothing disturbs."""
        locale = next(each for each in self._world.locales.of(project) if each["primary"])
        place = _Place(flow=flow, locale=locale, entrypoint=project)
        results = self._results(playbook, place, late=False)
        asserts = [each for result in results for each in result["asserts"]]
        defined = sum(len(step["asserts"]) for step in playbook["steps"])
        return len([each for each in asserts if each["status"] == "successful"]) / defined

    def _list(self, call: Call) -> Response:
        project = self._world.projects.get(call.request.query.get("projectId", ""))
        items = [
            {name: playbook[name] for name in _SUMMARY}
            for playbook in self._world.playbooks.of(project["_id"])
        ]
        return listed(call, items, settings=self._mishaps.settings)

    def _get(self, call: Call) -> Response:
        return answer(self._playbook(call))

    def _schedule(self, call: Call) -> Response:
        playbook = self._playbook(call)
        body = call.strings("entrypoint", "flowId", "localeId", optional=("playbookId",))
        project = self._world.playbooks.parent_of(playbook["_id"])
        if body["entrypoint"] != project:
            self._world.snapshots.get(body["entrypoint"], parent=project)
        place = _Place(
            flow=self._world.flows.referenced(body["flowId"], parent=project),
            locale=self._world.locales.referenced(body["localeId"], parent=project),
            entrypoint=body["entrypoint"],
        )
        definition = copy.deepcopy(playbook)
        settings = self._mishaps.settings
        job = Job(
            type="runPlaybook",
            parameters={**body, "playbookId": playbook["_id"], "projectId": project},
            seconds=settings.playbook_seconds,
            work=lambda: self._work(definition, place, by=call.user_id),
            late_seconds=settings.late_run_id_seconds,
        )
        task, _ = self._tasks.start(job, project=project, by=call.user_id)
        return answer(task, status=settings.created_status)

    def _work(self, playbook: Document, place: _Place, *, by: str) -> Document:
        if self._mishaps.happens("cancelled_runs"):
            raise Cancelled
        results = self._results(playbook, place, late=self._mishaps.happens("timed_out_runs"))
        asserts = [(result, each) for result in results for each in result["asserts"]]
        if asserts and self._mishaps.happens("flaky_runs"):
            for each in asserts[0]:
                each["status"] = "failed"
        failed = any(result["status"] == "failed" for result in results)
        run = self._world.new(
            {
                "playbookReference": playbook["_id"],
                "status": "failed" if failed else "successful",
                "stepResults": results,
                "flowId": place.flow["referenceId"],
                "localeId": place.locale["referenceId"],
                "entrypoint": place.entrypoint,
            },
            by=by,
        )
        self._agenda.add(
            self._agenda.moment + self._mishaps.settings.late_run_seconds,
            lambda _: self._world.runs.add(run, parent=playbook["_id"]),
        )
        return {"playbookRunId": run["_id"]}

    def _results(self, playbook: Document, place: _Place, *, late: bool) -> list[Document]:
        """What comes of each step; with `late`, the first one times out."""
        trained = self._snapshots.trained_in(place.entrypoint, self._training.trained)
        key = (place.flow["referenceId"], place.locale["referenceId"])
        conversation = Conversation(trained.get(key, _NOTHING), place.flow["replies"])
        results: list[Document] = []
        for step in playbook["steps"]:
            results.append(_result(step, conversation, late=late))
            late = False
            if playbook["abortOnError"] and results[-1]["status"] == "failed":
                break
        return results

    def _list_runs(self, call: Call) -> Response:
        runs = self._world.runs.of(self._playbook(call)["_id"])
        items = [
            {name: value for name, value in run.items() if name != "stepResults"} for run in runs
        ]
        return listed(call, items, settings=self._mishaps.settings)

    def _get_run(self, call: Call) -> Response:
        return answer(self._run(call))

    def _delete_run(self, call: Call) -> Response:
        self._world.runs.remove(self._run(call)["_id"])
        return Response(204)

    def _playbook(self, call: Call) -> Document:
        return self._world.playbooks.get(call.ids[0])

    def _run(self, call: Call) -> Document:
        playbook = self._playbook(call)
        run = self._world.runs.find(call.ids[1])
        if run is None or run["playbookReference"] != playbook["_id"]:
            raise Refused(404, "Playbook run does not exist.")
        return run


def _result(step: Document, conversation: Conversation, *, late: bool) -> Document:
    """What came of one step; one that times out has no results of asserts."""
    asserts: list[Document] = []
    timed_out = late
    if not late:
        try:
            turn = conversation.hear(step["text"])
            asserts = [judged(each, turn) for each in step["asserts"]]
        except TooSlow:
            timed_out = True
    failed = timed_out or any(each["status"] == "failed" for each in asserts)
    return {
        "_id": step["_id"],
        "status": "failed" if failed else "successful",
        "text": step["text"],
        "data": step["data"],
        "timeout": timed_out,
        "asserts": asserts,
    }
