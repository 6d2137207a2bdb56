"""Everything that the tenant stores: objects by kind, each with the object that it belongs to."""

from __future__ import annotations

import copy
from datetime import datetime
from typing import Any

from reconciler.ports import Clock
from reconciler.sandbox.messages import Refused
from reconciler.sandbox.v2.calls import Document
from reconciler.sandbox.v2.identifiers import Identifiers, is_object_id

_CHANGES = ("create", "patch", "delete")
META = ("createdAt", "createdBy", "lastChanged", "lastChangedBy")


class Collection:
    """The objects of one kind, in the order of their creation."""

    def __init__(self, noun: str) -> None:
        """`noun` names one of them in an error."""
        self._noun = noun
        self._objects: dict[str, tuple[str, Document]] = {}

    def add(self, document: Document, *, parent: str = "") -> None:
        """Store an object that has its `_id`."""
        self._objects[document["_id"]] = (parent, document)

    def of(self, parent: str) -> list[Document]:
        """The objects that belong to one other."""
        return [document for owner, document in self._objects.values() if owner == parent]

    def pairs(self) -> list[tuple[str, Document]]:
        """All of them, each after the id of the object that it belongs to."""
        return list(self._objects.values())

    def everything(self) -> list[Document]:
        """All of them."""
        return [document for _, document in self._objects.values()]

    def find(self, object_id: str) -> Document | None:
        """One of them, or None."""
        found = self._objects.get(object_id)
        return None if found is None else found[1]

    def get(self, object_id: str, *, parent: str | None = None) -> Document:
        """One of them; raises `Refused`: 400 if that is no id, 404 if there is none."""
        if not is_object_id(object_id):
            raise Refused(400, f"'{object_id}' is not the id of a {self._noun}.")
        found = self._objects.get(object_id)
        if found is None or parent not in (None, found[0]):
            raise Refused(404, f"{self._noun.capitalize()} {object_id} does not exist.")
        return found[1]

    def referenced(self, reference: str, *, parent: str) -> Document:
        """One of them by its `referenceId`; raises `Refused` (404)."""
        for document in self.of(parent):
            if document["referenceId"] == reference:
                return document
        raise Refused(404, f"No {self._noun} has the referenceId '{reference}'.")

    def parent_of(self, object_id: str) -> str:
        """The id of the object that one belongs to."""
        return self._objects[object_id][0]

    def remove(self, object_id: str) -> None:
        """Forget one of them."""
        del self._objects[object_id]


class World:
    """The collections, and what all their objects have in common: ids, times and people."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.identifiers = Identifiers()
        self.projects = Collection("project")
        self.locales = Collection("locale")
        self.lexicons = Collection("lexicon")
        self.lexicon_slots = Collection("slot")
        self.flows = Collection("flow")
        self.slotfillers = Collection("slot filler")
        self.playbooks = Collection("playbook")
        self.runs = Collection("playbook run")
        self.endpoints = Collection("endpoint")
        self.snapshots = Collection("snapshot")
        self.tasks = Collection("task")
        self.events = Collection("audit event")

    @property
    def collections(self) -> dict[str, Collection]:
        """All of them, by name."""
        return {name: each for name, each in vars(self).items() if isinstance(each, Collection)}

    def now(self) -> datetime:
        """The time."""
        return self._clock.now()

    def seconds(self) -> int:
        """The time as objects have it: Unix seconds."""
        return int(self.now().timestamp())

    def new(self, fields: Document, *, by: str) -> Document:
        """An object with an id and meta data; `by` is the id of a user."""
        now = self.seconds()
        return {
            "_id": self.identifiers.object_id(),
            **copy.deepcopy(fields),
            "createdAt": now,
            "createdBy": by,
            "lastChanged": now,
            "lastChangedBy": by,
        }

    def new_referenced(self, fields: Document, *, by: str) -> Document:
        """An object that has a `referenceId`, too, as not every kind has."""
        return self.new({"referenceId": self.identifiers.reference_id(), **fields}, by=by)

    def touch(self, document: Document, *, by: str) -> None:
        """Note in the object that someone has changed it."""
        document.update(lastChanged=self.seconds(), lastChangedBy=by)

    def record(self, done: str, *changed: tuple[str, str], by: str, project: str) -> None:
        """Add an audit event: what was done to which resources (id and type), by whose email.

        What is done is `create`, `patch`, `delete`, or the name of an action.
        """
        action = {} if done in _CHANGES else {"actionType": done}
        event: Document = {
            "_id": self.identifiers.object_id(),
            "timestamp": iso(self._clock.now()),
            "type": "action" if action else done,
            **action,
            "user": by,
            "modifiedResources": [
                {"resourceId": resource, "resourceType": noun} for resource, noun in changed
            ],
        }
        self.events.add(event, parent=project)


def iso(moment: datetime) -> str:
    """A time as tasks and events have it, to the millisecond, in UTC."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def without_meta(document: Document) -> dict[str, Any]:
    """The content of an object: what someone chose."""
    return {
        name: value
        for name, value in document.items()
        if name not in META and name not in ("_id", "referenceId")
    }
