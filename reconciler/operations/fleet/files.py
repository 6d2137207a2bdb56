"""The files of a fleet → a fleet that can be planned from. Raises ManifestError."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory

from reconciler.adapters.manifests.fleet import read_fleet_manifests
from reconciler.adapters.manifests.fleet.bundling import bundle_of, unpack
from reconciler.adapters.manifests.fleet.slots import SlotsFolder, read_slots_folder
from reconciler.errors import ManifestError
from reconciler.formats.bundle import parsed_bundle
from reconciler.model.bundle import Bundle
from reconciler.model.declared_fleet import DeclaredFleet
from reconciler.model.fleet import Fleet, Target
from reconciler.model.problem import Problem
from reconciler.model.project import Project
from reconciler.model.rules.fleet import SLOTS_FOLDER
from reconciler.model.rules.keys import OTHER_API
from reconciler.model.state import Locator
from reconciler.operations.project import project_of
from reconciler.planning.environments import environment_problems
from reconciler.planning.fleet import completed, project_in
from reconciler.planning.fleet_checks import fleet_problems

_MORE = "`reconciler fleet validate` lists these and more."


@dataclass(frozen=True, kw_only=True)
class FleetFiles:
    """A fleet without errors, and all that its files say.

    `projects` are those of the slots folders, by `Target.slots`; targets with the same folder share
    one. `locators` find the places of the targets, by name. `warnings` are about the fleet, not
    about slots.
    """

    path: Path
    fleet: Fleet
    projects: Mapping[str, Project]
    locators: Mapping[str, Locator]
    bundle: Bundle
    warnings: tuple[Problem, ...] = ()

    def project_of(self, target: Target) -> Project:
        """The project in the target's environment."""
        return project_in(self.projects[target.slots], target, self.fleet, locators=self.locators)


def read_fleet(path: Path) -> FleetFiles:
    """The fleet that a fleet.yaml describes, and the project of each slots folder.

    Raises ManifestError with every error in any of the files, or if there is no target.
    """
    return _sound(read_sources(path))


def _sound(sources: FleetSources) -> FleetFiles:
    path = sources.path
    problems = [*sources.problems, *sources.problems_of_slots()]
    errors = [each for each in problems if each.is_error]
    if errors:
        raise ManifestError(
            f"{path} cannot be used as it is.", problems=sources.in_order(errors), hint=_MORE
        )
    if not sources.declared.targets:
        raise ManifestError(
            f"{path} declares no targets yet.",
            hint="Write tenants under `targets`, or in files that `include` matches.",
        )
    return FleetFiles(
        path=path,
        fleet=sources.declared.fleet,
        projects=sources.projects,
        locators={each.target.name: each.locate for each in sources.declared.targets},
        bundle=bundle_of(sources.files, fleet_file=path.name),
        warnings=sources.in_order(sources.problems),
    )


def read_bundle(content: bytes, *, digest: str) -> FleetFiles:
    """The fleet in the content of a bundle with this digest, as it was when the bundle was made.
    Its places are in files that are not here, but in the repository.

    Raises DocumentError if the content is not that bundle, and ManifestError as `read_fleet` does:
    another version of reconciler may have accepted it.
    """
    bundle = parsed_bundle(content, digest=digest)
    with TemporaryDirectory(prefix="reconciler-") as folder:
        base = Path(folder)
        return _sound(read_sources(unpack(bundle, into=base), base=base))


@dataclass(frozen=True, kw_only=True)
class FleetSources:
    """All files of a fleet, as they were read, with or without errors.

    The targets of `declared` are completed by the reconciler.yaml of their slots folders. `folders`
    are those that could be read, and `problems` what is wrong with anything but the slots. `files`
    are the bytes of all of them, by path relative to the folder of fleet.yaml.
    """

    path: Path
    declared: DeclaredFleet
    folders: Mapping[str, SlotsFolder]
    problems: tuple[Problem, ...]
    files: Mapping[str, bytes]

    @cached_property
    def projects(self) -> Mapping[str, Project]:
        """The project of each slots folder."""
        return {name: project_of(each.manifests) for name, each in self.folders.items()}

    def problems_of_slots(self) -> Iterator[Problem]:
        """What keeps the slots from being planned, once for each folder."""
        for folder in self.folders.values():
            manifests = folder.manifests
            yield from manifests.problems
            yield from environment_problems(manifests.environments, desired=manifests.desired)

    def in_order(self, problems: Sequence[Problem]) -> tuple[Problem, ...]:
        """Each problem once, in the order of files and lines."""
        place_of = {
            (self.path.parent / name).as_posix(): place for place, name in enumerate(self.files)
        }
        return tuple(
            sorted(
                dict.fromkeys(problems),
                key=lambda each: (
                    place_of.get(each.source.file, len(place_of)),
                    each.source.file,
                    each.source.line,
                    each.source.column,
                ),
            )
        )


def read_sources(path: Path, *, base: Path | None = None) -> FleetSources:
    """Read a fleet.yaml, the files that it includes, and each slots folder once. Places and paths
    are relative to `base`, if there is one. Raises ManifestError if there is no fleet.yaml."""
    manifests = read_fleet_manifests(path, base=base)
    declared = manifests.declared
    folders: dict[str, SlotsFolder] = {}
    problems = list(manifests.problems)
    tried: set[str] = set()
    for each in declared.targets:
        name = each.target.slots
        if name in tried:
            continue
        tried.add(name)
        try:
            folders[name] = _slots(name, root=path.parent, base=base)
        except ManifestError as error:
            problems.append(
                SLOTS_FOLDER.problem(each.where("slots"), message=error.message, hint=error.hint)
            )
    projects = {name: project_of(folder.manifests) for name, folder in folders.items()}
    declared = replace(
        declared,
        targets=tuple(
            replace(each, target=completed(each.target, projects[each.target.slots]))
            if each.target.slots in projects
            else each
            for each in declared.targets
        ),
    )
    problems.extend(_of_other_apis(declared, folders))
    problems.extend(fleet_problems(declared, projects))
    files = dict(manifests.files)
    for folder in folders.values():
        files.update(folder.files)
    return FleetSources(
        path=path if base is None else path.relative_to(base),
        declared=declared,
        folders=folders,
        problems=tuple(problems),
        files=files,
    )


def _of_other_apis(
    declared: DeclaredFleet, folders: Mapping[str, SlotsFolder]
) -> Iterator[Problem]:
    """What targets say that the API of their slots does not have."""
    for each in declared.targets:
        target, folder = each.target, folders.get(each.target.slots)
        if folder is None:
            continue
        because = f"the slots in {target.slots} are for {folder.manifests.api}, which has no"
        if target.ids and not folder.manifests.has_ids:
            yield OTHER_API.problem(
                each.where("ids"),
                message=f"`ids` cannot be set for {target.name}: {because} such ids",
                hint="Remove it.",
            )
        if target.expect.key == "project_id" and folder.manifests.has_ids:
            yield OTHER_API.problem(
                each.where("expect", "project_id"),
                message=f"`project_id` cannot be expected of {target.name}: {because} projects",
                hint="Write `bot_id` instead.",
            )


def _slots(name: str, *, root: Path, base: Path | None) -> SlotsFolder:
    folder = read_slots_folder(name, root=root, base=base)
    if not folder.manifests.drafts and not folder.manifests.problems:
        raise ManifestError(
            f"{(root / name).as_posix()} holds no slots yet.",
            hint="Add slot files, or correct the path.",
        )
    return folder
