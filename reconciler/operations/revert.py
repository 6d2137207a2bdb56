"""Undo a run in the slot files: the way back, for a pull request like any other."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from reconciler.adapters.manifests import Manifests, files, read_manifests
from reconciler.adapters.manifests.editing import NotEditableError
from reconciler.adapters.manifests.restoring import Restorer
from reconciler.adapters.manifests.writer import NOT_EDITABLE
from reconciler.errors import (
    ConfigurationError,
    Refusal,
    RevertRefusedError,
)
from reconciler.model.change import Action
from reconciler.model.chronicle import Chronicle, PastChange, PastRun
from reconciler.model.listed import MOST, listed
from reconciler.model.problem import NOWHERE, Source
from reconciler.model.project import Project
from reconciler.model.reversal import NotReverted, Obstacle, Reversal, RevertReport
from reconciler.model.state import DesiredState
from reconciler.model.written import WriteResult, Written
from reconciler.operations import audit
from reconciler.operations.former_slot import former_slot
from reconciler.operations.project import project_of
from reconciler.operations.report import report as report_of
from reconciler.operations.validate import problems_in
from reconciler.planning.environments import in_environment
from reconciler.planning.history import replay_all
from reconciler.planning.reverting import (
    broken_rule,
    chosen,
    contradicted_examples,
    never_shared,
    new_errors,
    obstacle,
    other_edits,
    why_nothing_stands,
)
from reconciler.ports import LedgerStore


@dataclass(frozen=True)
class RevertRequest:
    """Which run to undo in the files in `slots`, and for which of its slots, by id or name; for all
    of them if none is named. `environment` is the one that the run must have been in, None for
    any."""

    slots: Path
    run_id: str
    slot_ids: tuple[str, ...] = ()
    environment: str | None = None


@dataclass(frozen=True)
class PreparedRevert:
    """A revert that is not written yet: the new contents of the files, and what to report then."""

    edited: Mapping[Path, bytes]
    report: RevertReport


def revert(request: RevertRequest, ledger: LedgerStore) -> RevertReport:
    """Write the content that slots had before a run back into their files, in place: everything, or
    nothing. Needs no tenant. Raises what `prepare` raises."""
    prepared = prepare(request, ledger)
    files.write_all(prepared.edited)
    return prepared.report


def prepare(request: RevertRequest, ledger: LedgerStore) -> PreparedRevert:
    """The same, without writing.

    Raises LedgerError, also for an unknown run or slot, ManifestError, ConfigurationError for an
    unknown environment, and RevertRefusedError if something has changed since.
    """
    told = report_of(ledger)
    replay_all(told.entries)  # the chronicles leave out changes that cannot be understood
    for chronicle in told.chronicles.values():
        run = chronicle.run(request.run_id)
        if run is not None:
            _require_in(request.environment, run)
            reverting = _Reverting(request, run, chronicle, others=told.chronicles.values())
            prepared = reverting.prepared()
            report = dataclasses.replace(prepared.report, damage=told.damage)
            return dataclasses.replace(prepared, report=report)
    raise audit.unknown_run(request.run_id, told.entries, ledger=ledger)


def _require_in(environment: str | None, run: PastRun) -> None:
    if environment is not None and run.environment != environment:
        where = f"in {run.environment}" if run.environment else "without an environment"
        raise ConfigurationError(
            f"Run {run.run_id} was {where}, not in {environment}.",
            hint="Leave out --env and RECONCILER_ENV, or name the run's own environment.",
        )


class _Reverting:
    """One revert: from what the ledger tells, by way of every obstacle, to the files."""

    def __init__(
        self,
        request: RevertRequest,
        run: PastRun,
        chronicle: Chronicle,
        *,
        others: Iterable[Chronicle],
    ) -> None:
        self._folder = request.slots
        self._run = run
        self._chronicle = chronicle
        self._chronicles = tuple(others)
        self._chosen = chosen(chronicle, request.run_id, slots=request.slot_ids)
        self._obstacles: dict[str, Obstacle] = {}

    def prepared(self) -> PreparedRevert:
        nothing = [
            NotReverted(slot_id=past.change.slot_id, reason=why)
            for past in self._chosen
            if (why := why_nothing_stands(past))
        ]
        standing = [past for past in self._chosen if not why_nothing_stands(past)]
        result = RevertReport(
            run_id=self._run.run_id,
            environment=self._run.environment,
            commit=self._run.commit,
            not_reverted=tuple(nothing),
        )
        if not standing:
            return PreparedRevert({}, result)
        files.require_within_the_tree(self._folder, option="--slots")
        manifests = read_manifests(self._folder)
        manifests.require_no_errors(self._folder, hint="Correct this first.")
        project = self._project(manifests)
        reversals = list(self._reversals(standing, project))
        restorer = Restorer(self._folder, existing=manifests, environment=self._run.environment)
        also = {name for each in reversals for name in self._shared(each, restorer)}
        written = [self._written(each, restorer, project) for each in reversals]
        self._require_free(reversals)
        dropped = self._require_sound(reversals, manifests, restorer)
        self._require_free(reversals)
        report = dataclasses.replace(
            result,
            written=tuple(_noted(each, dropped.get(each.slot_id or "", ())) for each in written),
            also=tuple(name for name in project.environments if name in also),
        )
        edited = {path.resolve(): data for path, data in restorer.edited.items()}
        return PreparedRevert(edited, report)

    def _project(self, manifests: Manifests) -> Project:
        """The project in the environment of the run. Raises ConfigurationError, and Refusal if it
        has environments and the run does not say which."""
        project = project_of(manifests)
        if self._run.environment is not None:
            return in_environment(project, self._run.environment)
        if project.environments:
            raise Refusal(
                f"Run {self._run.run_id} names no environment, but reconciler.yaml declares some, "
                "so it cannot be told whose content it changed.",
                hint="Edit the files by hand: `reconciler audit show` shows what was there before.",
            )
        return project

    def _reversals(self, standing: Iterable[PastChange], project: Project) -> Iterator[Reversal]:
        """The changes to undo, those in whose way something stands included."""
        for past in standing:
            slot_id = past.change.slot_id
            former = former_slot(past, project)
            reversal = Reversal(past=past, former=former, desired=project.desired.get(slot_id))
            if former is None and past.change.action is not Action.CREATE:
                reason = "the ledger does not say what was there before, as a slot of this project"
                self._obstacles[slot_id] = Obstacle(slot_id=slot_id, reason=reason)
            elif not reversal.is_done:
                self._meet(obstacle(reversal, chronicle=self._chronicle, desired=project.desired))
            yield reversal

    def _meet(self, found: Obstacle | None) -> None:
        if found is not None:
            self._obstacles.setdefault(found.slot_id, found)

    def _shared(self, reversal: Reversal, restorer: Restorer) -> Collection[str]:
        """The other environments in which the former values would hold too."""
        slot_id, former = reversal.slot_id, reversal.former
        if former is None or reversal.is_done or slot_id in self._obstacles:
            return ()
        shared = restorer.shared(slot_id, former)
        self._meet(never_shared(slot_id, former, shared=shared, chronicles=self._chronicles))
        return {name for names in shared.values() for name in names}

    def _written(self, reversal: Reversal, restorer: Restorer, project: Project) -> Written:
        """The result for the slot's file, whose text is edited but not written."""
        slot_id = reversal.slot_id
        path = project.desired.where(slot_id).file
        if reversal.is_done or slot_id in self._obstacles:
            return Written(WriteResult.UNCHANGED, path or None, slot_id)
        written = restorer.restore(slot_id, reversal.former)
        if not written.result.is_done:
            source = Source(file=written.path) if written.path else NOWHERE
            self._meet(Obstacle(slot_id=slot_id, reason=written.reason, source=source))
        return written

    def _require_sound(
        self, reversals: Sequence[Reversal], before: Manifests, restorer: Restorer
    ) -> Mapping[str, Sequence[str]]:
        """Read the edited files like any others: they have to say what was there before, and
        nothing else may have changed.

        Examples that contradict what was there before are taken out, and returned by slot id.
        """
        problems, after = problems_in(before), self._read(restorer)
        errors = new_errors(problems, problems_in(after))
        examples = contradicted_examples(errors, due={each.slot_id for each in reversals})
        dropped: Mapping[str, Sequence[str]] = {}
        if examples:
            with suppress(NotEditableError):  # then they are obstacles
                dropped = restorer.drop_examples(examples)
            after = self._read(restorer)
            errors = new_errors(problems, problems_in(after))
        for error in errors:
            self._meet(broken_rule(error))
        if not self._obstacles:
            self._require_exact(reversals, before, after)
        return dropped

    def _read(self, restorer: Restorer) -> Manifests:
        return read_manifests(self._folder, edited=restorer.edited)

    def _require_exact(
        self, reversals: Sequence[Reversal], before: Manifests, after: Manifests
    ) -> None:
        for found in other_edits(reversals, before=_states(before), after=_states(after)):
            self._meet(found)
        desired = self._project(after).desired
        for each in reversals:
            if not each.model_copy(update={"desired": desired.get(each.slot_id)}).is_done:
                self._meet(Obstacle(slot_id=each.slot_id, reason=NOT_EDITABLE))

    def _require_free(self, reversals: Sequence[Reversal]) -> None:
        """Raises RevertRefusedError if anything stands in the way."""
        if not self._obstacles:
            return
        free = [each.slot_id for each in reversals if each.slot_id not in self._obstacles]
        others = " ".join(f"--slot {each}" for each in free)
        raise RevertRefusedError(
            f"Run {self._run.run_id} is not reverted, because not all of it can be undone:",
            obstacles=tuple(self._obstacles.values()),
            hint="Nothing was written."
            + (f" To revert the others alone: {others}" if len(free) <= MOST and free else ""),
        )


def _noted(written: Written, dropped: Sequence[str]) -> Written:
    if not dropped:
        return written
    examples = listed(map(repr, dropped))
    reason = f"without examples that contradict what was there before: {examples}"
    return dataclasses.replace(written, reason=reason)


def _states(manifests: Manifests) -> list[DesiredState]:
    """What the files say, everywhere and in each environment."""
    return [manifests.desired, *(each.overridden for each in manifests.environments.values())]
