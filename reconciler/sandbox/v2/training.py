"""Training: what the bot extracts is what its flow was last trained on, in each locale."""

from __future__ import annotations

import copy

from reconciler.ports import Clock
from reconciler.sandbox.messages import Refused, Response
from reconciler.sandbox.v2.calls import Call, Document, Route, answer
from reconciler.sandbox.v2.mishaps import Mishaps
from reconciler.sandbox.v2.tasks import Cancelled, Failed, Job, Tasks
from reconciler.sandbox.v2.world import World, without_meta

Trained = dict[tuple[str, str], Document]
"""Content by the referenceIds of flow and locale, which survive the restoration of a snapshot."""


def content_of(world: World, flow: Document) -> Document:
    """What a training of the flow takes in."""
    names = {
        slot["name"]: slot["phrases"]
        for lexicon in flow["attachedLexicons"]
        for slot in world.lexicon_slots.of(lexicon)
    }
    fillers = world.slotfillers.of(flow["_id"])
    return copy.deepcopy(
        {
            "slotfillers": [without_meta(filler) for filler in fillers],
            "phrases": names,
            "intents": flow["intents"],
        }
    )


class Training:
    """The route that trains, and what has been trained."""

    def __init__(self, world: World, mishaps: Mishaps, *, tasks: Tasks, clock: Clock) -> None:
        self.trained: Trained = {}
        self._world = world
        self._mishaps = mishaps
        self._tasks = tasks
        self._clock = clock
        self._busy_until: dict[str, float] = {}

    def routes(self) -> list[Route]:
        """The routes, and the rights that they need."""
        return [Route("POST", "/flows/{}/intents/train", self._train, ("intents", "update"))]

    def train_all(self) -> None:
        """Train every flow in every locale, at once and without a task."""
        for project in self._world.projects.everything():
            for flow in self._world.flows.of(project["_id"]):
                self._deploy(
                    flow, self._world.locales.of(project["_id"]), content_of(self._world, flow)
                )

    def is_out_of_date(self, flow: Document, project: str) -> bool:
        """Whether the flow differs from what was trained, in any locale."""
        content = content_of(self._world, flow)
        return any(
            self.trained.get((flow["referenceId"], locale["referenceId"])) != content
            for locale in self._world.locales.of(project)
        )

    def _train(self, call: Call) -> Response:
        flow = self._world.flows.get(call.ids[0])
        project = self._world.flows.parent_of(flow["_id"])
        body = call.strings(optional=("localeId", "mode"))
        if body.get("mode", "full") not in ("full", "quick"):
            raise Refused(400, "Field 'mode' must be full or quick.")
        locales = self._world.locales.of(project)
        if "localeId" in body:
            locales = [self._world.locales.get(body["localeId"], parent=project)]
        task = self._start(flow, locales, body, project=project, by=call.user_id)
        self._world.record(
            "trainIntents", (flow["_id"], "flow"), by=call.user.email, project=project
        )
        return answer(task, status=self._mishaps.settings.created_status)

    def _start(
        self, flow: Document, locales: list[Document], body: Document, *, project: str, by: str
    ) -> Document:
        settings = self._mishaps.settings
        busy_until = self._busy_until.get(flow["referenceId"], 0.0)
        if settings.second_training_refused and busy_until > self._clock.monotonic():
            raise Refused(409, "The flow is being trained already.")
        content = content_of(self._world, flow)

        def work() -> Document:
            if self._mishaps.happens("cancelled_trainings"):
                raise Cancelled
            if self._mishaps.happens("failed_trainings") or self._is_untrainable(content):
                raise Failed(self._mishaps.settings.fail_reason)
            self._deploy(flow, locales, content)
            return {}

        job = Job(
            type="trainIntents",
            parameters={"flowId": flow["_id"], "projectId": project, **body},
            seconds=settings.training_seconds,
            work=work,
            after=busy_until,
        )
        task, self._busy_until[flow["referenceId"]] = self._tasks.start(job, project=project, by=by)
        return task

    def _deploy(self, flow: Document, locales: list[Document], content: Document) -> None:
        for locale in locales:
            self.trained[flow["referenceId"], locale["referenceId"]] = content

    def _is_untrainable(self, content: Document) -> bool:
        mark = self._mishaps.settings.untrainable
        fillers = content["slotfillers"]
        return bool(mark) and any(mark in filler.get("regex", "") for filler in fillers)
