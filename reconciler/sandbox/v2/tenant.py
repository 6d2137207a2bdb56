"""The embedded tenant: requests in, responses out, without a web framework.

Below `/new/v2.0` and `/v2.0`:

    GET    /users/me                          GET    /lexicons
    GET    /users/me/acl                      GET    /lexicons/{}/slots
    GET    /projects                          GET    /tasks
    GET    /projects/{}                       GET    /tasks/{}
    GET    /projects/{}/members               POST   /tasks/{}/cancel
    POST   /projects/{}/nlu/scores            GET    /playbooks
    GET    /flows                             GET    /playbooks/{}
    GET    /flows/{}                          POST   /playbooks/{}/schedule
    GET    /flows/{}/slotfillers              GET    /playbooks/{}/runs
    POST   /flows/{}/slotfillers              GET    /playbooks/{}/runs/{}
    PATCH  /flows/{}/slotfillers              DELETE /playbooks/{}/runs/{}
    GET    /flows/{}/slotfillers/{}           GET    /snapshots
    PATCH  /flows/{}/slotfillers/{}           POST   /snapshots
    DELETE /flows/{}/slotfillers/{}           POST   /snapshots/{}/restore
    POST   /flows/{}/intents/train            GET    /auditevents
    GET    /locales                           GET    /endpoints

and `GET /openapi/openapi-viewer.json`, which describes them.

A request is checked in this order: the quota (429), the key (401), the body of a GET (403), the
route (404, 405), the size (413), the right (403), and then the query, the body and the objects.
"""

from __future__ import annotations

import hmac
import itertools
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from reconciler.ports import Clock
from reconciler.sandbox.messages import (
    REMEMBERED_REQUESTS,
    Refused,
    Request,
    RequestRecord,
    Response,
)
from reconciler.sandbox.quota import Quota
from reconciler.sandbox.routing import chosen
from reconciler.sandbox.v2 import openapi
from reconciler.sandbox.v2.agenda import Agenda
from reconciler.sandbox.v2.calls import MAX_BODY_BYTES, Call, Document, Route, answer
from reconciler.sandbox.v2.console import Console
from reconciler.sandbox.v2.directory import Directory
from reconciler.sandbox.v2.hal import embedded
from reconciler.sandbox.v2.mishaps import Mishaps
from reconciler.sandbox.v2.playbooks import Playbooks
from reconciler.sandbox.v2.problems import problem
from reconciler.sandbox.v2.seed import packaged_bot, seed
from reconciler.sandbox.v2.settings import COLLEAGUE, SandboxSettings, SandboxUser
from reconciler.sandbox.v2.slotfillers import SlotFillers
from reconciler.sandbox.v2.snapshots import Snapshots
from reconciler.sandbox.v2.state import restore, written
from reconciler.sandbox.v2.storage import Storage
from reconciler.sandbox.v2.tasks import Tasks
from reconciler.sandbox.v2.training import Training
from reconciler.sandbox.v2.world import World

PREFIXES = ("/new/v2.0", "/v2.0")


