"""Requests of version 2: JSON objects and lists, with the right that each request needs."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from typing import Any

from reconciler.adapters.cognigy.transport import Answer, Session
from reconciler.adapters.cognigy.v2.listing import PAGE_SIZE, Page, parse_page, whole_list
from reconciler.errors import (
    ConfigurationError,
    MalformedResponseError,
    NotFoundError,
    PermissionDeniedError,
    RequestRejectedError,
)
from reconciler.model.access import ProjectAccess

BASE = "/new/v2.0"
Document = Mapping[str, Any]
"""An object as the tenant sends it."""


class Right(Enum):
    """What the user of the API key must be allowed to do, and the least role that brings it, as far
    as that is documented: no right is named after slot fillers or runs."""

    READ_FLOWS = "read flows (role basic)"
    READ_LOCALES = "read locales (role basic)"
    READ_LEXICONS = "read lexicons (role basic)"
    READ_PLAYBOOKS = "read playbooks (role basic)"
    READ_TASKS = "read tasks (role basic)"
    READ_MEMBERS = "read members"
    READ_ENDPOINTS = "read endpoints (role basic)"
    READ_SNAPSHOTS = "read snapshots (role basic)"
    CREATE_SNAPSHOTS = "create snapshots (role snapshot_admin)"
    READ_ITSELF = "read its own profile and rights"
    UPDATE_FLOWS = "update flows (role flowEditor)"
    TRAIN = "update intents (role flowEditor)"
    RUN_PLAYBOOKS = "run playbooks (role playbook_editor)"


@dataclass(frozen=True)
class Purpose:
    """What a request is for: `about` begins its messages; `right` is what it needs, and `check`
    what to check if nothing is found."""

    about: str
    right: Right
    check: str = ""


def project_id_of(access: ProjectAccess) -> str:
    """The id of the project. Raises ConfigurationError if there is none."""
    if not access.endpoint.bot_id:
        raise ConfigurationError(
            f"{access.endpoint.places.bot} is missing.",
            hint="Set it to the id of the project, which the console shows in the address bar.",
        )
    return access.endpoint.bot_id


class Calls:
    """The requests of one project."""

    def __init__(self, session: Session, *, project_id: str) -> None:
        self.session = session
        self.project_id = project_id
        self.check_project = (
            f"Check {session.wording.places.bot}, and that the user of the API key is in that "
            "project."
        )
        """The hint if nothing is found."""

    def get(
        self,
        path: str,
        *,
        purpose: Purpose,
        params: Mapping[str, str] | None = None,
        until: float = math.inf,
    ) -> Document:
        """An object. Raises MalformedResponseError if it is something else."""
        with _explained(purpose):
            body = self.session.read(BASE + path, about=purpose.about, params=params, until=until)
        if not isinstance(body.body, Mapping):
            raise MalformedResponseError(
                f"{purpose.about}: the tenant sent JSON that is not an object.",
                hint=f"Check {self.session.wording.places.origin}.",
            )
        return body.body

    def page(
        self,
        path: str,
        *,
        purpose: Purpose,
        of_project: bool = True,
        skip: int = 0,
        limit: int = PAGE_SIZE,
    ) -> Page:
        """One page of a list, by default of one that needs to be told the project."""
        project = {"projectId": self.project_id} if of_project else {}
        params = {**project, "limit": str(limit), "skip": str(skip)}
        return parse_page(self.get(path, purpose=purpose, params=params), about=purpose.about)

    def all(self, path: str, *, purpose: Purpose, of_project: bool = True) -> list[Document]:
        """A whole list; n items take about n/100 + 1 requests."""
        return whole_list(
            lambda skip: self.page(path, purpose=purpose, of_project=of_project, skip=skip),
            about=purpose.about,
        )

    def send(
        self,
        method: str,
        path: str,
        *,
        purpose: Purpose,
        json: Any = None,
        until: float = math.inf,
    ) -> Answer:
        """A write. Any success counts, with or without a body."""
        with _explained(purpose):
            return self.session.write(
                method, BASE + path, about=purpose.about, json=json, until=until
            )


@contextmanager
def _explained(purpose: Purpose) -> Iterator[None]:
    """Say which right or id to check."""
    try:
        yield
    except PermissionDeniedError as error:
        hint = f"The user of the API key must be allowed to {purpose.right.value} in this project."
        raise PermissionDeniedError(error.message, hint=hint) from error
    except NotFoundError as error:
        raise NotFoundError(error.message, hint=purpose.check) from error
    except RequestRejectedError as error:
        hint = " ".join(filter(None, (error.hint, purpose.check)))
        raise RequestRejectedError(error.message, hint=hint) from error
