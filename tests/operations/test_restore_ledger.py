"""The ledger is restored from an artifact, and never overwritten."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.errors import GitHubError, LedgerError
from reconciler.operations.restore_ledger import RestoreReport, RestoreRequest, restore_ledger
from tests.operations.conftest import Run
from tests.support.github import FORK_ID, zipped

MAIN = "a" * 40


@pytest.fixture
def ledger(run: Run) -> Path:
    """The path of the missing ledger on a new runner; the default branch contains MAIN."""
    run.github.reachable = {MAIN}
    return run.folder / "slot_updates_audit.jsonl"


def restore(run: Run, ledger: Path) -> RestoreReport:
    return restore_ledger(RestoreRequest(artifact="ledger", ledger=ledger), run.workflow)


def test_the_newest_artifact_of_the_default_branch_is_restored(run: Run, ledger: Path) -> None:
    run.github.artifact(b"old\n")
    newest = run.github.artifact(b"new\n")
    run.github.artifact(b"planted\n", home=FORK_ID)
    report = restore(run, ledger)
    assert report.restored_from is not None
    assert report.restored_from.id == newest["id"]
    assert ledger.read_bytes() == b"new\n"
    assert run.outputs.splitlines()[0] == "restored=true"


def test_without_a_trusted_artifact_nothing_is_restored(run: Run, ledger: Path) -> None:
    run.github.artifact(b"planted\n", home=FORK_ID)
    assert restore(run, ledger) == RestoreReport()
    assert not ledger.exists()
    assert run.outputs.splitlines()[0] == "restored=false"


def test_an_existing_ledger_is_kept_without_a_request(run: Run, ledger: Path) -> None:
    ledger.write_bytes(b'{"actor":"ada"')
    assert restore(run, ledger) == RestoreReport(is_kept=True)
    assert ledger.read_bytes() == b'{"actor":"ada"'
    assert run.outputs.splitlines()[0] == "restored=false"
    assert run.github.received == []


def test_a_damaged_artifact_restores_nothing_and_sets_no_output(run: Run, ledger: Path) -> None:
    artifact = run.github.artifact(None)
    run.github.archives[artifact["id"]] = zipped({"../evil": b"x"})
    with pytest.raises(GitHubError, match="nothing else"):
        restore(run, ledger)
    assert not ledger.exists()
    assert not (run.folder / "outputs.txt").exists()


def test_an_artifact_that_is_not_a_ledger_is_an_error(run: Run, ledger: Path) -> None:
    ledger.mkdir()
    with pytest.raises(LedgerError):
        restore(run, ledger)
    assert run.github.received == []
