"""A project in files, and runs of it against the sandbox in this process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from reconciler.adapters.cognigy.v1.keyed import KeyedTenant
from reconciler.errors import RevertRefusedError
from reconciler.model.outcome import RunReport
from reconciler.model.plan import Selection
from reconciler.model.project import Project
from reconciler.model.reversal import RevertReport
from reconciler.operations.apply import ApplyRequest, apply
from reconciler.operations.plan import plan
from reconciler.operations.project import read_project
from reconciler.operations.revert import RevertRequest, revert
from reconciler.operations.validate import validate
from reconciler.ports import UNSHARED, Connection, Lease, Permission
from tests.support.runs import Agreeing
from tests.support.world import World, document


class FileWorld(World):
    """A project in files, and runs of it against the sandbox."""

    def __init__(self, folder: Path, *live: str, **files: str) -> None:
        super().__init__(folder, live=map(document, live))
        self.slots = folder / "slots"
        self.slots.mkdir(exist_ok=True)
        self.write("reconciler", 'owns: ["*"]\nlimits: {max_delete_fraction: 1}\n')
        for name, text in files.items():
            self.write(name, text)

    def write(self, name: str, text: str) -> None:
        (self.slots / f"{name}.yaml").write_bytes(text.encode())

    def edit(self, name: str, old: str, new: str) -> None:
        text = self.text(name)
        assert text.count(old) == 1
        self.write(name, text.replace(old, new))

    def text(self, name: str) -> str:
        return (self.slots / f"{name}.yaml").read_bytes().decode()

    @property
    def texts(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in self.slots.iterdir()}

    def run(
        self, *, prune: bool = False, judged: bool = False, environment: str | None = None
    ) -> RunReport:
        """Apply the files, and expect that a plan is empty then, unless a gate rejects."""
        project = read_project(self.slots, environment=environment)
        selection = Selection(prune=prune)
        request = ApplyRequest(judged=judged, selection=selection)
        report = apply(project, self.services, Agreeing(), request)
        if not judged:
            assert self.planned(environment=environment) == {}
        return report

    @contextmanager
    def connect(
        self, project: Project, *, permission: Permission, lease: Lease = UNSHARED
    ) -> Iterator[Connection]:
        """The tenant, by the keys of the project's environment."""
        with super().connect(project, permission=permission, lease=lease) as connection:
            keyed = project.environment and KeyedTenant(connection.tenant, project.environment)
            yield Connection(tenant=keyed or connection.tenant, endpoint=connection.endpoint)

    def planned(self, *, environment: str | None = None) -> dict[str, str]:
        project = read_project(self.slots, environment=environment)
        return {each.slot_id: each.action.value for each in plan(project, self.services).changes}

    def revert(self, run: RunReport, *slot_ids: str) -> RevertReport:
        """Undo a run, and expect that the files are valid then."""
        assert run.run_id is not None
        report = revert(RevertRequest(self.slots, run.run_id, slot_ids), self.services.ledger)
        assert validate(self.slots).valid
        return report

    def refused(self, run: RunReport, *slot_ids: str) -> RevertRefusedError:
        """The refusal of a revert, which has written nothing."""
        before = self.texts
        with pytest.raises(RevertRefusedError) as caught:
            self.revert(run, *slot_ids)
        assert self.texts == before
        return caught.value


def results(report: RevertReport) -> dict[str | None, str]:
    return {each.slot_id: each.result.value for each in report.written}
