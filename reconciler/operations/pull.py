"""Write live slots as slot files."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path

from reconciler.adapters.manifests import Manifests, files, read_manifests
from reconciler.adapters.manifests.existing import read_existing
from reconciler.adapters.manifests.folder import SETTINGS_FILE
from reconciler.adapters.manifests.tenant_ids import write_ids
from reconciler.adapters.manifests.writer import SlotWriter
from reconciler.errors import ManifestError, NotFoundError
from reconciler.model.environment import Environment
from reconciler.model.listed import MOST, listed
from reconciler.model.problem import Problem
from reconciler.model.project import Project
from reconciler.model.state import DesiredState, LiveState
from reconciler.model.written import WriteResult, Written
from reconciler.operations.connecting import Connect
from reconciler.operations.project import project_of
from reconciler.operations.validate import problems_in
from reconciler.planning.environments import ids_by_name, in_environment
from reconciler.planning.named import Named
from reconciler.ports import Permission


@dataclass(frozen=True)
class PullSlotsRequest:
    """Which live slots to write, and where.

    `slots` is the project's folder, and the slots are those of its `environment`, if it has any.
    Files are written to `out`, or to that folder if it is None. `slot_ids` are the slots to write,
    by id or name. If there are none, these are the slots that have a file or match `owns`; with
    `everything`, or if there are no files yet, every slot in the tenant. `force` refreshes files
    that differ from the live slots.
    """

    slots: Path
    environment: str | None = None
    out: Path | None = None
    slot_ids: tuple[str, ...] = ()
    everything: bool = False
    force: bool = False


@dataclass(frozen=True)
class PullReport:
    """Which live slots were chosen, the result for each file, and the rules that they break.

    `left_out` are the live slots that were not chosen. `unmodelled` are the fields that no slot
    file can express, each with the written slots that have it. `complete` says whether every
    requested slot has an up-to-date file now.
    """

    chosen: frozenset[str]
    left_out: tuple[str, ...]
    written: tuple[Written, ...]
    unreadable: tuple[Written, ...]
    problems: tuple[Problem, ...]
    unmodelled: Mapping[str, tuple[str, ...]]
    complete: bool


class PullListener:
    """Follows a pull step by step; each method does nothing unless it is overridden."""

    def chosen(self, chosen: Collection[str], *, left_out: Collection[str]) -> None:
        """The `chosen` live slots will be written, and the others not."""

    def written(self, written: Written) -> None:
        """One file was written, or a slot cannot have one."""


def pull(request: PullSlotsRequest, connect: Connect, *, listener: PullListener) -> PullReport:
    """Write one file per slot, or update the slot's own file if it has one.

    Raises ManifestError, NotFoundError if a requested slot is not live, and TenantError.
    """
    project = read_existing(request.slots)
    folder = request.out if request.out is not None else request.slots
    files.require_within_the_tree(folder, option="--out")
    within = project if _is_part_of(folder, request.slots) else None
    existing = project if folder == request.slots else read_existing(folder, within=within)
    _require_same_api(folder, existing, project)
    _require_flow(request.slots, project)
    connected = project_of(project)
    if request.environment is not None:
        connected = in_environment(connected, request.environment)
    live = _listed(connected, connect)
    with_ids = _write_ids(connected, live, request)
    if any(each.result.is_done for each in with_ids):
        project = existing = read_existing(request.slots)
        connected = in_environment(project_of(project), str(request.environment))
        live = _listed(connected, connect)
    for each in with_ids:
        listener.written(each)
    wanted = _named(request.slot_ids, live)
    managed = project.desired.keys() | existing.desired.keys()
    takes_all = not request.slot_ids and (request.everything or not managed)
    ours = {each for each in live.ids if each in managed or project.settings.claims(each)}
    chosen = live.ids if takes_all else wanted or ours
    left_out = tuple(sorted(live.ids - chosen))
    if not request.slot_ids:
        listener.chosen(chosen, left_out=left_out)
    writer = SlotWriter(folder, live=live, existing=existing, overwrite=request.force)
    written = [*with_ids]
    for slot_id in sorted(chosen - live.unreadable.keys()):
        kept = _kept(slot_id, live=live, environment=connected.environment)
        written.append(kept or writer.write(slot_id))
        listener.written(written[-1])
    if written != with_ids:
        written.append(writer.write_schema())
        listener.written(written[-1])
    unreadable = tuple(_unreadable(chosen, live))
    for each in unreadable:
        listener.written(each)
    # A pull of the whole tenant does not fail because of slots that cannot be read.
    asked_for = written if takes_all else [*written, *unreadable]
    done = {each.slot_id for each in written if each.result.is_done}
    return PullReport(
        chosen=frozenset(chosen),
        left_out=left_out,
        written=tuple(written),
        unreadable=unreadable,
        problems=_problems_of(folder, done, within=within),
        unmodelled=_unmodelled(chosen & done, live),
        complete=all(each.result.is_done for each in asked_for),
    )


def _unmodelled(slot_ids: AbstractSet[str], live: LiveState) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for slot_id in sorted(slot_ids & live.keys()):
        for field in live[slot_id].unmodelled:
            found.setdefault(field, []).append(slot_id)
    return {field: tuple(found[field]) for field in sorted(found)}


def _listed(project: Project, connect: Connect) -> LiveState:
    with connect(project, permission=Permission.READ) as connection:
        return connection.tenant.list_slots()


def _write_ids(project: Project, live: LiveState, request: PullSlotsRequest) -> list[Written]:
    """Write the ids that the environment's tenant has for slots of the files, found by their
    names, where reconciler.yaml can say them; and the results for those that are not certain."""
    environment = project.environment
    if environment is None or request.out is not None:
        return []
    by_name = ids_by_name(project, live)
    unclear = [
        Written(
            WriteResult.LEFT_OUT,
            slot_id=slot_id,
            reason=f"{listed(ids)} could be its id in {environment.name}, by name: write the right "
            "one under `ids`",
        )
        for slot_id, ids in sorted(by_name.ambiguous.items())
    ]
    if not by_name.found:
        return unclear
    path = request.slots / SETTINGS_FILE
    return [write_ids(path, environment=environment.name, ids=by_name.found), *unclear]


def _kept(slot_id: str, *, live: LiveState, environment: Environment | None) -> Written | None:
    """The result for a slot whose file says something of its own for this environment: what is live
    there must not become the slot's content everywhere. None for any other."""
    slot = environment.overridden.get(slot_id) if environment else None
    if environment is None or slot is None:
        return None
    path = environment.overridden.where(slot_id).file
    if slot.completed_by(live[slot_id]).canonical == live[slot_id].canonical:
        return Written(WriteResult.UNCHANGED, path=path, slot_id=slot_id)
    return Written(
        WriteResult.KEPT,
        path=path,
        slot_id=slot_id,
        reason=f"the file has other values for {environment.name}, which are not refreshed: edit "
        "them there",
    )


