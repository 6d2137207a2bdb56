"""A bare client of the tenant: it sends exactly what the test asks for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from reconciler.sandbox.messages import Request, Response
from reconciler.sandbox.v2.settings import EDITOR, SandboxSettings, SandboxUser
from reconciler.sandbox.v2.storage import Storage
from reconciler.sandbox.v2.tenant import SandboxTenant
from tests.support.clock import VirtualClock

PREFIX = "/new/v2.0"
FLOW = "Orders"
ORDER = {
    "name": "order",
    "type": "regex",
    "regex": r"/[A-Z]{2}-\d{4}/",
    "contextKey": "order",
    "storeResultInContext": True,
}


def bot(*fillers: Mapping[str, Any], steps: Any = (), **playbook: Any) -> dict[str, Any]:
    """A bot with one flow, one locale more than it needs, and one playbook of these steps."""
    return {
        "project": "Shop",
        "locales": [
            {"name": "English", "nluLanguage": "en-US", "primary": True},
            {"name": "Deutsch", "nluLanguage": "de-DE", "primary": False},
        ],
        "lexicons": [
            {"name": "Goods", "slots": [{"name": "good", "phrases": ["kettle", "iron"]}]},
            {"name": "Loose", "slots": [{"name": "loose", "phrases": ["end"]}]},
        ],
        "flows": [{"name": FLOW, "lexicons": ["Goods"], "slotfillers": list(fillers or (ORDER,))}],
        "playbooks": [{"name": "Check", "steps": list(steps), **playbook}],
    }


class Caller:
    """A tenant under a virtual clock, and methods to call it as one user."""

    def __init__(
        self,
        content: Mapping[str, Any] | None = None,
        *,
        user: SandboxUser = EDITOR,
        storage: Storage | None = None,
        **settings: Any,
    ) -> None:
        self.clock = VirtualClock()
        # Not zero: nothing may depend on the clock's origin.
        self.clock.advance(1000.0)
        self.user = user
        self.tenant = SandboxTenant(
            clock=self.clock,
            settings=SandboxSettings(**settings),
            bot=dict(content) if content is not None else bot(),
            storage=storage,
        )

    @property
    def project(self) -> str:
        return self.tenant.project_id

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        raw = (
            body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        )
        sent = {"x-api-key": self.user.api_key, "accept": "application/json", **(headers or {})}
        full = path if path.startswith(("/new", "/v2.0", "/openapi")) else PREFIX + path
        return self.tenant.handle(Request(method, full, query or {}, sent, raw))

    def get(self, path: str, **query: str) -> Any:
        return content(self.call("GET", path, query=query))

    def items(self, path: str, **query: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.get(path, projectId=self.project, **query)["items"]
        return found

    @property
    def flow(self) -> dict[str, Any]:
        return self.items("/flows")[0]

    @property
    def fillers(self) -> str:
        return f"/flows/{self.flow['_id']}/slotfillers"

    def filler(self, name: str = "order") -> str:
        """The path of the slot filler of this name."""
        found = next(each for each in self.items(self.fillers) if each["name"] == name)
        return f"{self.fillers}/{found['_id']}"

    def patch(self, *, name: str = "order", **fields: Any) -> Response:
        return self.call("PATCH", self.filler(name), fields)

    def train(self, **body: str) -> dict[str, Any]:
        """Start a training; returns the task."""
        task: dict[str, Any] = content(
            self.call("POST", f"/flows/{self.flow['_id']}/intents/train", body)
        )
        return task

    def wait(self, task: Mapping[str, Any]) -> dict[str, Any]:
        """Let time pass until the task has ended; returns it."""
        for _ in range(1000):
            now: dict[str, Any] = self.get(f"/tasks/{task['_id']}")
            if now["status"] not in ("queued", "active", "cancelling"):
                return now
            self.clock.advance(0.25)
        raise AssertionError("the task does not end")

    def schedule(self, **fields: str) -> dict[str, Any]:
        """Start the playbook in the primary locale; returns the task."""
        body = {
            "entrypoint": self.project,
            "flowId": self.flow["referenceId"],
            "localeId": self.items("/locales")[0]["referenceId"],
            **fields,
        }
        task: dict[str, Any] = content(self.call("POST", f"{self.playbook}/schedule", body))
        return task

    @property
    def playbook(self) -> str:
        return f"/playbooks/{self.items('/playbooks')[0]['_id']}"

    def run(self, **fields: str) -> dict[str, Any]:
        """Run the playbook to its end; returns the run."""
        data = self.wait(self.schedule(**fields))["data"]
        self.clock.advance(60.0)
        run: dict[str, Any] = self.get(f"{self.playbook}/runs/{data['playbookRunId']}")
        return run


def content(response: Response) -> Any:
    """The parsed body of an answer that is not an error."""
    assert response.status < 300, response.body
    return json.loads(response.body)


def problem(response: Response) -> Any:
    """The parsed body of an error."""
    assert response.headers["content-type"] == "application/problem+json"
    found = json.loads(response.body)
    assert found["status"] == response.status
    return found
