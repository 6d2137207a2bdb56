"""Snapshots of a project, and their restoration, which creates every object anew."""

from __future__ import annotations

import copy
import hashlib
import json
from dataclasses import dataclass
from typing import Any

from reconciler.sandbox.messages import Refused, Response
from reconciler.sandbox.v2.calls import Call, Document, Route, answer
from reconciler.sandbox.v2.listing import listed
from reconciler.sandbox.v2.mishaps import Mishaps
from reconciler.sandbox.v2.tasks import Failed, Job, Tasks
from reconciler.sandbox.v2.training import Trained, Training
from reconciler.sandbox.v2.world import Collection, World

_ITEM = ("_id", "name", "description", "hash", "createdAt", "createdBy", "isPackaged")


@dataclass(frozen=True)
class Contents:
    """Everything in a snapshot: the objects of each collection with their parents."""

    objects: tuple[tuple[Collection, list[tuple[str, Document]]], ...]
    trained: Trained


class Snapshots:
    """Create, list and restore. `contents` are those of each snapshot, by its id."""

    def __init__(self, world: World, mishaps: Mishaps, *, tasks: Tasks, training: Training) -> None:
        self._world = world
        self._mishaps = mishaps
        self._tasks = tasks
        self._training = training
        self.contents: dict[str, Contents] = {}

    def routes(self) -> list[Route]:
        """The routes, and the rights that they need."""
        return [
            Route("GET", "/snapshots", self._list, ("snapshots", "read"), "snapshots"),
            Route("POST", "/snapshots", self._create, ("snapshots", "create")),
            # Restoring needs projectAdmin, the only role that may delete locales.
            Route("POST", "/snapshots/{}/restore", self._restore, ("locales", "delete")),
        ]

    def trained_in(self, entrypoint: str, live: Trained) -> Trained:
        """What a run through this entrypoint extracts: live, or as the snapshot has it."""
        contents = self.contents.get(entrypoint)
        return live if contents is None else contents.trained

    def take(self, name: str, description: str, *, project: str, by: str) -> Document:
        """Store a snapshot, and return it."""
        contents = self._contents_of(project)
        text = json.dumps([objects for _, objects in contents.objects], sort_keys=True)
        snapshot = self._world.new(
            {
                "name": name,
                "description": description,
                "hash": hashlib.sha256(text.encode()).hexdigest()[:32],
                "isPackaged": False,
            },
            by=by,
        )
        self._world.snapshots.add(snapshot, parent=project)
        self.contents[snapshot["_id"]] = contents
        return snapshot

    def _list(self, call: Call) -> Response:
        project = self._world.projects.get(call.request.query.get("projectId", ""))
        items = [
            {name: snapshot[name] for name in _ITEM}
            for snapshot in self._world.snapshots.of(project["_id"])
        ]
        return listed(call, items, settings=self._mishaps.settings)

    def _create(self, call: Call) -> Response:
        body = call.strings("projectId", "name", "description")
        project = self._world.projects.get(body["projectId"])["_id"]
        most = self._mishaps.settings.max_snapshots
        if len(self._world.snapshots.of(project)) >= most:
            raise Refused(400, f"A project can have at most {most} snapshots.")

        def work() -> Document:
            if self._mishaps.happens("failed_snapshots"):
                raise Failed("The snapshot could not be created.")
            self.take(body["name"], body["description"], project=project, by=call.user_id)
            return {}

        return self._start("createSnapshot", body, work, project=project, call=call)

    def _restore(self, call: Call) -> Response:
        body = call.strings("projectId")
        project = self._world.projects.get(body["projectId"])["_id"]
        snapshot = self._world.snapshots.get(call.ids[0], parent=project)["_id"]

        def work() -> Document:
            self._put_in_place(self.contents[snapshot], project)
            changed = (snapshot, "snapshot")
            self._world.record("restoreSnapshot", changed, by=call.user.email, project=project)
            return {}

        return self._start("restoreSnapshot", body, work, project=project, call=call)

    def _start(self, kind: str, body: Document, work: Any, *, project: str, call: Call) -> Response:
        settings = self._mishaps.settings
        job = Job(type=kind, parameters=body, seconds=settings.snapshot_seconds, work=work)
        task, _ = self._tasks.start(job, project=project, by=call.user_id)
        return answer(task, status=settings.created_status)

    def _contents_of(self, project: str) -> Contents:
        world = self._world
        objects: list[tuple[Collection, list[tuple[str, Document]]]] = []
        parents = [project]
        for collection in (world.locales, world.lexicons, world.flows, world.playbooks):
            held = collection.of(project)
            objects.append((collection, [(project, copy.deepcopy(each)) for each in held]))
            parents += [document["_id"] for document in held]
        for collection in (world.lexicon_slots, world.slotfillers):
            pairs = [
                (parent, copy.deepcopy(each))
                for parent in parents
                for each in collection.of(parent)
            ]
            objects.append((collection, pairs))
        return Contents(objects=tuple(objects), trained=dict(self._training.trained))

    def _put_in_place(self, contents: Contents, project: str) -> None:
        """Replace the project's objects by new ones with the same content and new ids."""
        former = self._contents_of(project)
        for collection, pairs in former.objects:
            for _, document in pairs:
                collection.remove(document["_id"])
        renewed = {
            document["_id"]: self._world.identifiers.object_id()
            for _, pairs in contents.objects
            for _, document in pairs
        }
        for collection, pairs in contents.objects:
            for parent, document in pairs:
                copied = _renewed(document, renewed)
                collection.add(copied, parent=renewed.get(parent, parent))
        self._training.trained = dict(contents.trained)


def _renewed(value: Any, ids: dict[str, str]) -> Any:
    """A copy with each id replaced."""
    if isinstance(value, dict):
        return {name: _renewed(each, ids) for name, each in value.items()}
    if isinstance(value, list):
        return [_renewed(each, ids) for each in value]
    return ids.get(value, value) if isinstance(value, str) else value