def _is_part_of(folder: Path, slots: Path) -> bool:
    """Whether reconciler.yaml in `slots` is that of `folder` too."""
    return slots.resolve() in folder.resolve().parents


def _require_same_api(folder: Path, existing: Manifests, project: Manifests) -> None:
    if existing.api != project.api:
        raise ManifestError(
            f"{folder} is for {existing.api}, but the slots are those of {project.api}.",
            hint=f"Write `api: {project.api}` in {folder / SETTINGS_FILE}, or choose another "
            "folder.",
        )


def _require_flow(slots: Path, project: Manifests) -> None:
    if project.lacks_flow:
        raise ManifestError(
            f"{slots} names no flow, so there is nothing to pull.",
            hint=f"Name the flow whose slots you want: write `flow: NAME` in "
            f"{slots / SETTINGS_FILE}.",
        )


def _named(slots: Collection[str], live: LiveState) -> set[str]:
    """The ids of these live slots, which are given by id or name. Raises NotFoundError."""
    named = Named.in_states(DesiredState(), live)
    wanted = {named.slot_id(each) for each in slots}
    missing = sorted(wanted - live.ids)
    if missing:
        advice = " ".join(filter(None, map(named.advice, missing[:MOST])))
        raise NotFoundError(
            f"The tenant has no {'slot' if len(missing) == 1 else 'slots'} {listed(missing)}.",
            hint=advice
            or "Check the id; `reconciler plan` lists the live slots that no slot file declares.",
        )
    return wanted


def _unreadable(chosen: AbstractSet[str], live: LiveState) -> Iterator[Written]:
    """The results for the chosen slots that cannot be read, so that they get no file."""
    for slot_id in sorted(live.unreadable.keys() & chosen):
        yield Written(
            WriteResult.LEFT_OUT,
            slot_id=slot_id,
            reason=f"it is live with {live.unreadable[slot_id].reason}",
        )


def _problems_of(
    folder: Path, pulled: set[str | None], *, within: Manifests | None
) -> tuple[Problem, ...]:
    """The problems that `validate` finds in the slots just written: live slots may break rules."""
    if not pulled - {None}:
        return ()
    problems = problems_in(read_manifests(folder, within=within))
    return tuple(each for each in problems if each.slot_id in pulled)
