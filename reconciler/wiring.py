"""Joins adapters to planning and engine: what each command needs, ready to use."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from reconciler import __version__
from reconciler.adapters.cognigy import Access, Credentials, connect
from reconciler.adapters.ledger import read_events
from reconciler.adapters.manifests import Manifests, read_manifests
from reconciler.adapters.webhook import SilentNotifier, Webhook
from reconciler.engine import health
from reconciler.engine.change import Rules
from reconciler.environment import Environment
from reconciler.errors import ConfigurationError, LedgerError, ManifestError
from reconciler.model.change import Action
from reconciler.model.gate import SlotGate, Verdict
from reconciler.model.ledger import History
from reconciler.model.plan import Plan, Scope, Target
from reconciler.model.problem import Problem
from reconciler.model.settings import Settings
from reconciler.model.state import DesiredState
from reconciler.planning.gates import slot_gates
from reconciler.planning.history import replay, standing_rejections
from reconciler.planning.limits import exceeded
from reconciler.planning.planner import make_plan
from reconciler.planning.validate import validate
from reconciler.ports import Clock, Notifier, Observer, Tenant

TOOL_MAJOR = __version__.split(".")[0]


@dataclass(frozen=True)
class Project:
    """A desired state that can be planned from: its files have been read without error."""

    desired: DesiredState
    settings: Settings

    @property
    def gates(self) -> dict[str, SlotGate]:
        """The gate of every desired slot."""
        return slot_gates(self.desired, self.settings)


def read_project(slots: Path) -> Project:
    """Raises ManifestError with every problem of the files themselves."""
    manifests = read_manifests(slots)
    errors = [problem for problem in manifests.problems if problem.is_error]
    if errors:
        raise ManifestError(
            f"{slots} cannot be used as it is.",
            problems=errors,
            hint="`reconciler validate` lists these and more.",
        )
    return Project(desired=manifests.desired, settings=manifests.settings)


def find_problems(slots: Path) -> tuple[Manifests, tuple[Problem, ...]]:
    """Everything that can be known offline, in the order of files and lines."""
    manifests = read_manifests(slots)
    problems = (*manifests.problems, *validate(manifests.desired))
    unique = dict.fromkeys(problems)
    ordered = sorted(unique, key=lambda p: (p.source.file, p.source.line, p.source.column))
    return manifests, tuple(ordered)


@dataclass(frozen=True)
class Connection:
    """A tenant, and the target that it and the bot are."""

    tenant: Tenant
    target: Target


@contextmanager
def connected(
    environment: Environment, *, settings: Settings, access: Access, clock: Clock
) -> Iterator[Connection]:
    """Raises ConfigurationError; sends nothing yet."""
    where = environment.tenant_access()
    with connect(
        Credentials(
            origin=where.origin,
            client_id=where.client_id,
            client_secret=where.client_secret,
            proxy=where.proxy,
        ),
        bot_id=where.bot_id,
        access=access,
        limits=settings.limits,
        clock=clock,
        user_agent=f"slot-reconciler/{__version__}",
    ) as tenant:
        yield Connection(tenant=tenant, target=Target(origin=where.origin, bot_id=where.bot_id))


def read_history(path: Path, *, observer: Observer) -> History:
    """What the ledger knows; nothing, with a warning, where it cannot be read."""
    try:
        return replay(read_events(path))
    except LedgerError as error:
        observer.warned(f"{error.message} What it knows of earlier runs is not taken into account.")
        return History()


def plan(project: Project, connection: Connection, *, scope: Scope, history: History) -> Plan:
    """Read the live slots, and plan. Raises PlanningError, Refusal and TenantError."""
    made = make_plan(
        project.desired,
        connection.tenant.list_slots(),
        settings=project.settings,
        target=connection.target,
        tool_version=__version__,
        scope=scope,
        protected=history.protected,
    )
    notes = [f"Over a limit: {reason}" for reason in exceeded(made, project.settings.limits)]
    notes.extend(
        f"{slot_id} was rejected by the gate in run {rejection.run_id} ({rejection.reason}); "
        "apply skips it until it changes, or --retry-failed is given."
        for slot_id, rejection in sorted(standing_rejections(made, history).items())
    )
    return made.model_copy(update={"warnings": (*made.warnings, *notes)})


def with_forecast(made: Plan, project: Project, connection: Connection) -> Plan:
    """The plan with a warning about gates that will have to wait, and for how long."""
    gates = project.gates
    gated = [
        change
        for change in made.changes
        if change.action is not Action.DELETE
        and change.trigger_retrain
        and gates[change.slot_id].policy.enabled
    ]
    if not gated:
        return made
    if connection.target.bot_id is None:
        note = "COGNIGY_BOT_ID is not set: without it only `apply --no-gate` can make this plan."
        return made.model_copy(update={"warnings": (*made.warnings, note)})
    live = [change.slot_id for change in gated if change.action is Action.UPDATE]
    unmeasured = (
        *(change.slot_id for change in gated if change.action is Action.CREATE),
        *health.without_metrics(live, gates=gates, tenant=connection.tenant),
    )
    if not unmeasured:
        return made
    seconds = sum(
        gates[slot_id].policy.settle_seconds + gates[slot_id].policy.timeout_seconds
        for slot_id in unmeasured
    )
    note = (
        f"No metrics yet for {', '.join(sorted(unmeasured))}: if that stays so after the change, "
        f"the gate waits until its timeout, {seconds:.0f} s in all, and is inconclusive."
    )
    return made.model_copy(update={"warnings": (*made.warnings, note)})


def check_health(
    project: Project, connection: Connection, *, clock: Clock, observer: Observer
) -> dict[str, Verdict]:
    """The verdict on every managed slot that is live. Raises ConfigurationError without a bot."""
    if connection.target.bot_id is None:
        raise ConfigurationError(
            "COGNIGY_BOT_ID is missing, and metrics are a bot's.", hint="Set it."
        )
    live = connection.tenant.list_slots()
    present = [
        slot.slot_id
        for slot in project.desired.values()
        if not slot.is_absent and slot.slot_id in live
    ]
    return health.check_health(
        present, gates=project.gates, tenant=connection.tenant, clock=clock, observer=observer
    )


def new_run_id(clock: Clock) -> str:
    """Sortable by time, and unlike any other."""
    return f"{clock.now():%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"


def rules_for(project: Project, target: Target, plan_made: Plan, *, judged: bool) -> Rules:
    """Raises ConfigurationError where a gate is wanted and no bot is named: it fails closed."""
    rules = Rules(
        target=target,
        gates=project.gates,
        rollout=project.settings.rollout,
        max_attempts=project.settings.limits.max_attempts,
        judged=judged,
        protected=frozenset(slot.slot_id for slot in project.desired.values() if slot.protect),
    )
    if target.bot_id is None and any(rules.gate_of(change) for change in plan_made.changes):
        raise ConfigurationError(
            "COGNIGY_BOT_ID is missing, so no gate can judge these changes.",
            hint="Set it. In an emergency: --no-gate --reason TEXT",
        )
    return rules


def notifier_for(environment: Environment, *, clock: Clock) -> Notifier:
    """The webhook, or silence. Raises ConfigurationError."""
    configured = environment.webhook()
    if configured is None:
        return SilentNotifier()
    url, secret = configured
    return Webhook(url, secret=secret, clock=clock)
