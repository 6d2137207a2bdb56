"""Joins adapters to planning and engine: what each command needs, ready to use."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from reconciler import __version__
from reconciler.adapters.cognigy import Access, Credentials, connect
from reconciler.adapters.ledger import read_lines, require_usable
from reconciler.adapters.manifests import Manifests, read_manifests
from reconciler.adapters.webhook import SilentNotifier, Webhook
from reconciler.engine import health
from reconciler.engine.rules import Rules
from reconciler.environment import Environment
from reconciler.errors import (
    ConfigurationError,
    LedgerError,
    MalformedResponseError,
    ManifestError,
    NothingListedError,
)
from reconciler.model.change import Action, Cause, Change
from reconciler.model.gate import SlotGate, Verdict
from reconciler.model.ledger import Applied, Event, History, OpenChange
from reconciler.model.listed import listed
from reconciler.model.plan import Plan, Scope, Target
from reconciler.model.problem import Problem
from reconciler.model.settings import Settings
from reconciler.model.slot import CanonicalSlot
from reconciler.model.state import DesiredState, LiveState
from reconciler.planning import unsettled
from reconciler.planning.causes import causes
from reconciler.planning.gates import slot_gates
from reconciler.planning.history import (
    damage_in_unfinished_runs,
    open_elsewhere,
    replay_all,
)
from reconciler.planning.limits import exceeded, require_listed
from reconciler.planning.planner import make_plan
from reconciler.planning.rejections import with_rejections
from reconciler.planning.validate import validate
from reconciler.ports import Clock, Notifier, Observer, Tenant
from reconciler.reports.words import duration

MOST_MEASUREMENTS = 4
"""What a plan may ask for beside the listing are five requests, and one looks beyond its end."""

TOOL_MAJOR = __version__.split(".")[0]


@dataclass(frozen=True)
class Project:
    """A desired state that can be planned from: its files have been read without error."""

    desired: DesiredState
    settings: Settings

    def claims(self, slot_id: str) -> bool:
        """Whether the slot is this project's: declared by a file, whatever its state, or owned."""
        return slot_id in self.desired or self.settings.claims(slot_id)

    @cached_property
    def gates(self) -> dict[str, SlotGate]:
        """The gate of every desired slot."""
        return slot_gates(self.desired, self.settings)


def read_project(slots: Path) -> Project:
    """Raises ManifestError with every problem of the files themselves, and where there is no
    slot: its folder may be the wrong one."""
    manifests = read_manifests(slots)
    errors = [problem for problem in manifests.problems if problem.is_error]
    if errors:
        raise ManifestError(
            f"{slots} cannot be used as it is.",
            problems=errors,
            hint="`reconciler validate` lists these and more.",
        )
    if not manifests.desired:
        raise ManifestError(
            f"{slots} holds no slots yet.",
            hint="`reconciler pull` writes those of a live bot. Files whose name begins with _, "
            "such as the examples of `reconciler init`, are left out.",
        )
    return Project(desired=manifests.desired, settings=manifests.settings)


def find_problems(slots: Path) -> tuple[Manifests, tuple[Problem, ...]]:
    """Everything that can be known offline, in the order of files and lines."""
    manifests = read_manifests(slots)
    problems = (*manifests.problems, *validate(manifests.drafts))
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


def require_usable_ledger(environment: Environment) -> None:
    """Raises LedgerError, before anything else is looked at."""
    require_usable(environment.ledger)


def read_history(environment: Environment, *, target: Target, observer: Observer) -> History:
    """What the ledger knows of this target. Raises LedgerError where it cannot be opened."""
    lines = read_lines(environment.ledger)
    return history_of(lines, target=target, observer=observer)


def history_of(lines: Sequence[Event | None], *, target: Target, observer: Observer) -> History:
    """What the lines say of this target, with a warning about what cannot be read, and about what
    was left open elsewhere."""
    damage = damage_in(lines)
    if damage is not None:
        observer.warned(damage)
    histories = replay_all(lines)
    for other, changes in open_elsewhere(histories, target=target).items():
        observer.warned(
            f"A run against {other.origin}, bot {other.bot_id or '(none)'} left open its change of "
            f"{listed(each.slot_id for each in changes)}; an apply against that settles it."
        )
    return histories.get(target, History())


