"""The console: what a colleague sees and does there, without a request."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from reconciler.sandbox.v2.calls import Document
from reconciler.sandbox.v2.playbooks import Playbooks
from reconciler.sandbox.v2.training import Training
from reconciler.sandbox.v2.world import Collection, World


class Console:
    """Flows, slot fillers and playbooks by their names; the first of a name counts.

    Every method raises `KeyError` for a name that there is not. The fields of a slot filler have
    the API's names, or unknown ones.
    """

    def __init__(
        self,
        world: World,
        *,
        training: Training,
        playbooks: Playbooks,
        edit: Callable[[Document, Document], None],
        now: Callable[[], AbstractContextManager[None]],
        project: str,
        colleague: str,
    ) -> None:
        """Within `now()`, all objects are up to date, and nobody else changes them."""
        self._world = world
        self._training = training
        self._playbooks = playbooks
        self._edit = edit
        self._now = now
        self._project = project
        self._colleague = colleague

    def slotfillers(self, flow: str) -> list[Document]:
        """The slot fillers of a flow, as stored, in the order of the listing."""
        with self._now():
            return [dict(each) for each in self._world.slotfillers.of(self._flow(flow)["_id"])]

    def slotfiller(self, flow: str, name: str) -> Document:
        """One slot filler, as stored."""
        with self._now():
            return dict(self._filler(flow, name))

    def edit(self, flow: str, name: str, **fields: Any) -> None:
        """Edit a slot filler, without a training; None removes a field."""
        with self._now():
            self._edit(self._filler(flow, name), fields)

    def add(self, flow: str, **fields: Any) -> str:
        """Create a slot filler, whatever its name, without a training; returns its id."""
        with self._now():
            filler = self._world.new_referenced(fields, by=self._colleague)
            self._world.slotfillers.add(filler, parent=self._flow(flow)["_id"])
            return str(filler["_id"])

    def remove(self, flow: str, name: str) -> None:
        """Delete a slot filler."""
        with self._now():
            self._world.slotfillers.remove(self._filler(flow, name)["_id"])

    def snapshots(self) -> list[Document]:
        """The snapshots of the project, oldest first."""
        with self._now():
            return [dict(each) for each in self._world.snapshots.of(self._project)]

    def train(self) -> None:
        """Train every flow in every locale, at once and without a task."""
        with self._now():
            self._training.train_all()

    def is_out_of_date(self, flow: str) -> bool:
        """Whether the flow differs from what was trained, in any locale."""
        with self._now():
            return self._training.is_out_of_date(self._flow(flow), self._project)

    def pass_rate(self, playbook: str, flow: str) -> float:
        """The part of a playbook's asserts that the flow passes as it was trained in the primary
        locale, at once and with nothing going wrong. The playbook must have asserts."""
        with self._now():
            definition = _named(self._world.playbooks, self._project, playbook)
            return self._playbooks.pass_rate(definition, self._flow(flow), project=self._project)

    def _flow(self, name: str) -> Document:
        return _named(self._world.flows, self._project, name)

    def _filler(self, flow: str, name: str) -> Document:
        return _named(self._world.slotfillers, self._flow(flow)["_id"], name)


def _named(collection: Collection, parent: str, name: str) -> Document:
    for document in collection.of(parent):
        if document["name"] == name:
            return document
    raise KeyError(name)
