"""The settings of this dialect: who may do what, how long things take, and what goes wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal, get_args, get_origin, get_type_hints

ALWAYS = 10**9
"""For a setting that counts how often something goes wrong: every time."""

_READ, _ALL = frozenset({"read"}), frozenset({"create", "read", "update", "delete"})
RESOURCES = (
    "endpoints",
    "flows",
    "intents",
    "lexicons",
    "locales",
    "members",
    "playbooks",
    "snapshots",
    "tasks",
)
_BASIC = {name: _READ for name in RESOURCES if name != "members"}
ROLES: Mapping[str, Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "basic": _BASIC,
        "flowEditor": {"flows": _ALL, "intents": frozenset({"read", "update"}), "tasks": _ALL},
        "playbook_editor": {"playbooks": _ALL},
        "snapshot_admin": {"snapshots": _ALL},
        "projectAdmin": dict.fromkeys(RESOURCES, _ALL),
    }
)
"""What each role may do with which resources. Which right governs slot fillers is not documented;
here it is that of flows, and a run of a playbook needs the right to update playbooks."""


@dataclass(frozen=True, kw_only=True)
class SandboxUser:
    """One user, and the key that acts with this user's rights."""

    name: str
    email: str
    api_key: str = field(repr=False)
    roles: tuple[str, ...] = ("basic",)  # in every project
    organisation_roles: tuple[str, ...] = ()

    @property
    def rights(self) -> dict[str, frozenset[str]]:
        """The actions that are allowed, by resource."""
        return {
            resource: frozenset().union(*(ROLES[role].get(resource, ()) for role in self.roles))
            for resource in RESOURCES
        }


EDITOR = SandboxUser(
    name="Reconciler",
    email="reconciler@sandbox.example",
    api_key="sandbox-key",
    roles=("basic", "flowEditor", "playbook_editor", "snapshot_admin"),
)
READER = SandboxUser(
    name="Reconciler (reading)", email="reader@sandbox.example", api_key="sandbox-reader-key"
)
ADMIN = SandboxUser(
    name="Alex Admin",
    email="alex@sandbox.example",
    api_key="sandbox-admin-key",
    roles=("projectAdmin",),
    organisation_roles=("admin",),
)
COLLEAGUE = SandboxUser(
    name="Casey Console",
    email="casey@sandbox.example",
    api_key="sandbox-colleague-key",
    roles=("basic", "flowEditor"),
)
"""Whoever edits in the console; built the bot."""


@dataclass(frozen=True, kw_only=True)
class SandboxSettings:
    """The sandbox's behaviour. All durations are seconds of the injected clock.

    A number of times counts from the start, or from the last `SandboxTenant.configure` that named
    the setting. Raises `ValueError` for a combination that no tenant could have.
    """

    users: tuple[SandboxUser, ...] = (EDITOR, READER, ADMIN, COLLEAGUE)
    version: str = "2026.9.2"

    # 1,000 requests in 5 minutes is the documented limit of shared installations.
    requests: int = 1000
    window_seconds: float = 300.0
    retry_after: bool = True

    # How long tasks wait, and how long they then take.
    queue_seconds: float = 0.5
    training_seconds: float = 2.0
    playbook_seconds: float = 1.0
    snapshot_seconds: float = 1.0
    # How long after its creation a task, after the task's end its `playbookRunId`, and after the
    # task's end the run itself can first be read.
    late_task_seconds: float = 0.0
    late_run_id_seconds: float = 0.0
    late_run_seconds: float = 1.0

    # Answers that the description leaves open.
    created_status: Literal[200, 201] = 201
    patch_status: Literal[200, 204] = 204
    delete_status: Literal[200, 204] = 204
    cursor_names: Literal["nextCursor", "next"] = "nextCursor"
    unknown_fields_refused: bool = True
    # A PATCH must name `type`, and with it `regex` or `slot`.
    strict_patch: bool = False
    duplicate_names: bool = False
    fills_defaults: bool = False  # fields that were never sent are "" and false in an answer
    # What an empty string does to an optional text.
    empty_text: Literal["kept", "unset", "ignored"] = "kept"
    # What a flow's `isTrainingOutOfDate` says; `honest` compares it with what was trained.
    out_of_date_flag: Literal["honest", "always", "never"] = "honest"
    second_training_refused: bool = False  # 409 while the flow is being trained
    get_body_tolerated: bool = False  # otherwise a GET with a body is answered 403
    members_forbidden: bool = False
    max_snapshots: int = 10  # of a project
    endpoint_serves: Literal["project", "snapshot"] = "project"
    openapi_served: bool = True
    openapi_lacks: frozenset[str] = frozenset()  # fields and paths that it does not mention

    # Listings that go wrong.
    page_cap: int | None = None  # the most items in a page, whatever `limit` asks for
    totals: bool = True  # listings have `total`
    total_surplus: int = 0  # by how much `total` is too high

    # How often something goes wrong.
    failed_trainings: int = 0
    fail_reason: str = "The NLU could not train the intents."
    # A training fails, too, if a trained regex contains this.
    untrainable: str = ""
    cancelled_trainings: int = 0
    failed_snapshots: int = 0  # their tasks end with an error
    cancelled_runs: int = 0
    flaky_runs: int = 0  # their first assert fails for no reason
    timed_out_runs: int = 0  # their first step times out
    lost_answers: int = 0  # to a POST of a slot filler: it is stored, and the connection is cut
    edits_before_patch: int = 0  # a colleague edits a slot filler just before a PATCH of it
    edited_fields: Mapping[str, object] = field(
        default_factory=lambda: MappingProxyType({"resultLocation": "result"})
    )

    def __post_init__(self) -> None:
        """Refuse values with which the sandbox would not behave like any tenant."""
        if self.requests < 1 or self.window_seconds <= 0:
            raise ValueError("requests must be at least 1, and window_seconds > 0")
        if self.page_cap is not None and self.page_cap < 1:
            raise ValueError(f"page_cap must be at least 1, not {self.page_cap}")
        for name, choices in _CHOICES.items():
            if getattr(self, name) not in choices:
                known = ", ".join(map(str, choices))
                raise ValueError(f"{name} must be one of {known}, not {getattr(self, name)}")
        for name, value in vars(self).items():
            if isinstance(value, (int, float)) and value < 0:
                raise ValueError(f"{name} must be >= 0, not {value}")
        keys = [user.api_key for user in self.users]
        if not keys or len(set(keys)) != len(keys):
            raise ValueError("there must be users, each with an API key of its own")


_CHOICES: Mapping[str, tuple[object, ...]] = {
    name: get_args(annotation)
    for name, annotation in get_type_hints(SandboxSettings).items()
    if get_origin(annotation) is Literal
}
"""The values of each setting that has only a few."""