def damage_in(lines: Sequence[Event | None]) -> str | None:
    """A warning that names the lines that cannot be read; None where all can."""
    damaged = [str(number) for number, line in enumerate(lines, start=1) if line is None]
    if not damaged:
        return None
    return (
        f"The ledger's line{'s' if len(damaged) > 1 else ''} {listed(damaged)} cannot be "
        "read; what stood there is not taken into account."
    )


def require_whole_runs(lines: Sequence[Event | None]) -> None:
    """Raises LedgerError where a line is lost that may say what became of a change in hand."""
    damaged = damage_in_unfinished_runs(lines)
    if damaged:
        raise LedgerError(
            f"The ledger's line {damaged[0]} cannot be read, and stands in a run that never ended.",
            hint="Restore the ledger from a copy. To go on without its history, move it away and "
            "check the bot by `reconciler drift --metrics`.",
        )


def plan(project: Project, connection: Connection, *, scope: Scope, history: History) -> Plan:
    """Read the live slots, and plan. Raises PlanningError, Refusal and TenantError."""
    live = connection.tenant.list_slots()
    require_listed(project.desired, live, history=history, scope=scope)
    return _planned(project, connection, live, scope=scope, history=history)


def compare(project: Project, connection: Connection, *, history: History) -> Plan:
    """The same for a reader who will change nothing: that no slot of ours is listed is a warning
    then, for it may be so, and is the gravest drift. Raises PlanningError and TenantError."""
    live = connection.tenant.list_slots()
    made = _planned(project, connection, live, scope=Scope(), history=history)
    try:
        require_listed(project.desired, live, history=history, scope=Scope())
    except NothingListedError as error:
        return made.model_copy(update={"warnings": (error.message, error.hint, *made.warnings)})
    return made


def _planned(
    project: Project, connection: Connection, live: LiveState, *, scope: Scope, history: History
) -> Plan:
    made = make_plan(
        project.desired,
        live,
        settings=project.settings,
        target=connection.target,
        tool_version=__version__,
        scope=scope,
        protected=history.protected,
    )
    made = with_rejections(made, desired=project.desired, live=live, history=history)
    notes = [f"Over a limit: {reason}" for reason in exceeded(made, project.settings.limits)]
    notes.extend(unsettled.to_settle(history, project.claims))
    notes.extend(
        unsettled.left_to_a_person(
            history,
            project.claims,
            found=lambda each: _found_live(each, live, tenant=connection.tenant),
        )
    )
    return made.model_copy(update={"warnings": (*made.warnings, *notes)})


def _found_live(left_open: OpenChange, live: LiveState, *, tenant: Tenant) -> str:
    slot, raw = live.get(left_open.slot_id), left_open.before
    try:
        before = tenant.revive(raw).canonical if raw is not None else None
    except MalformedResponseError as error:
        return f"of which the ledger does not say what was there before ({error.message})"
    return unsettled.found_live(
        before=before,
        after=left_open.live.canonical() if left_open.live else None,
        live=slot.canonical if slot else None,
    )


def drift_causes(made: Plan, connection: Connection, *, history: History) -> dict[str, Cause]:
    """Why the slots differ, as far as the ledger knows what we left of them."""
    left = {}
    for slot_id in made.slot_ids & history.applied.keys():
        with suppress(
            MalformedResponseError
        ):  # a former slot that this API never sent says nothing
            left[slot_id] = _forms(history.applied[slot_id], connection.tenant)
    return causes(made, left=left)


def _forms(applied: Applied, tenant: Tenant) -> tuple[CanonicalSlot | None, ...]:
    if not applied.is_there:
        return (None,)
    content = applied.content.canonical() if applied.content else None
    former = tenant.revive(applied.former).canonical if applied.former is not None else None
    return tuple(form for form in (content, former) if form is not None)


