"""Version 2 of the Cognigy API as a Tenant: the slot fillers of a project's flows.

The tenant compares nothing before it stores: what somebody else stores between the last look and
the write is overwritten in the fields that the write names.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import httpx

from reconciler.adapters.cognigy.auth import ApiKey
from reconciler.adapters.cognigy.limiter import Limiter
from reconciler.adapters.cognigy.transport import ANSWER_SECONDS, Session
from reconciler.adapters.cognigy.v2.calls import Calls, Purpose
from reconciler.adapters.cognigy.v2.directory import CHECK_PROJECT, Directory, Resource
from reconciler.adapters.cognigy.v2.index import Index, Place, fillers_path
from reconciler.adapters.cognigy.v2.playbooks import Playbooks
from reconciler.adapters.cognigy.v2.shapes import change, creation, parse_listed, revived
from reconciler.adapters.cognigy.v2.tasks import Tasks
from reconciler.adapters.cognigy.v2.training import Training
from reconciler.adapters.cognigy.v2.wording import WORDING
from reconciler.adapters.http import network
from reconciler.errors import (
    ConfigurationError,
    ConflictError,
    InconsistentReadError,
    MalformedResponseError,
    NotFoundError,
    OutcomeUnknownError,
    RequestRejectedError,
    TenantError,
    UnsupportedError,
)
from reconciler.model.access import ProjectAccess
from reconciler.model.content import FillerContent, SlotContent
from reconciler.model.gate import Metric, NotMeasured, PlaybookSuite, Reading
from reconciler.model.project import Project
from reconciler.model.settings import Limits
from reconciler.model.slot import FillerAddress, LiveSlot, UnreadableSlot
from reconciler.model.state import LiveState
from reconciler.ports import Clock, Observer, Permission, Sighting

_MOST_READINGS = 3
_WRITE_REQUESTS = 3
"""A creation looks for the name, stores, and reads back."""
_DOUBT_SECONDS = 30.0
"""How long a creation of unknown outcome may take to show."""
_DOUBT_PAUSE_SECONDS = 5.0
_MOST_FAILED_RUNS = 3
_FOREIGN = "it is a slot of another version of the API."


@contextmanager
def connect(
    access: ProjectAccess,
    *,
    project: Project,
    permission: Permission,  # noqa: ARG001 - what an API key may do is up to its user's roles
    limits: Limits,
    clock: Clock,
    observer: Observer,
    user_agent: str,
    transport: httpx.BaseTransport | None = None,
) -> Iterator[CognigyProject]:
    """A tenant to talk to; nothing is sent before its first method is called. Raises
    ConfigurationError.

    The files of `project` say where its slots are. `transport` replaces the network, to reach a
    tenant in the same process.
    """
    project_id = access.endpoint.bot_id
    if not project_id:
        raise ConfigurationError(
            "COGNIGY_PROJECT_ID is missing.",
            hint="Set it to the id of the project, which the console shows in the address bar.",
        )
    session = Session(
        transport=transport
        or network(
            access.proxy,
            address=WORDING.any_address,
            seconds=ANSWER_SECONDS,
            clock=clock,
        ),
        origin=access.endpoint.origin,
        auth=ApiKey(access.api_key.get_secret_value()),
        wording=WORDING,
        limiter=Limiter(limit=limits.requests_per_minute, clock=clock, observer=observer),
        clock=clock,
        observer=observer,
        max_attempts=limits.max_attempts,
        user_agent=user_agent,
    )
    try:
        yield CognigyProject(
            Calls(session, project_id=project_id), project=project, clock=clock, observer=observer
        )
    finally:
        session.close()


class CognigyProject:
    """`ports.Tenant` over version 2 of the API.

    The last measurement of a suite is remembered until something is stored, deleted or trained
    here, so that it serves as the next baseline without another run. So is the last of three runs
    without a result: each run acts on the real flow, and may be billed.
    """

    trains_with_writes = False

    def __init__(self, calls: Calls, *, project: Project, clock: Clock, observer: Observer) -> None:
        self._calls = calls
        self._clock = clock
        directory, tasks = Directory(calls), Tasks(calls, clock=clock)
        self._directory = directory
        self._index = Index(project, directory=directory, calls=calls)
        self._training = Training(
            calls,
            directory=directory,
            tasks=tasks,
            settings=project.settings.train,
            clock=clock,
            observer=observer,
        )
        self._playbooks = Playbooks(calls, directory=directory, tasks=tasks, clock=clock)
        self._stored: dict[str, FillerContent] = {}
        """What was last stored here."""
        self._in_doubt: dict[str, float] = {}
        """When it was last unknown whether a slot had been created."""
        self._measured: dict[PlaybookSuite, Reading] = {}
        self._failed_runs: Counter[PlaybookSuite] = Counter()

    def list_slots(self) -> LiveState:
        """Every filler of the flows that the files name: a list for each flow, and a request for
        each filler, because lists lack what it looks for."""
        read: dict[str, LiveSlot | UnreadableSlot] = {}
        for _ in range(_MOST_READINGS):
            places = self._index.list_all()
            for slot_id, place in places.items():
                if place.filler.id not in read:
                    found = self._listed(slot_id, place)
                    if found is not None:
                        read[place.filler.id] = found
            if all(place.filler.id in read for place in places.values()):
                slots = [read[place.filler.id] for place in places.values()]
                return LiveState(
                    (each for each in slots if isinstance(each, LiveSlot)),
                    unreadable=(each for each in slots if isinstance(each, UnreadableSlot)),
                )
        raise InconsistentReadError(
            "Listing the slots: some are in the list, but not found.",
            hint="Run the command again later.",
        )

    def read_slot(self, slot_id: str) -> LiveSlot | None:
        """By its id, once that is known. Absence shows in the list of its flow."""
        place = self._index.find(slot_id)
        if place is None:
            return None
        try:
            return self._readable(slot_id, place)
        except NotFoundError:
            place = self._index.find_anew(slot_id)
        if place is None:
            return None
        try:
            return self._readable(slot_id, place)
        except NotFoundError as error:
            raise InconsistentReadError(
                f"Reading {slot_id}: it is in the list of its flow, but not found.",
                hint="Run the command again later.",
            ) from error

    def read_ahead(
        self,
        slot_ids: Sequence[str],
        *,
        expected_absent: Collection[str],  # noqa: ARG002 - a list shows absence for certain
    ) -> Sighting:
        """The first alone: there is no listing that shows what a filler looks for."""
        self._calls.session.await_room(_WRITE_REQUESTS + 1)
        at = self._clock.monotonic()
        return Sighting(at=at, slots={slot_ids[0]: self.read_slot(slot_ids[0])})

    def await_turn(self) -> None:
        """Wait for the places in the rate limit's window that a write needs."""
        self._calls.session.await_room(_WRITE_REQUESTS)

    def store(
        self,
        slot_id: str,
        content: SlotContent,
        *,
        train: bool,  # noqa: ARG002 - only `train` does
        replaces: LiveSlot | None,
    ) -> LiveSlot | None:
        """POST a new filler, unless the flow has one of that name, or PATCH what differs. Then it
        is read again, because no answer has to show it.

        `content` is complete: what is None in it is to be empty.
        """
        if not isinstance(content, FillerContent):
            raise UnsupportedError(f"Version 2 of the API cannot hold {slot_id}: {_FOREIGN}")
        self._forget_measurements()
        if self._index.address(slot_id) is None:
            self.introduce(slot_id, content)
        if replaces is not None:
            self._update(slot_id, content, replaces=replaces)
            return self._read_back(slot_id)
        try:
            self._create(slot_id, content)
            return self._read_back(slot_id)
        except OutcomeUnknownError:
            self._in_doubt[slot_id] = self._clock.monotonic()
            raise

    def _create(self, slot_id: str, content: FillerContent) -> None:
        about = f"Creating {slot_id} in the flow {content.flow}"
        flow = self._directory.flow(content.flow)
        self._require_absent(slot_id, about=about)
        address = self._index.address(slot_id)
        if address and address.reference_id:
            raise RequestRejectedError(
                f"{about}: the tenant chooses the reference id of a new slot filler, so it cannot "
                f"be {address.reference_id}.",
                hint="Remove `reference_id` from the file.",
            )
        answer = self._calls.send(
            "POST",
            fillers_path(flow),
            purpose=Purpose(about=about, right="update flows"),
            json=creation(content),
        )
        self._stored[slot_id] = content
        body = answer.body if isinstance(answer.body, Mapping) else {}
        if isinstance(body.get("_id"), str):
            filler = Resource.of({**body, "name": content.name})
            self._index.learn(slot_id, Place(flow=flow, flow_named=content.flow, filler=filler))

    def _require_absent(self, slot_id: str, *, about: str) -> None:
        """By name, because the tenant may take a second filler of one name. A creation of unknown
        outcome may yet show, so it gets its time."""
        lost_at = self._in_doubt.pop(slot_id, -math.inf)
        while True:
            place = self._index.find_anew(slot_id)
            if place is not None:
                raise ConflictError(
                    f"{about}: there is one of that name by now, {place.filler.id}.",
                    hint="Plan again, and review the difference.",
                )
            remaining = lost_at + _DOUBT_SECONDS - self._clock.monotonic()
            if remaining <= 0:
                return
            self._clock.sleep(min(remaining, _DOUBT_PAUSE_SECONDS))

    def _update(self, slot_id: str, content: FillerContent, *, replaces: LiveSlot) -> None:
        about = f"Changing {slot_id} in the flow {content.flow}"
        place = self._index.find(slot_id)
        former = replaces.content
        if place is None:
            raise NotFoundError(f"{about}: it is gone.")
        if not isinstance(former, FillerContent) or former.type != content.type:
            raise RequestRejectedError(
                f"{about}: its type is {former.type}, and cannot become {content.type}.",
                hint="Give the new slot filler a name of its own, and delete the former one.",
            )
        if content.name != former.name and self._index.others_named(content.name, place):
            raise RequestRejectedError(
                f"{about}: the flow has another slot filler called {content.name!r}.",
                hint="Choose another name.",
            )
        body = change(content, replaces=former, stored=self._stored.get(slot_id))
        self._stored[slot_id] = content
        purpose = Purpose(about=about, right="update flows")
        try:
            self._calls.send("PATCH", place.path, purpose=purpose, json=body)
        except NotFoundError:
            self._index.forget(slot_id)
            raise

    def _read_back(self, slot_id: str) -> LiveSlot:
        try:
            live = self.read_slot(slot_id)
        except TenantError as error:
            raise OutcomeUnknownError(
                f"{slot_id} was accepted, but reading it back failed: {error.message}",
                status=None,
                hint=error.hint,
            ) from error
        if live is None:
            raise OutcomeUnknownError(
                f"{slot_id} was accepted, but is not there when it is read back.", status=None
            )
        return live

    def train(self, stored: LiveSlot) -> LiveSlot | None:
        """Train the slot's flow in every locale, one after the other."""
        if not isinstance(stored.content, FillerContent):
            raise UnsupportedError(f"Training {stored.slot_id}: {_FOREIGN}")
        self._forget_measurements()
        self._training.train(self._directory.flow(stored.content.flow))
        return None

    def delete(self, slot_id: str) -> None:
        """DELETE the filler. Nodes that hold its id are not looked for."""
        about = f"Deleting {slot_id}"
        self._forget_measurements()
        place = self._index.find(slot_id)
        if place is None:
            raise NotFoundError(f"{about}: there is no such slot filler.")
        self._index.forget(slot_id)
        self._stored.pop(slot_id, None)
        purpose = Purpose(about=about, right="update flows")
        self._calls.send("DELETE", place.path, purpose=purpose)

    def revive(self, raw: Mapping[str, Any]) -> LiveSlot:
        """Raises MalformedResponseError for a slot that this API cannot have sent."""
        return revived(raw)

    def measure(self, metric: Metric, *, until: float = math.inf) -> Reading:
        """The share of asserts that pass; see the class for what is remembered.

        Raises UnsupportedError for a metric of another API.
        """
        if not isinstance(metric, PlaybookSuite):
            raise UnsupportedError("Version 2 of the API has no success rates of slots.")
        if metric not in self._measured:
            reading = self._playbooks.measure(metric, until=until)
            if isinstance(reading, NotMeasured):
                self._failed_runs[metric] += 1
                if self._failed_runs[metric] < _MOST_FAILED_RUNS:
                    return reading
            self._measured[metric] = reading
        return self._measured[metric]

    def _forget_measurements(self) -> None:
        self._measured.clear()
        self._failed_runs.clear()

    def reason_unmeasurable(self, metric: Metric) -> str:
        """Why this suite measures nothing, as its playbooks are now."""
        if not isinstance(metric, PlaybookSuite):
            return "version 2 of the API has no success rates of slots"
        return self._playbooks.reason_unmeasurable(metric)

    def introduce(self, slot_id: str, content: SlotContent) -> None:
        """Find it by the flow and the name that it had."""
        if isinstance(content, FillerContent):
            self._index.introduce(slot_id, FillerAddress(flow=content.flow, name=content.name))

    def people(self, user_ids: Collection[str]) -> Mapping[str, str]:
        """From the members of the project, if the user of the API key may see them."""
        return self._directory.people(user_ids)

    def _readable(self, slot_id: str, place: Place) -> LiveSlot:
        """Raises NotFoundError, and MalformedResponseError for an unreadable one."""
        slot = self._read(slot_id, place)
        if isinstance(slot, UnreadableSlot):
            raise MalformedResponseError(
                f"Reading {slot_id}: it is live with {slot.reason}.",
                hint="Correct it in the console.",
            )
        return slot

    def _listed(self, slot_id: str, place: Place) -> LiveSlot | UnreadableSlot | None:
        """What a list shows, in full; None if it is another one by now."""
        try:
            slot = self._read(slot_id, place)
        except NotFoundError:
            return None
        renamed = isinstance(slot, LiveSlot) and slot.content.name != place.filler.name
        return None if renamed else slot

    def _read(self, slot_id: str, place: Place) -> LiveSlot | UnreadableSlot:
        purpose = Purpose(about=f"Reading {slot_id}", right="read flows", check=CHECK_PROJECT)
        body = self._calls.get(place.path, purpose=purpose)
        return parse_listed(body, slot_id=slot_id, flow=place.flow_named)
