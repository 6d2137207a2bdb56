"""The routes of a flow's slot fillers."""

from __future__ import annotations

from typing import Any

from reconciler.sandbox.messages import Refused, Response
from reconciler.sandbox.v2.calls import Call, Document, Route, answer
from reconciler.sandbox.v2.filler_fields import (
    check_complete,
    check_patch,
    checked,
    patched,
    shown,
    summary,
)
from reconciler.sandbox.v2.listing import listed
from reconciler.sandbox.v2.mishaps import Mishaps
from reconciler.sandbox.v2.world import World

MAX_OPERATIONS = 100
_LIST, _ONE = "/flows/{}/slotfillers", "/flows/{}/slotfillers/{}"


class SlotFillers:
    """List, create, read, change and delete."""

    def __init__(self, world: World, mishaps: Mishaps, *, colleague: str) -> None:
        """`colleague` is the id of the user who edits in the console."""
        self._world = world
        self._mishaps = mishaps
        self._colleague = colleague

    def routes(self) -> list[Route]:
        """The routes, and the rights that they need."""
        return [
            Route("GET", _LIST, self._list, ("flows", "read"), "slotfillers"),
            Route("POST", _LIST, self._post, ("flows", "update")),
            Route("PATCH", _LIST, self._batch, ("flows", "update")),
            Route("GET", _ONE, self._get, ("flows", "read")),
            Route("PATCH", _ONE, self._patch, ("flows", "update")),
            Route("DELETE", _ONE, self._delete, ("flows", "update")),
        ]

    def edit(self, filler: Document, fields: Document) -> None:
        """Edit one as someone in the console does; None removes a field."""
        filler.update(fields)
        for name, value in fields.items():
            if value is None:
                del filler[name]
        self._world.touch(filler, by=self._colleague)

    def _list(self, call: Call) -> Response:
        flow = self._flow(call)
        items = [summary(filler) for filler in self._world.slotfillers.of(flow["_id"])]
        return listed(call, items, settings=self._mishaps.settings)

    def _get(self, call: Call) -> Response:
        return answer(shown(self._filler(call), settings=self._mishaps.settings))

    def _post(self, call: Call) -> Response:
        filler = self._create(call, call.body())
        self._record(call, "create", filler["_id"])
        settings = self._mishaps.settings
        if self._mishaps.happens("lost_answers"):
            return Response(settings.created_status, cut=True)
        return answer(shown(filler, settings=settings), status=settings.created_status)

    def _patch(self, call: Call) -> Response:
        filler = self._filler(call)
        if self._mishaps.happens("edits_before_patch"):
            self.edit(filler, dict(self._mishaps.settings.edited_fields))
        self._change(call, filler, call.body())
        self._record(call, "patch", filler["_id"])
        settings = self._mishaps.settings
        if settings.patch_status == 204:
            return Response(204)
        return answer(shown(filler, settings=settings))

    def _delete(self, call: Call) -> Response:
        filler = self._filler(call)
        self._world.slotfillers.remove(filler["_id"])
        self._record(call, "delete", filler["_id"])
        settings = self._mishaps.settings
        if settings.delete_status == 204:
            return Response(204)
        return answer(shown(filler, settings=settings))

    def _batch(self, call: Call) -> Response:
        """Carry out each operation in turn; one that is refused ends it, without undoing others."""
        operations = call.body().get("operations")
        if not isinstance(operations, list) or len(operations) > MAX_OPERATIONS:
            raise Refused(400, f"Field 'operations' must be a list of at most {MAX_OPERATIONS}.")
        done: dict[str, list[str]] = {"created": [], "updated": [], "deleted": []}
        for operation in operations:
            name, object_id = self._operate(call, operation)
            done[name].append(object_id)
        self._record(call, "batchSlotFillers", *[each for ids in done.values() for each in ids])
        return answer(done)

    def _operate(self, call: Call, operation: Any) -> tuple[str, str]:
        kind = operation.get("op") if isinstance(operation, dict) else None
        if kind == "create":
            created: str = self._create(call, operation.get("value", {}))["_id"]
            return "created", created
        if kind not in ("update", "delete"):
            raise Refused(400, "Field 'op' must be create, update or delete.")
        flow = self._flow(call)
        object_id = str(operation.get("id"))
        filler = self._world.slotfillers.get(object_id, parent=flow["_id"])
        if kind == "update":
            self._change(call, filler, operation.get("value", {}))
            return "updated", object_id
        self._world.slotfillers.remove(object_id)
        return "deleted", object_id

    def _create(self, call: Call, body: Document) -> Document:
        flow = self._flow(call)
        fields = checked(body, settings=self._mishaps.settings)
        check_complete(fields)
        self._check_name(flow, fields["name"])
        filler = self._world.new_referenced(fields, by=call.user_id)
        self._world.slotfillers.add(filler, parent=flow["_id"])
        return filler

    def _change(self, call: Call, filler: Document, body: Document) -> None:
        settings = self._mishaps.settings
        patch = checked(body, settings=settings)
        check_patch(patch, strict=settings.strict_patch)
        if patch.get("name", filler["name"]) != filler["name"]:
            self._check_name(self._flow(call), patch["name"])
        after = patched(filler, patch, settings=settings)
        filler.clear()
        filler.update(after)
        self._world.touch(filler, by=call.user_id)

    def _check_name(self, flow: Document, name: str) -> None:
        names = [filler["name"] for filler in self._world.slotfillers.of(flow["_id"])]
        if name in names and not self._mishaps.settings.duplicate_names:
            raise Refused(409, f"A slot filler named '{name}' exists already.")

    def _flow(self, call: Call) -> Document:
        return self._world.flows.get(call.ids[0])

    def _filler(self, call: Call) -> Document:
        return self._world.slotfillers.get(call.ids[1], parent=self._flow(call)["_id"])

    def _record(self, call: Call, kind: str, *ids: str) -> None:
        project = self._world.flows.parent_of(call.ids[0])
        changed = [(each, "slotFiller") for each in ids]
        self._world.record(kind, *changed, by=call.user.email, project=project)
