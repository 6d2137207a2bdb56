"""Builds slots, states and plans from only the values that a test is about."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

from reconciler.adapters.cognigy.v1.capabilities import COGNIGY_V1
from reconciler.adapters.manifests import read_manifests
from reconciler.model.api import Api
from reconciler.model.content import PatternContent, SlotContent
from reconciler.model.endpoint import Endpoint
from reconciler.model.plan import Plan, Selection
from reconciler.model.settings import Settings
from reconciler.model.slot import DesiredSlot, LiveSlot, SlotState, UnreadableSlot
from reconciler.model.state import DesiredState, LiveState
from reconciler.planning.planner import make_plan

ENDPOINT = Endpoint(origin="https://acme.cognigy.com", bot_id="bot_1")
VERSION = "1.2.3"


def content(
    slot_id: str = "slot_a", *, depends_on: Iterable[str] = (), **fields: Any
) -> SlotContent:
    """Five fields that break no rule; the name is made from the id."""
    given: dict[str, Any] = {
        "name": f"name of {slot_id}",
        "type": "regex",
        "patterns": ("^a$",),
        "fill_strategy": "bestMatch",
        "dependencies": tuple(depends_on),
        **fields,
    }
    return PatternContent(**given)


def slot(
    slot_id: str,
    *depends_on: str,
    trigger_retrain: bool = True,
    protect: bool = False,
    **fields: Any,
) -> DesiredSlot:
    """A slot as a file declares it."""
    return DesiredSlot(
        slot_id=slot_id,
        content=content(slot_id, depends_on=depends_on, **fields),
        trigger_retrain=trigger_retrain,
        protect=protect,
    )


def absent(slot_id: str, *, protect: bool = False) -> DesiredSlot:
    """A slot that a file declares absent."""
    return DesiredSlot(slot_id=slot_id, content=None, state=SlotState.ABSENT, protect=protect)


def live(
    slot_id: str, *depends_on: str, unmodelled: tuple[str, ...] = (), **fields: Any
) -> LiveSlot:
    """A live slot; equal to the `slot` with the same arguments."""
    return LiveSlot(
        slot_id=slot_id,
        content=content(slot_id, depends_on=depends_on, **fields),
        unmodelled=unmodelled,
    )


def unreadable(slot_id: str, *depends_on: str) -> UnreadableSlot:
    """A live slot of an unknown shape."""
    return UnreadableSlot(slot_id=slot_id, fields=("patterns",), dependencies=depends_on)


def plan(
    desired: Iterable[DesiredSlot] | DesiredState = (),
    live_slots: Iterable[LiveSlot | UnreadableSlot] = (),
    *,
    unnamed: int = 0,
    targets: Iterable[str] = (),
    prune: bool = False,
    protected: Collection[str] = (),
    endpoint: Endpoint = ENDPOINT,
    api: Api = COGNIGY_V1,
    **settings: Any,
) -> Plan:
    """The plan from the live slots to the desired ones."""
    held = tuple(live_slots)
    return make_plan(
        desired if isinstance(desired, DesiredState) else DesiredState(desired),
        LiveState(
            (each for each in held if isinstance(each, LiveSlot)),
            unreadable=(each for each in held if isinstance(each, UnreadableSlot)),
            unnamed=unnamed,
        ),
        api=api,
        settings=Settings(**settings),
        endpoint=endpoint,
        tool_version=VERSION,
        selection=Selection(targets=tuple(targets), prune=prune),
        protected=protected,
    )


def desired_from(folder: Path, text: str) -> DesiredState:
    """The desired state of a file slots.yaml with this text, with real positions."""
    (folder / "slots.yaml").write_text(text, encoding="utf-8")
    manifests = read_manifests(folder)
    assert manifests.problems == ()
    return manifests.desired