class SandboxTenant:
    """A tenant that behaves like the real one. Thread-safe; it never sleeps.

    `requests` holds the last ten thousand requests, oldest first. `project_id` is the id of the
    bot's project, and `console` what a colleague sees and does there, without a request.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        settings: SandboxSettings,
        bot: Document | None = None,
        storage: Storage | None = None,
    ) -> None:
        """Serve what is in the storage; if nothing is, a bot (see `seed`), by default the packaged
        one: trained, and in a snapshot. Raises `ValueError` for a state that cannot be used."""
        self.requests: deque[RequestRecord] = deque(maxlen=REMEMBERED_REQUESTS)
        self._lock = threading.RLock()
        self._traces = itertools.count(1)
        self._has_settled = False
        self._clock = clock
        self._mishaps = Mishaps(settings)
        self._agenda = Agenda()
        self._world = World(clock)
        self._storage = storage
        self._quota = Quota(
            requests=settings.requests,
            window_seconds=settings.window_seconds,
            retry_after=settings.retry_after,
        )
        identifiers = self._world.identifiers
        self._people = {identifiers.object_id(): user for user in settings.users}
        colleague = next(
            (key for key, user in self._people.items() if user.email == COLLEAGUE.email),
            identifiers.object_id(),
        )
        tasks = Tasks(self._world, self._mishaps, agenda=self._agenda, clock=clock)
        self._training = Training(self._world, self._mishaps, tasks=tasks, clock=clock)
        self._snapshots = Snapshots(
            self._world, self._mishaps, tasks=tasks, training=self._training
        )
        self.project_id = self._begin(packaged_bot() if bot is None else bot, by=colleague)
        slotfillers = SlotFillers(self._world, self._mishaps, colleague=colleague)
        playbooks = Playbooks(
            self._world,
            self._mishaps,
            tasks=tasks,
            training=self._training,
            snapshots=self._snapshots,
            agenda=self._agenda,
        )
        directory = Directory(
            self._world, self._mishaps, training=self._training, people=self._people
        )
        self.console = Console(
            self._world,
            training=self._training,
            playbooks=playbooks,
            edit=slotfillers.edit,
            now=self._now,
            project=self.project_id,
            colleague=colleague,
        )
        parts = (directory, slotfillers, self._training, tasks, playbooks, self._snapshots)
        self._routes = [route for part in parts for route in part.routes()]

    def handle(self, request: Request) -> Response:
        """Answer one request. Never raises: an error in the sandbox itself is a 500."""
        with self._lock:
            now = self._clock.monotonic()
            try:
                response = self._answer_or_refuse(request, now)
            except Exception as fault:  # noqa: BLE001 - like any server: one bad request must not end it
                failure = Refused(500, f"The sandbox failed: {fault!r}")
                response = self._problem(request, failure)
            self.requests.append(RequestRecord.of(request, response, at=now))
            return response

    def configure(self, **fields: Any) -> None:
        """Change settings while it runs; those that count how often begin again at zero.

        `users` and the rate limit are fixed at the start. Raises `TypeError` for an unknown
        setting, and `ValueError`.
        """
        with self._now():  # what is over was under the former settings
            self._mishaps.configure(fields)

    def user_id(self, user: SandboxUser) -> str:
        """The id of a user, as in `createdBy` and `lastChangedBy`. Raises `KeyError`."""
        for key, each in self._people.items():
            if each.email == user.email:
                return key
        raise KeyError(user.email)

    def keep(self) -> None:
        """Store everything as it is now, even if nobody has looked at it since."""
        with self._now():
            pass

    def _begin(self, bot: Document, *, by: str) -> str:
        """Put the stored state in place, or a new bot; returns the id of its project."""
        state = self._storage.load() if self._storage is not None else None
        if state is not None:
            restore(state, self._world, training=self._training, snapshots=self._snapshots)
            return str(self._world.projects.everything()[0]["_id"])
        project = seed(self._world, bot, by=by)
        self._training.train_all()
        self._snapshots.take("Release 1", "As built", project=project, by=by)
        self._save()
        return project

    def _answer_or_refuse(self, request: Request, now: float) -> Response:
        try:
            response = self._answer(request, now)
        except Refused as refused:
            response = self._problem(request, refused)
        if request.method != "GET" or self._has_settled:
            self._save()
        return response

    def _save(self) -> None:
        self._has_settled = False
        if self._storage is not None:
            self._storage.save(
                written(self._world, training=self._training, snapshots=self._snapshots)
            )

    def _answer(self, request: Request, now: float) -> Response:
        self._quota.count(now)
        self._settle()
        user_id, user = self._authenticated(request)
        if request.method == "GET" and request.body and not self._settings.get_body_tolerated:
            raise Refused(403, "A GET request must not have a body.")
        if self._settings.openapi_served and (request.method, request.path) == openapi.PLACE:
            return answer(openapi.described(self._routes, settings=self._settings))
        route, ids = self._route(request)
        if len(request.body) > MAX_BODY_BYTES:
            raise Refused(413, f"The body must not exceed {MAX_BODY_BYTES} bytes.")
        if route.right is not None:
            resource, action = route.right
            if action not in user.rights[resource]:
                raise Refused(403, f"You are not allowed to {action} {resource}.")
        response = route.handler(Call(request=request, user=user, user_id=user_id, ids=ids))
        accepts_json = "application/json" in request.headers.get("accept", "")
        if request.path.startswith(PREFIXES[0]) or accepts_json:
            return response
        return embedded(response, collection=route.collection, path=request.path)

    def _authenticated(self, request: Request) -> tuple[str, SandboxUser]:
        given = request.headers.get("x-api-key", "").encode()
        for user_id, user in self._people.items():
            if hmac.compare_digest(user.api_key.encode(), given):
                return user_id, user
        raise Refused(401, "The API key is missing or invalid.")

    def _route(self, request: Request) -> tuple[Route, tuple[str, ...]]:
        for prefix in PREFIXES:
            if not request.path.startswith(f"{prefix}/"):
                continue
            rest = request.path.removeprefix(prefix)
            found = {
                route.method: (route, match.groups())
                for route in self._routes
                if (match := route.pattern.fullmatch(rest))
            }
            if found:
                chosen(request, {method: route.handler for method, (route, _) in found.items()})
                return found[request.method]
        raise Refused(404, f"There is no {request.path}.")

    @property
    def _settings(self) -> SandboxSettings:
        return self._mishaps.settings

    @contextmanager
    def _now(self) -> Iterator[None]:
        """Alone with all objects as they are now."""
        with self._lock:
            self._settle()
            yield
            self._save()

    def _settle(self) -> None:
        self._has_settled |= self._agenda.settle(self._clock.monotonic())

    def _problem(self, request: Request, refused: Refused) -> Response:
        return problem(refused, instance=request.path, trace_id=f"{next(self._traces):032x}")
