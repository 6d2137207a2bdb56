"""The rights of the user of the API key, as `GET /users/me/acl` lists them.

No right is called slot fillers. That those of flows govern them is likely, but not documented, nor
is which right a run of a playbook needs; so a right that is not listed is only a warning.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.adapters.cognigy.v2.calls import Document, Right
from reconciler.model.check import Check, failed, passed, unchecked, warned


@dataclass(frozen=True)
class Need:
    """A right, by the tenant's names for its resource and action; what it is needed for; and
    whether a plan, not only an apply, fails without it."""

    right: Right
    resource: str
    action: str
    what_for: str
    by_plan: bool = False


NEEDS = (
    Need(Right.READ_FLOWS, "flows", "read", "flows and their slot fillers", by_plan=True),
    Need(Right.READ_PLAYBOOKS, "playbooks", "read", "the playbooks that judge", by_plan=True),
    Need(Right.READ_LOCALES, "locales", "read", "the locales in which flows are trained"),
    Need(Right.READ_LEXICONS, "lexicons", "read", "the lexicon slots that the files name"),
    Need(Right.READ_TASKS, "tasks", "read", "the progress of trainings and playbooks"),
    Need(Right.UPDATE_FLOWS, "flows", "update", "creating, changing and deleting slot fillers"),
    Need(Right.TRAIN, "intents", "update", "training a flow"),
    Need(Right.RUN_PLAYBOOKS, "playbooks", "update", "running playbooks"),
    Need(Right.READ_SNAPSHOTS, "snapshots", "read", "the snapshots that there are"),
    Need(Right.CREATE_SNAPSHOTS, "snapshots", "create", "the snapshot before its first change"),
)
"""What a plan and an apply need."""


def rights_checks(acl: Document, *, project_id: str, unused: Collection[str]) -> Iterator[Check]:
    """Each right that the project needs, apart from those to `unused` resources."""
    granted = _granted(acl, project_id)
    for need in NEEDS:
        if need.resource not in unused:
            yield _check(need, granted.get(need.resource))


def allowed_locales(acl: Document, *, project_id: str) -> Collection[str]:
    """The ids of the locales that the user may use in the project; none if it is not said."""
    allowed = _mapping(_mapping(acl.get("projectWide")).get(project_id)).get("allowedLocales")
    ids = [_mapping(each).get("localeId") for each in allowed] if isinstance(allowed, list) else []
    return [each for each in ids if isinstance(each, str)]


def _granted(acl: Document, project_id: str) -> Mapping[str, Any]:
    """The actions by resource, in the project or in all of the organisation."""
    everywhere = _mapping(_mapping(acl.get("organisationWide")).get("rights"))
    project = _mapping(_mapping(acl.get("projectWide")).get(project_id))
    here = _mapping(project.get("rights"))
    return {
        name: {
            action: any(_mapping(each.get(name)).get(action) is True for each in (everywhere, here))
            for action in (*_mapping(everywhere.get(name)), *_mapping(here.get(name)))
        }
        for name in (*everywhere, *here)
    }


def _check(need: Need, actions: Any) -> Check:
    name = f"right: {need.action} {need.resource}"
    if not isinstance(actions, Mapping) or need.action not in actions:
        because = "the tenant's list of rights does not name it"
        return unchecked(name, f"{because}; it is for {need.what_for}")
    command = "plan" if need.by_plan else "apply"
    if actions[need.action]:
        return passed(name, f"Granted; `{command}` needs it for {need.what_for}.")
    hint = f"Allow the user of the API key to {need.right.value} in this project"
    detail = f"Not granted, but `{command}` needs it for {need.what_for}."
    if need.by_plan:
        return failed(name, detail, hint=f"{hint}.")
    return warned(name, detail, hint=f"{hint}, unless this key is only for planning.")


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
