"""A project of version 2 in this process, whose files describe some of its slot fillers.

Only the network and the clock are simulated. The HTTP client is real, and so is the sandbox, whose
playbooks talk to what was trained.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import httpx

from reconciler.adapters.cognigy.v2.capabilities import COGNIGY_V2
from reconciler.adapters.cognigy.v2.tenant import CognigyProject, connect
from reconciler.model.access import ProjectAccess
from reconciler.model.content import FillerContent
from reconciler.model.endpoint import Endpoint
from reconciler.model.gate import PlaybookSuite
from reconciler.model.project import Project
from reconciler.model.secret import Secret
from reconciler.model.settings import Limits, Settings
from reconciler.model.slot import DesiredSlot, FillerAddress, SlotState
from reconciler.model.state import DesiredState
from reconciler.ports import UNSHARED, Lease, Permission
from reconciler.sandbox.messages import RequestRecord
from reconciler.sandbox.v2.settings import EDITOR, SandboxSettings, SandboxUser
from reconciler.sandbox.v2.tenant import SandboxTenant
from tests.support.clock import VirtualClock
from tests.support.faults import Fault, FaultyTransport
from tests.support.inprocess import transport
from tests.support.recorder import Recorder

ORIGIN = "https://api-acme.cognigy.cloud"
FLOW, OTHER_FLOW, PLAYBOOK = "Orders", "Small talk", "Check"
ORDER, CUSTOMER = "order", "customer"
REGEX = {ORDER: r"/[A-Z]{2}-\d{4}/", CUSTOMER: r"/C\d{3}/"}


def filler(name: str, **fields: Any) -> dict[str, Any]:
    """A slot filler as the API sends it."""
    return {
        "name": name,
        "type": "regex",
        "regex": REGEX.get(name, "/x/"),
        "contextKey": name,
        "storeResultInContext": True,
        **fields,
    }


def content(name: str, **fields: Any) -> FillerContent:
    """The same, as a plan has it."""
    given = {
        "flow": FLOW,
        "type": "regex",
        "regex": REGEX.get(name, "/x/"),
        "context_key": name,
        "store_result_in_context": True,
        **fields,
    }
    return FillerContent(name=name, **given)


def desired(
    slot_id: str,
    *,
    name: str | None = None,
    flow: str = FLOW,
    reference_id: str | None = None,
    absent: bool = False,
) -> DesiredSlot:
    """What a file describes."""
    return DesiredSlot(
        slot_id=slot_id,
        content=None if absent else content(name or slot_id, flow=flow),
        state=SlotState.ABSENT if absent else SlotState.PRESENT,
        address=FillerAddress(flow=flow, name=name or slot_id, reference_id=reference_id),
    )


def assert_context(**data: Any) -> dict[str, Any]:
    """An assert of a step."""
    return {"type": "assertContext", "params": {"data": data, "partial": True, "negate": False}}


def step(text: str, *asserts: Mapping[str, Any]) -> dict[str, Any]:
    """A step of a playbook."""
    return {"text": text, "asserts": list(asserts)}


GOOD_STEPS = (
    step("My order is AB-1234", assert_context(order="AB-1234")),
    step("I am C123", assert_context(customer="C123"), assert_context(order="AB-1234")),
)


def suite(*playbooks: str, flow: str = FLOW, **fields: Any) -> PlaybookSuite:
    """What a slot is judged by."""
    return PlaybookSuite(
        flow=flow,
        playbooks=playbooks or (PLAYBOOK,),
        **{"timeout_seconds": 60.0, "poll_interval_seconds": 3.0, **fields},
    )


class Shop:
    """The sandbox, a connection that can break, and the files."""

    def __init__(
        self,
        *fillers: Mapping[str, Any],
        files: tuple[DesiredSlot, ...] = (),
        settings: Settings | None = None,
        steps: tuple[Mapping[str, Any], ...] = GOOD_STEPS,
        playbooks: tuple[Mapping[str, Any], ...] | None = None,
        flows: tuple[Mapping[str, Any], ...] = (),
        user: SandboxUser = EDITOR,
        bot: Mapping[str, Any] | None = None,
        **sandbox: Any,
    ) -> None:
        self.clock = VirtualClock()
        # Not zero: nothing may depend on the clock's origin.
        self.clock.advance(1000.0)
        self.observer = Recorder()
        self.user = user
        self.files = files
        self.settings = settings or Settings(flow=FLOW)
        self.sandbox = SandboxTenant(
            clock=self.clock,
            settings=SandboxSettings(**sandbox),
            bot={
                "project": "Shop",
                "locales": [
                    {"name": "English", "nluLanguage": "en-US", "primary": True},
                    {"name": "Deutsch", "nluLanguage": "de-DE", "primary": False},
                ],
                "flows": [{"name": FLOW, "slotfillers": list(fillers)}, *flows],
                "playbooks": list(playbooks or ({"name": PLAYBOOK, "steps": list(steps)},)),
                **(bot or {}),
            },
        )
        self.transport = FaultyTransport(transport(self.sandbox))

    @property
    def project(self) -> Project:
        return Project(DesiredState(self.files), settings=self.settings, api=COGNIGY_V2)

    @contextmanager
    def tenant(
        self,
        *,
        limits: Limits | None = None,
        project: Project | None = None,
        lease: Lease = UNSHARED,
    ) -> Iterator[CognigyProject]:
        """A connection, for the files of this shop unless there is another `project`."""
        access = ProjectAccess(
            endpoint=Endpoint(origin=ORIGIN, bot_id=self.sandbox.project_id, kind="project"),
            api_key=Secret(self.user.api_key),
        )
        with connect(
            access,
            project=project or self.project,
            permission=Permission.WRITE,
            limits=limits or Limits(requests_per_minute=10_000),
            clock=self.clock,
            observer=self.observer,
            user_agent="tests",
            lease=lease,
            transport=self.transport,
        ) as tenant:
            yield tenant

    def inject(self, method: str, path: str, act: Any, *, times: int = 1) -> None:
        """Let something happen to the next requests of this method whose path ends so."""
        self.transport.inject(Fault(method, path, act, times=times))

    def ask(self, method: str, path: str, body: Any = None, **query: str) -> Any:
        """What the tenant answers to a request of somebody with our key; None if nothing."""
        with httpx.Client(base_url=f"{ORIGIN}/new/v2.0", transport=self.transport) as client:
            headers = {"X-API-Key": self.user.api_key, "Accept": "application/json"}
            response = client.request(method, path, params=query, json=body, headers=headers)
        assert response.is_success, response.text
        return response.json() if response.content else None

    @property
    def flows(self) -> list[dict[str, Any]]:
        """The flows, as the tenant lists them."""
        flows: list[dict[str, Any]] = self.ask("GET", "/flows", projectId=self.sandbox.project_id)[
            "items"
        ]
        return flows

    def rename(self, name: str, *, to: str) -> None:
        """Give a filler another name."""
        stored = self.filler(name)
        body = {"name": to, "type": stored["type"], "regex": stored["regex"]}
        self.ask("PATCH", f"/flows/{self.flows[0]['_id']}/slotfillers/{stored['_id']}", body)

    def filler(self, name: str, *, flow: str = FLOW) -> dict[str, Any]:
        """A slot filler as stored. Raises KeyError if there is none."""
        return self.sandbox.console.slotfiller(flow, name)

    def names(self, *, flow: str = FLOW) -> list[str]:
        """Of the fillers as stored."""
        return [str(each["name"]) for each in self.sandbox.console.slotfillers(flow)]

    def sent(self, method: str, ending: str = "") -> list[RequestRecord]:
        """The requests that arrived with this method and ending of their path."""
        return [
            each
            for each in self.sandbox.requests
            if each.method == method and each.path.endswith(ending)
        ]
