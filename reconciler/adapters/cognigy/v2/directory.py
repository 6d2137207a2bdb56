"""What a project has, by name: flows, locales and playbooks.

Each list is read once for a connection, when it is first asked for, so that names are resolved
anew in every run.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from reconciler.adapters.cognigy.paths import segment
from reconciler.adapters.cognigy.v2.calls import Calls, Document, Purpose, Right
from reconciler.errors import (
    AmbiguousTenantError,
    MalformedResponseError,
    NotFoundError,
    PermissionDeniedError,
    TenantError,
    UnsupportedError,
)
from reconciler.model.closest import closest

_MOST_NAMES = 10


@dataclass(frozen=True)
class Resource:
    """A flow, a locale or a playbook."""

    id: str
    reference_id: str
    name: str

    @classmethod
    def of(cls, item: Document) -> Resource:
        """From an item of a list; what cannot be read is empty, and found by nothing."""
        reference_id, name = item.get("referenceId"), item.get("name")
        return cls(
            id=item["_id"],
            reference_id=reference_id if isinstance(reference_id, str) else "",
            name=name if isinstance(name, str) else "",
        )


class Directory:
    """The lists of one project. Every method may raise a TenantError."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def flow(self, named: str) -> Resource:
        """The flow of this name or reference id.

        Raises NotFoundError, and AmbiguousTenantError for one of several of that name.
        """
        flow = self.find_flow(named)
        if flow is None:
            raise NotFoundError(
                f"There is no flow {named!r} in the project {self._calls.project_id}.",
                hint=self._instead(named, self.flows, kind="flow"),
            )
        return flow

    def find_flow(self, named: str) -> Resource | None:
        """The same, or None if there is none."""
        found = matching(named, self.flows)
        if len(found) > 1:
            raise AmbiguousTenantError(
                f"{len(found)} flows of the project are called {named!r}: {_reference_ids(found)}.",
                hint="Say which one: put its reference id in the files instead of the name, or "
                "rename one of them in the console.",
            )
        return found[0] if found else None

    @cached_property
    def flows(self) -> Sequence[Resource]:
        """Every flow of the project."""
        return [Resource.of(item) for item in self._flow_items]

    def is_out_of_date(self, flow: Resource) -> bool:
        """Whether the tenant says that this flow has to be trained."""
        listed = (item for item in self._flow_items if item["_id"] == flow.id)
        return any(item.get("isTrainingOutOfDate") is True for item in listed)

    @cached_property
    def _flow_items(self) -> Sequence[Document]:
        purpose = Purpose(
            about="Listing the flows", right=Right.READ_FLOWS, check=self._calls.check_project
        )
        return self._calls.all("/flows", purpose=purpose)

    @cached_property
    def locales(self) -> Sequence[Resource]:
        """Every locale of the project."""
        return [Resource.of(item) for item in self._locale_items]

    @property
    def primary_locale(self) -> Resource:
        """Raises MalformedResponseError unless exactly one is primary."""
        primary = [item for item in self._locale_items if item.get("primary") is True]
        if len(primary) != 1:
            raise MalformedResponseError(
                f"{len(primary)} of the project's {len(self._locale_items)} locales are primary.",
                hint="Name the locales in which playbooks run in gate.locales.",
            )
        return Resource.of(primary[0])

    def reason_no_locale(self, named: str) -> str:
        """Why there is not exactly one locale of this name or reference id; "" if there is."""
        return self._reason(named, self.locales, kind="locale")

    def locale(self, named: str) -> Resource:
        """The locale of this name or reference id. Raises NotFoundError."""
        return self._only(named, self.locales, kind="locale")

    @cached_property
    def _locale_items(self) -> Sequence[Document]:
        purpose = Purpose(
            about="Listing the locales", right=Right.READ_LOCALES, check=self._calls.check_project
        )
        return self._calls.all("/locales", purpose=purpose)

    def reason_no_playbook(self, named: str) -> str:
        """Why there is not exactly one playbook of this name; "" if there is."""
        return self._reason(named, self.playbooks, kind="playbook")

    def playbook(self, named: str) -> Resource:
        """The playbook of this name. Raises NotFoundError."""
        return self._only(named, self.playbooks, kind="playbook")

    @cached_property
    def playbooks(self) -> Sequence[Resource]:
        """Every playbook of the project."""
        purpose = Purpose(
            about="Listing the playbooks",
            right=Right.READ_PLAYBOOKS,
            check=self._calls.check_project,
        )
        return [Resource.of(item) for item in self._calls.all("/playbooks", purpose=purpose)]

    @cached_property
    def own_user_id(self) -> str | None:
        """The id of the user of the API key; None if the tenant does not say."""
        purpose = Purpose(about="Asking who we are", right=Right.READ_ITSELF)
        try:
            own = self._calls.get("/users/me", purpose=purpose).get("_id")
        except TenantError:
            return None
        return own if isinstance(own, str) else None

    def people(self, user_ids: Collection[str]) -> Mapping[str, str]:
        """The names of these users, or else their e-mail addresses. Nothing where the user of the
        API key may not see the members."""
        if not user_ids:
            return {}
        path = f"/projects/{segment(self._calls.project_id)}/members"
        purpose = Purpose(about="Listing the members", right=Right.READ_MEMBERS)
        try:
            members = self._calls.all(path, purpose=purpose, of_project=False)
        except (
            PermissionDeniedError,
            NotFoundError,
            UnsupportedError,
            MalformedResponseError,
        ):
            return {}
        names = {each["_id"]: each.get("name") or each.get("id") for each in members}
        return {
            user_id: name for user_id in user_ids if isinstance(name := names.get(user_id), str)
        }

    def _only(self, named: str, resources: Sequence[Resource], *, kind: str) -> Resource:
        reason = self._reason(named, resources, kind=kind)
        if reason:
            raise NotFoundError(reason)
        return matching(named, resources)[0]

    def _reason(self, named: str, resources: Sequence[Resource], *, kind: str) -> str:
        found = matching(named, resources)
        if len(found) > 1:
            return (
                f"{len(found)} {kind}s of the project are called {named!r}: "
                f"{_reference_ids(found)}; rename one of them in the console"
            )
        if found:
            return ""
        instead = self._instead(named, resources, kind=kind)
        return f"there is no {kind} {named!r} in the project. {instead}"

    def _instead(self, named: str, resources: Sequence[Resource], *, kind: str) -> str:
        names = sorted({each.name for each in resources})
        if not names:
            check = self._calls.check_project
            return f"The user of the API key sees no {kind} in this project. {check}"
        near = closest(named, names)
        more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
        shown = ", ".join(map(repr, names[:_MOST_NAMES]))
        suggestion = f"Did you mean {near!r}? " if near else ""
        return f"{suggestion}The project has: {shown}{more}."


def matching(named: str, resources: Sequence[Resource]) -> Sequence[Resource]:
    """Those of this reference id, or else of exactly this name."""
    by_reference = [each for each in resources if named and each.reference_id == named]
    return by_reference or [each for each in resources if each.name == named]


def _reference_ids(found: Sequence[Resource]) -> str:
    return " and ".join(each.reference_id or each.id for each in found)
