"""A bot as someone built it in the console, before reconciler: from a document to objects.

    {"organisation": str, "project": str,
     "locales": [{"name", "nluLanguage", "primary"}],
     "lexicons": [{"name", "description", "slots": [{"name", "phrases": [str]}]}],
     "flows": [{"name", "description", "lexicons": [name], "intents": [{"name", "sentences"}],
                "replies": [{"when": [context key], "text", "data"?}],
                "slotfillers": [{the API's fields}]}],
     "playbooks": [{"name", "abortOnError", "timeout" (ms a step),
                    "steps": [{"text", "asserts": [{"type", "params"}]}]}],
     "endpoints": [{"name", "channel", "flow": name}]}

Everything but `project`, one locale and one flow may be missing.
"""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

from reconciler.sandbox.v2.calls import Document
from reconciler.sandbox.v2.world import World

_STEP_MILLISECONDS = 5000


def packaged_bot() -> Document:
    """The example bot, which takes orders."""
    resource = files("reconciler.sandbox.v2") / "data" / "bot.json"
    bot: Document = json.loads(resource.read_text(encoding="utf-8"))
    return bot


def packaged_slots() -> Path:
    """The folder of slot files that manage the example bot: a creation, two updates, and a slot
    filler that no file names."""
    return Path(str(files("reconciler.sandbox.v2"))) / "data" / "slots"


def bad_change() -> Document:
    """A change of a slot filler of the example bot that its playbook catches.

    `flow` and `name` say which, `fields` are the API's fields that it changes.
    """
    resource = files("reconciler.sandbox.v2") / "data" / "bad_change.json"
    change: Document = json.loads(resource.read_text(encoding="utf-8"))
    return change


def seed(world: World, bot: Document, *, by: str) -> str:
    """Create the bot's objects; returns the id of its project."""
    return _Seeding(world, by=by).project(bot)


class _Seeding:
    def __init__(self, world: World, *, by: str) -> None:
        self._world = world
        self._by = by

    def project(self, bot: Document) -> str:
        world = self._world
        organisation = bot.get("organisation", "Sandbox")
        project = self._new({"name": bot["project"], "organisation": organisation})
        world.projects.add(project)
        parent: str = project["_id"]
        self._locales(bot, project)
        lexicons = {each["name"]: self._lexicon(each, parent) for each in bot.get("lexicons", ())}
        flows = {each["name"]: self._flow(each, lexicons, parent) for each in bot["flows"]}
        for each in bot.get("playbooks", ()):
            world.playbooks.add(self._playbook(each), parent=parent)
        for each in bot.get("endpoints", ()):
            fields = {**each, "active": True}
            fields["flowId"] = flows[fields.pop("flow")]
            world.endpoints.add(self._referenced(fields), parent=parent)
        return parent

    def _locales(self, bot: Document, project: Document) -> None:
        for each in bot["locales"]:
            primary = project.get("primaryLocaleReference")
            locale = self._referenced({**each, "fallbackLocaleReference": primary})
            self._world.locales.add(locale, parent=project["_id"])
            if each["primary"]:
                project["primaryLocaleReference"] = locale["referenceId"]

    def _lexicon(self, lexicon: Document, parent: str) -> str:
        stored = self._referenced(_but(lexicon, "slots"))
        self._world.lexicons.add(stored, parent=parent)
        for slot in lexicon.get("slots", ()):
            self._world.lexicon_slots.add(self._new(slot), parent=stored["_id"])
        return str(stored["_id"])

    def _flow(self, flow: Document, lexicons: dict[str, str], parent: str) -> str:
        stored = self._referenced(
            {
                "description": "",
                "replies": [],
                **_but(flow, "lexicons", "slotfillers"),
                "intents": [self._new(intent) for intent in flow.get("intents", ())],
                "attachedLexicons": [lexicons[name] for name in flow.get("lexicons", ())],
                "intentTrainGroupReference": self._world.identifiers.reference_id(),
            }
        )
        self._world.flows.add(stored, parent=parent)
        for filler in flow.get("slotfillers", ()):
            self._world.slotfillers.add(self._referenced(filler), parent=stored["_id"])
        return str(stored["referenceId"])

    def _playbook(self, playbook: Document) -> Document:
        steps = [
            {
                "_id": self._world.identifiers.object_id(),
                "text": step["text"],
                "data": step.get("data", {}),
                "asserts": [
                    {"_id": self._world.identifiers.object_id(), **each}
                    for each in step.get("asserts", ())
                ],
            }
            for step in playbook["steps"]
        ]
        defaults = {"abortOnError": False, "timeout": _STEP_MILLISECONDS}
        return self._new({**defaults, **playbook, "steps": steps})

    def _referenced(self, fields: Document) -> Document:
        return self._world.new_referenced(fields, by=self._by)

    def _new(self, fields: Document) -> Document:
        return self._world.new(fields, by=self._by)


def _but(document: Document, *names: str) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name not in names}
