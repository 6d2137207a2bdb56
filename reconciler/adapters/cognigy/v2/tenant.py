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
from reconciler.adapters.cognigy.rates import Rates
from reconciler.adapters.cognigy.sessions import connected, network_to
from reconciler.adapters.cognigy.v2.calls import Calls, project_id_of
from reconciler.adapters.cognigy.v2.directory import Directory
from reconciler.adapters.cognigy.v2.index import Index
from reconciler.adapters.cognigy.v2.lexicons import Lexicons
from reconciler.adapters.cognigy.v2.playbooks import Playbooks
from reconciler.adapters.cognigy.v2.reading import Reader
from reconciler.adapters.cognigy.v2.shapes import revived
from reconciler.adapters.cognigy.v2.snapshots import Snapshots
from reconciler.adapters.cognigy.v2.tasks import Tasks
from reconciler.adapters.cognigy.v2.training import Training
from reconciler.adapters.cognigy.v2.wording import wording
from reconciler.adapters.cognigy.v2.writing import Writer
from reconciler.errors import UnsupportedError
from reconciler.model.access import ProjectAccess
from reconciler.model.content import FillerContent, SlotContent
from reconciler.model.gate import Metric, NotMeasured, PlaybookSuite, Reading
from reconciler.model.project import Project
from reconciler.model.settings import Limits
from reconciler.model.slot import FillerAddress, LiveSlot
from reconciler.model.state import LiveState
from reconciler.ports import UNSHARED, Clock, Lease, Observer, Permission, Sighting

_WRITE_REQUESTS = 3
"""A creation looks for the name, stores, and reads back."""
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
    lease: Lease = UNSHARED,
    rates: Rates | None = None,
    transport: httpx.BaseTransport | None = None,
) -> Iterator[CognigyProject]:
    """A tenant to talk to, and to write to while the lease lives; nothing is sent before its first
    method is called. Raises ConfigurationError.

    The files of `project` say where its slots are. `rates` lets it share the origin's places with
    other connections of this process. `transport` replaces the network, to reach a tenant in the
    same process.
    """
    project_id = project_id_of(access)
    words = wording(access.endpoint.places)
    with connected(
        transport
        or network_to(access.endpoint.origin, proxy=access.proxy, wording=words, clock=clock),
        origin=access.endpoint.origin,
        auth=ApiKey(access.api_key.get_secret_value()),
        wording=words,
        limits=limits,
        rates=rates,
        clock=clock,
        observer=observer,
        user_agent=user_agent,
        lease=lease,
    ) as session:
        yield CognigyProject(
            Calls(session, project_id=project_id), project=project, clock=clock, observer=observer
        )


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
        self._reader = Reader(calls, index=self._index)
        self._writer = Writer(
            calls,
            index=self._index,
            directory=directory,
            reader=self._reader,
            clock=clock,
        )
        self._training = Training(
            calls,
            directory=directory,
            tasks=tasks,
            settings=project.settings.train,
            clock=clock,
            observer=observer,
        )
        self._playbooks = Playbooks(calls, directory=directory, tasks=tasks, clock=clock)
        self._lexicons = Lexicons(calls, directory=directory)
        self._snapshots = Snapshots(
            calls, tasks=tasks, most=project.settings.snapshot.max_snapshots
        )
        self._measured: dict[PlaybookSuite, Reading] = {}
        self._failed_runs: Counter[PlaybookSuite] = Counter()

    def list_slots(self) -> LiveState:
        """Every filler of the flows that the files name: a list for each flow, and a request for
        each filler."""
        return self._reader.list_all()

    def read_slot(self, slot_id: str) -> LiveSlot | None:
        """By the id of its filler, once that is known; absence shows in the list of its flow."""
        live = self._reader.read(slot_id)
        if live is not None:
            self._writer.require_ours(live)
        return live

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
        if replaces is None:
            return self._writer.create(slot_id, content)
        return self._writer.change(slot_id, content, replaces=replaces)

    def train(self, stored: LiveSlot) -> LiveSlot | None:
        """Train the slot's flow in every locale, one after the other."""
        if not isinstance(stored.content, FillerContent):
            raise UnsupportedError(f"Training {stored.slot_id}: {_FOREIGN}")
        self._forget_measurements()
        self._training.train(self._directory.flow(stored.content.flow))
        return None

    def delete(self, slot_id: str) -> None:
        """DELETE the filler. Nodes that hold its id are not looked for."""
        self._forget_measurements()
        self._writer.delete(slot_id)

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

    def doubt(self, content: SlotContent) -> str:
        """By the lexicons that are attached to the slot's flow."""
        return self._lexicons.doubt(content) if isinstance(content, FillerContent) else ""

    def introduce(self, slot_id: str, content: SlotContent) -> None:
        """Find it by the flow and the name that it had."""
        if isinstance(content, FillerContent):
            self._index.introduce(slot_id, FillerAddress(flow=content.flow, name=content.name))

    def take_snapshot(self, name: str, *, description: str, until: float) -> None:
        """Of the whole project."""
        self._snapshots.take(name, description=description, until=until)

    def people(self, user_ids: Collection[str]) -> Mapping[str, str]:
        """From the members of the project, if the user of the API key may see them."""
        return self._directory.people(user_ids)
