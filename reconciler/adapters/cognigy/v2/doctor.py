"""An examination of a project of version 2: what a plan and an apply will find there. Only reads.

    GET /users/me ──> the address, the credentials, the clocks
      └─ projects ──> the project
           └─ rights, flows, playbooks, locales, endpoints
      └─ the tenant's own OpenAPI document

What cannot be checked because of something before it says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from reconciler.adapters.cognigy.auth import ApiKey
from reconciler.adapters.cognigy.entrance import (
    Entrance,
    clock_check,
    guarded,
    limits_of_an_examination,
    rate_check,
)
from reconciler.adapters.cognigy.limiter import Limiter
from reconciler.adapters.cognigy.overheard import OverhearingTransport
from reconciler.adapters.cognigy.redaction import KnownSecrets
from reconciler.adapters.cognigy.sessions import network_to, opened
from reconciler.adapters.cognigy.v2 import openapi
from reconciler.adapters.cognigy.v2.calls import Calls, Document, Purpose, Right, project_id_of
from reconciler.adapters.cognigy.v2.named import Named
from reconciler.adapters.cognigy.v2.rights import allowed_locales, rights_checks
from reconciler.adapters.cognigy.v2.wording import wording
from reconciler.errors import MalformedResponseError, TenantError
from reconciler.model.access import ProjectAccess
from reconciler.model.check import Check, CheckStatus, failed, passed, unchecked, warned
from reconciler.model.endpoint import Endpoint
from reconciler.model.listed import listed
from reconciler.model.project import Project
from reconciler.model.settings import Limits
from reconciler.ports import Clock, Observer

_DOCUMENTED_RATE = 200
"""Requests a minute: shared installations allow 1,000 in five."""
_OF_A_PROJECT = ("rights", "flows", "locales", "playbooks", "endpoints")
_BEHIND_THE_KEY = ("project", *_OF_A_PROJECT, "openapi")


@contextmanager
def connect(
    access: ProjectAccess,
    *,
    project: Project,
    clock: Clock,
    observer: Observer,
    user_agent: str,
    transport: httpx.BaseTransport | None = None,
) -> Iterator[ProjectExaminer]:
    """An examiner; nothing is sent before it examines. Raises ConfigurationError.

    `transport` replaces the network.
    """
    project_id = project_id_of(access)
    auth = ApiKey(access.api_key.get_secret_value())
    limits = limits_of_an_examination(project.settings.limits)
    words = wording(access.endpoint.places)
    network = transport or network_to(
        access.endpoint.origin, proxy=access.proxy, wording=words, clock=clock
    )
    overhearing = OverhearingTransport(network, clock=clock)
    with opened(
        overhearing,
        origin=access.endpoint.origin,
        auth=auth,
        wording=words,
        limiter=Limiter(limit=limits.requests_per_minute, clock=clock, observer=observer),
        max_attempts=limits.max_attempts,
        clock=clock,
        observer=observer,
        user_agent=user_agent,
    ) as session:
        yield ProjectExaminer(
            Calls(session, project_id=project_id),
            endpoint=access.endpoint,
            secrets=auth.secrets,
            project=project,
            overhearing=overhearing,
            limits=limits,
        )


class ProjectExaminer:
    """`ports.Examiner` over version 2 of the API."""

    def __init__(
        self,
        calls: Calls,
        *,
        endpoint: Endpoint,
        secrets: KnownSecrets,
        project: Project,
        overhearing: OverhearingTransport,
        limits: Limits,
    ) -> None:
        self._calls = calls
        self.endpoint = endpoint
        self._secrets = secrets
        self._api = project.api.name
        self._overhearing = overhearing
        self._limits = limits
        self._project_id = calls.project_id
        self._named = Named(project, calls=calls)

    def examine(self) -> Iterator[Check]:
        """About ten requests, one more for each flow and playbook that the files name, and the
        tenant's OpenAPI document, which may be some megabytes long."""
        error = None
        user: Document = {}
        try:
            user = self._user()
        except TenantError as caught:
            error = caught
        entrance = Entrance(
            origin=self.endpoint.origin,
            api=self._api,
            wording=wording(self.endpoint.places),
            secrets=self._secrets,
            heard=self._overhearing.last,
            error=error,
        )
        address = entrance.check()
        yield address
        yield from self._admitted(user, error, address=address)
        if entrance.heard is not None:
            last = self._overhearing.last or entrance.heard
            yield clock_check(entrance.heard)
            yield rate_check(
                self._overhearing, last=last, limits=self._limits, documented=_DOCUMENTED_RATE
            )

    def _admitted(
        self, user: Document, error: TenantError | None, *, address: Check
    ) -> Iterator[Check]:
        """What an address and a key give access to."""
        if address.status is CheckStatus.FAILED:
            because = "the address does not answer as it should"
            yield unchecked("credentials", because)
            yield from (unchecked(name, because) for name in _BEHIND_THE_KEY)
        elif error is not None:
            yield failed("credentials", error.message, hint=error.hint)
            because = "the API key does not work"
            yield from (unchecked(name, because) for name in _BEHIND_THE_KEY)
        else:
            who = user.get("name") or user.get("id") or user["_id"]
            yield passed("credentials", f"The API key is that of {who}.")
            yield from self._of_the_project()
            yield from guarded("openapi", self._openapi, status=CheckStatus.WARNING)

    def _user(self) -> Document:
        purpose = Purpose(about="Asking who we are", right=Right.READ_ITSELF)
        user = self._calls.get("/users/me", purpose=purpose)
        if not isinstance(user.get("_id"), str):
            raise MalformedResponseError(
                f"{purpose.about}: the tenant answered JSON without an `_id`.",
                hint=f"Check {self.endpoint.places.origin}.",
            )
        return user

    def _of_the_project(self) -> Iterator[Check]:
        checks = list(guarded("project", self._found_project))
        yield from checks
        if any(each.status is CheckStatus.FAILED for each in checks):
            yield from (unchecked(name, "the project was not found") for name in _OF_A_PROJECT)
            return
        yield from guarded("rights", self._rights, status=CheckStatus.WARNING)
        yield from guarded("flows", self._named.flows)
        yield from guarded("locales", self._named.locales)
        yield from guarded("playbooks", self._named.playbooks)
        yield from guarded("snapshots", self._named.snapshots, status=CheckStatus.WARNING)
        yield from guarded("endpoints", self._endpoints, status=CheckStatus.WARNING)

    def _found_project(self) -> Iterator[Check]:
        purpose = Purpose(about="Listing the projects", right=Right.READ_ITSELF)
        projects = self._calls.all("/projects", purpose=purpose, of_project=False)
        names = {each["_id"]: str(each.get("name")) for each in projects}
        if self._project_id in names:
            yield passed("project", f"Found: {names[self._project_id]} ({self._project_id}).")
            return
        seen = listed(f"{name} ({key})" for key, name in names.items())
        yield failed(
            "project",
            f"The user of the API key is not in the project {self._project_id}, or there is none.",
            hint=f"Set {self.endpoint.places.bot} to one of its projects: {seen}."
            if seen
            else "Invite the user to the project: it is in none.",
        )

    def _rights(self) -> Iterator[Check]:
        purpose = Purpose(about="Reading our rights", right=Right.READ_ITSELF)
        acl = self._calls.get("/users/me/acl", purpose=purpose)
        yield from rights_checks(acl, project_id=self._project_id, unused=self._named.unused)
        locales = allowed_locales(acl, project_id=self._project_id)
        if locales:
            yield from self._named.allowed_locales(locales)

    def _endpoints(self) -> Iterator[Check]:
        purpose = Purpose(
            about="Listing the endpoints",
            right=Right.READ_ENDPOINTS,
            check=self._calls.check_project,
        )
        endpoints = self._calls.all("/endpoints", purpose=purpose)
        if not endpoints:
            yield passed("endpoints", "The project has none, so nobody talks to it yet.")
        for each in endpoints:
            name = f"endpoint: {each.get('name')}"
            if each.get("entrypoint") == self._project_id:
                yield passed(name, "Serves the project itself: a change is live at once.")
            else:
                yield warned(
                    name,
                    f"Serves the snapshot {each.get('entrypoint')}: a change goes live only with "
                    "the next one.",
                    hint="After an apply, create a snapshot and choose it in the endpoint.",
                )

    def _openapi(self) -> Iterator[Check]:
        about = "Reading the tenant's OpenAPI document"
        document = self._calls.session.read(openapi.PATH, about=about).body
        yield from openapi.openapi_checks(
            document if isinstance(document, dict) else {}, unused=self._named.unused
        )
