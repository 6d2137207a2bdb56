"""What prevents a plan. Every problem is returned, and none raised.

The rules apply to the desired state only. If a slot that the plan leaves as it is breaks one
already, that is a warning and not an obstacle.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from reconciler.model.api import Api
from reconciler.model.content import SlotContent
from reconciler.model.listed import chained, listed
from reconciler.model.problem import Problem
from reconciler.model.rule import Rule
from reconciler.model.rules.dependencies import (
    DEPENDENCY_CYCLE,
    SELF_DEPENDENCY,
    UNKNOWN_DEPENDENCY,
    UNKNOWN_WATCH,
)
from reconciler.model.rules.names import DUPLICATE_NAME
from reconciler.model.rules.plans import (
    DELETION_IN_USE,
    PROTECTED,
    UNKNOWN_TARGET,
    UNREADABLE_SLOT,
    UNSUPPORTED_CHANGE,
)
from reconciler.model.rules.regexes import REGEX_GLOBAL
from reconciler.model.state import Path
from reconciler.planning import graph
from reconciler.planning.difference import Difference
from reconciler.planning.named import Named
from reconciler.planning.names import desired_use
from reconciler.planning.validate import validate

_LEFT_TO_PLANS = (UNKNOWN_DEPENDENCY.id, UNKNOWN_WATCH.id)
"""The rules that depend on the live slots: validation can only warn, a plan knows."""

_LEFT_TO_VALIDATION = (REGEX_GLOBAL.id,)
"""The rules that a plan only repeats for slots that it changes: breaking one changes nothing."""


def find_problems(
    difference: Difference, *, api: Api, protected: Collection[str], forgiven: Collection[str] = ()
) -> tuple[tuple[Problem, ...], tuple[Problem, ...]]:
    """The errors, which prevent a plan, and the warnings. `protected` slots must not be deleted;
    breaking a `forgiven` rule is only a warning."""
    checks = _Checks(difference, protected=protected)
    offline = [
        problem
        for problem in validate(difference.desired, api=api)
        if problem.rule not in _LEFT_TO_PLANS
        and not (problem.rule in _LEFT_TO_VALIDATION and problem.slot_id in difference.unchanged)
    ]
    # A problem that validation has reported is not reported again.
    reported = {(problem.rule, problem.slot_id) for problem in offline if problem.is_error}
    online = [
        *checks.targets(),
        *checks.unreadable(),
        *checks.references(),
        *checks.deletions(),
        *checks.cycles(),
        *checks.unsupported(api),
    ]
    if any(rule in (DEPENDENCY_CYCLE.id, SELF_DEPENDENCY.id) for rule, _ in reported):
        online = [problem for problem in online if problem.rule != DEPENDENCY_CYCLE.id]
    found = [*offline, *(p for p in online if (p.rule, p.slot_id) not in reported)]
    judged = [p.as_warning() if p.rule in forgiven or checks.is_older(p) else p for p in found]
    errors = tuple(problem for problem in judged if problem.is_error)
    return errors, tuple(problem for problem in judged if not problem.is_error)


class _Checks:
    """Each method yields the problems of one kind."""

    def __init__(self, difference: Difference, *, protected: Collection[str]) -> None:
        self._difference = difference
        self._desired = difference.desired
        self._live = difference.live
        self._protected = protected

    def targets(self) -> Iterator[Problem]:
        known = self._desired.keys() | self._difference.to_delete
        unknown = sorted(set(self._difference.selection.targets) - known)
        named = Named.in_states(self._desired, self._live) if unknown else None
        for slot_id in unknown:
            is_live = slot_id in self._live.ids
            what = "" if is_live else ", and it is not live"
            yield self._problem(
                slot_id,
                UNKNOWN_TARGET,
                f"--target {slot_id}: no slot file declares this slot{what}",
                hint=named.advice(slot_id) if named and not is_live else "",
            )

    def unreadable(self) -> Iterator[Problem]:
        """Managed slots whose live form cannot be compared with their files."""
        for slot_id in sorted(self._difference.unreadable):
            yield self._problem(
                slot_id,
                UNREADABLE_SLOT,
                f"{slot_id} cannot be read: it is live with "
                f"{self._live.unreadable[slot_id].reason}",
                hint="Correct it in the console, or remove its file and leave it unmanaged.",
            )

    def unsupported(self, api: Api) -> Iterator[Problem]:
        """Changes that the tenant's API does not offer."""
        for slot_id in sorted(self._difference.to_write):
            content = self._desired[slot_id].content
            if content is not None:
                yield from self._not_offered(slot_id, content, api=api)

    def _not_offered(self, slot_id: str, content: SlotContent, *, api: Api) -> Iterator[Problem]:
        live = self._live.get(slot_id)
        if live is None:
            if content.type in api.uncreatable_types:
                yield self._problem(
                    slot_id,
                    UNSUPPORTED_CHANGE,
                    f"{slot_id} is not live, and a slot of the type {content.type} cannot be "
                    "created over the API",
                    hint="Create it in the console, then pull it.",
                    path=("type",),
                )
            return
        for field in api.fixed_fields:
            before, after = getattr(live.content, field), getattr(content, field)
            if before != after:
                yield self._problem(
                    slot_id,
                    UNSUPPORTED_CHANGE,
                    f"the {field} of {slot_id} is {before} and cannot be changed to {after}",
                    hint="Delete the slot first, and create it again in a second change.",
                    path=(field,),
                )

    def references(self) -> Iterator[Problem]:
        """Dependencies and watched slots that are neither in a file nor live."""
        known = self._difference.present | self._live.ids
        for slot_id in sorted(self._difference.present):
            slot = self._desired[slot_id]
            dependencies = slot.content.dependencies if slot.content else ()
            for index, other in enumerate(dependencies):
                if other not in known:
                    yield self._problem(
                        slot_id,
                        UNKNOWN_DEPENDENCY,
                        f"{slot_id} depends on {other}, which is neither in a file nor live",
                        hint="Correct the id, or write a file for that slot.",
                        path=("dependencies", index),
                    )
            for index, other in enumerate(slot.gate.watch):
                if other not in known:
                    yield self._problem(
                        slot_id,
                        UNKNOWN_WATCH,
                        f"{slot_id} watches {other}, which is neither in a file nor live",
                        hint="Correct the id, or remove it: a missing slot cannot be watched.",
                        path=("gate", "watch", index),
                    )

    def deletions(self) -> Iterator[Problem]:
        users_of = self._users_of_deleted()
        for slot_id in sorted(self._difference.to_delete):
            in_a_file = slot_id in self._desired and self._desired[slot_id].protect
            if in_a_file or slot_id in self._protected:
                yield self._problem(
                    slot_id,
                    PROTECTED,
                    f"{slot_id} is protected, and this plan would delete it",
                    hint="Restore its file, or lift its protection first.",
                )
            users = sorted(users_of[slot_id])
            if users:
                narrowed = self._difference.selection.targets
                yield self._problem(
                    slot_id,
                    DELETION_IN_USE,
                    f"{slot_id} cannot be deleted: {listed(users)} still "
                    f"depend{'s' if len(users) == 1 else ''} on it",
                    hint="Remove that dependency first, or delete what depends on it too"
                    + (" (with --target, name them as well)." if narrowed else "."),
                )

    def _users_of_deleted(self) -> dict[str, set[str]]:
        """The slots that stay and depend on each of them, now or after the plan."""
        deleted = self._difference.to_delete
        users: dict[str, set[str]] = {slot_id: set() for slot_id in deleted}
        for user in (self._live.ids | self._difference.present) - deleted:
            for used in deleted.intersection(self._difference.used_afterwards(user)):
                users[used].add(user)
        return users

    def cycles(self) -> Iterator[Problem]:
        """Cycles in the desired dependencies and among the deletions: neither can be ordered."""
        deleted = {
            slot_id: self._difference.used_live(slot_id) for slot_id in self._difference.to_delete
        }
        for edges in (self._difference.edges, deleted):
            cycle = graph.find_cycle(edges)
            if cycle is None:
                continue
            cycle = self._from_a_file(cycle)
            slot = self._desired.get(cycle[0])
            dependencies = slot.content.dependencies if slot and slot.content else ()
            path: Path = ()
            if cycle[1] in dependencies:
                path = ("dependencies", dependencies.index(cycle[1]))
            yield self._problem(
                cycle[0],
                DEPENDENCY_CYCLE,
                f"dependencies form a cycle: {chained(cycle)}",
                hint="Remove one of these dependencies; those of unmanaged slots are not in a "
                "file, only in the tenant.",
                path=path,
            )

    def _from_a_file(self, cycle: list[str]) -> list[str]:
        """The same cycle, starting at a slot that a file describes, if there is one in it."""
        present = self._difference.present
        start = next((i for i, slot_id in enumerate(cycle) if slot_id in present), 0)
        ring = [*cycle[start:-1], *cycle[:start]]
        return [*ring, ring[0]]

    def is_older(self, problem: Problem) -> bool:
        """Whether slots that this plan leaves as they are break the rule already."""
        unchanged = self._difference.unchanged
        if problem.slot_id not in unchanged or problem.rule == DEPENDENCY_CYCLE.id:
            return False
        if problem.rule != DUPLICATE_NAME.id:
            return True
        use = desired_use(problem.slot_id, self._difference)
        changed = self._difference.present - unchanged
        return all(desired_use(each, self._difference) != use for each in changed)

    def _problem(
        self, slot_id: str, rule: Rule, message: str, *, hint: str = "", path: Path = ()
    ) -> Problem:
        return rule.problem_in_plan(
            self._desired.where(slot_id, *path), message=message, slot_id=slot_id, hint=hint
        )