def with_forecast(made: Plan, project: Project, connection: Connection) -> Plan:
    """The plan with a warning about gates that will have to wait, and for how long.

    Of many updates it measures a sample of MOST_MEASUREMENTS, always the same ones.
    """
    rules = rules_for(project, connection.target, history=History(), judged=True)
    gated = [change for change in made.due if rules.gate_of(change) is not None]
    if not gated:
        return made
    if connection.target.bot_id is None:
        note = "COGNIGY_BOT_ID is not set: without it only `apply --no-gate` can make this plan."
        return made.model_copy(update={"warnings": (*made.warnings, note)})
    gates = rules.gates
    live = [change.slot_id for change in gated if change.action is Action.UPDATE]
    sample = _spread(live, most=MOST_MEASUREMENTS)
    silent, reason = health.without_metrics(sample, gates=gates, tenant=connection.tenant)
    notes = [f"Metrics could not be read: {reason}"] if reason else []
    unmeasured = [
        change for change in gated if change.action is Action.CREATE or change.slot_id in silent
    ]
    if unmeasured:
        names = listed(sorted(change.slot_id for change in unmeasured))
        seconds = _waiting_seconds(unmeasured, gates=gates, batch=rules.rollout.batch)
        is_sample = len(sample) < len(live)
        notes.append(
            f"No metrics yet for {names}: if that stays so after the change, the gate waits until "
            f"its timeout, {'at least ' if is_sample or reason else ''}{duration(seconds)} in all, "
            "and is inconclusive."
            + (_sample_note(live, sample, silent) if is_sample and not reason else "")
        )
    return made.model_copy(update={"warnings": (*made.warnings, *notes)})


def _spread(slot_ids: Sequence[str], *, most: int) -> list[str]:
    """Some of these, at even distances."""
    count = min(most, len(slot_ids))
    return [slot_ids[number * len(slot_ids) // count] for number in range(count)]


def _sample_note(live: Sequence[str], sample: Sequence[str], silent: Sequence[str]) -> str:
    return (
        f" Of {len(live)} gated updates, {len(sample)} were measured, and {len(silent)} of these "
        "had no metrics."
    )


def _waiting_seconds(
    changes: Iterable[Change], *, gates: Mapping[str, SlotGate], batch: str
) -> float:
    """How long the gates of these changes wait for metrics that never come: one after the other,
    or those of a wave together."""
    waits: dict[object, float] = {}
    for change in changes:
        policy = gates[change.slot_id].policy
        together = change.wave if batch == "wave" else change.slot_id
        wait = policy.settle_seconds + policy.timeout_seconds
        waits[together] = max(wait, waits.get(together, 0.0))
    return sum(waits.values())


def check_health(
    project: Project, connection: Connection, made: Plan, *, clock: Clock
) -> dict[str, Verdict]:
    """The verdict on every managed slot that is live and has a gate, by the plan just made.

    Raises ConfigurationError without a bot.
    """
    if connection.target.bot_id is None:
        raise ConfigurationError(
            "COGNIGY_BOT_ID is missing, and metrics are a bot's.", hint="Set it."
        )
    missing = {change.slot_id for change in made.changes if change.action is Action.CREATE}
    gates = project.gates
    judged = [
        slot.slot_id
        for slot in project.desired.values()
        if not slot.is_absent and slot.slot_id not in missing and gates[slot.slot_id].policy.enabled
    ]
    return health.check_health(
        judged, gates=gates, tenant=connection.tenant, clock=clock, observer=Observer()
    )


def new_run_id(clock: Clock) -> str:
    """Sortable by time, and unlike any other."""
    return f"{clock.now():%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"


def rules_for(project: Project, target: Target, *, history: History, judged: bool) -> Rules:
    """By what a run judges and acts."""
    protected = {slot.slot_id for slot in project.desired.values() if slot.protect}
    return Rules(
        target=target,
        gates=project.gates,
        policy=project.settings.gate,
        rollout=project.settings.rollout,
        max_attempts=project.settings.limits.max_attempts,
        judged=judged,
        protected=frozenset(protected),
        unprotected=frozenset((history.protected & project.desired.keys()) - protected),
    )


def require_bot(rules: Rules, made: Plan) -> None:
    """Raises ConfigurationError where a gate is wanted and no bot is named: it fails closed."""
    gated = any(rules.gate_of(change) is not None for change in made.due)
    if gated and rules.target.bot_id is None:
        raise ConfigurationError(
            "COGNIGY_BOT_ID is missing, so no gate can judge these changes.",
            hint="Set it. In an emergency: --no-gate --reason TEXT",
        )


def notifier_for(environment: Environment, *, clock: Clock) -> Notifier:
    """The webhook, or silence. Raises ConfigurationError."""
    configured = environment.webhook()
    if configured is None:
        return SilentNotifier()
    return Webhook(configured.url, secret=configured.secret, proxy=configured.proxy, clock=clock)
