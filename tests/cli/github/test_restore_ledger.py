"""`reconciler github restore-ledger`: only from artifacts of workflows on the default branch."""

from __future__ import annotations

import pytest

from tests.cli.github.conftest import FRUIT, Actions
from tests.support.github import FORK_ID, TOKEN, zipped

MAIN = "a" * 40
LEDGER = "slot_updates_audit.jsonl"


@pytest.fixture
def fresh(actions: Actions) -> Actions:
    """A runner without a ledger; the default branch contains MAIN."""
    actions.github.reachable = {MAIN}
    return actions


def restore(actions: Actions) -> str:
    return actions.run("restore-ledger", "--name", "ledger").stderr


def ledger(actions: Actions) -> bytes | None:
    return actions.ledger.read_bytes() if actions.ledger.exists() else None


def test_the_newest_artifact_of_the_default_branch_is_restored(fresh: Actions) -> None:
    fresh.github.page_size = 2
    for content in (b"1\n", b"2\n", b"3\n"):
        fresh.github.artifact(content)
    fresh.github.artifact(b"another's\n", name="other")
    assert "Restored" in restore(fresh)
    assert ledger(fresh) == b"3\n"
    assert fresh.output.startswith("restored=true\n")
    assert fresh.github.writes == []


def test_a_real_ledger_is_restored_and_continued(fresh: Actions) -> None:
    fresh.bot.write(FRUIT, patterns=["^apple$", "^pear$", "^plum$"])
    assert fresh.bot.run("apply", "--yes").returncode == 0
    kept = ledger(fresh)
    assert kept
    fresh.ledger.unlink()
    fresh.github.artifact(kept)
    restore(fresh)
    assert ledger(fresh) == kept
    fresh.bot.write(FRUIT, patterns=["^apple$", "^pear$"])
    assert fresh.bot.run("apply", "--yes").returncode == 0
    assert "is intact" in fresh.bot.run("audit", "verify").stdout


@pytest.mark.parametrize(
    "planted",
    [
        {"home": FORK_ID},
        {"branch": "topic"},
        {"expired": True},
        {"event": "pull_request"},
        {"workflow": "ci"},
        {"commit": "e" * 40},
        {"workflow_run": None},
    ],
    ids=[
        "a fork's main",
        "a branch",
        "expired",
        "a pull request from main",
        "another workflow",
        "a tag",
        "no run",
    ],
)
def test_an_artifact_that_others_have_planted_is_ignored(
    fresh: Actions, planted: dict[str, object]
) -> None:
    fresh.github.artifact(b"ours\n")
    fresh.github.artifact(b"planted\n", **planted)  # type: ignore[arg-type]
    restore(fresh)
    assert ledger(fresh) == b"ours\n"


def test_a_tag_with_the_branchs_name_is_not_taken_for_the_branch(fresh: Actions) -> None:
    planted = "e" * 40
    fresh.github.tags["main"] = planted
    fresh.github.artifact(b"ours\n")
    fresh.github.artifact(b"planted\n", commit=planted)
    restore(fresh)
    assert ledger(fresh) == b"ours\n"


def test_without_an_artifact_nothing_is_restored(fresh: Actions) -> None:
    fresh.github.artifact(b"planted\n", home=FORK_ID)
    assert "no artifact ledger of the default branch" in restore(fresh)
    assert ledger(fresh) is None
    assert fresh.output.startswith("restored=false\n")


def test_an_existing_ledger_is_never_overwritten(fresh: Actions) -> None:
    fresh.ledger.write_bytes(b'{"actor":"ada"')
    fresh.github.artifact(b"there\n")
    assert "stays as it is" in restore(fresh)
    assert ledger(fresh) == b'{"actor":"ada"'
    assert fresh.output.startswith("restored=false\n")
    assert fresh.github.received == []


def test_the_ledger_is_restored_to_the_path_in_the_variable(fresh: Actions) -> None:
    path = fresh.ledger.parent / "audit" / "log.jsonl"
    fresh.bot.environment["COGNIGY_AUDIT_LOG"] = str(path)
    path.parent.mkdir()
    fresh.github.artifact(b"1\n", member="log.jsonl")
    restore(fresh)
    assert path.read_bytes() == b"1\n"


def test_a_ledger_in_the_checkout_is_not_trusted(fresh: Actions) -> None:
    planted = fresh.folder / LEDGER
    planted.write_bytes(b"planted\n")
    fresh.bot.write(FRUIT, patterns=["^apple$", "^pear$", "^plum$"])
    assert fresh.bot.run("apply", "--yes").returncode == 0
    assert planted.read_bytes() == b"planted\n"
    assert ledger(fresh)
    fresh.bot.environment["COGNIGY_AUDIT_LOG"] = LEDGER
    assert "is inside the workflow's checkout" in fresh.refused("restore-ledger", "--name", "x")
    for command in (("apply", "--yes"), ("plan",), ("drift",), ("audit", "show")):
        done = fresh.bot.run(*command)
        assert done.returncode == 1
        assert "is inside the workflow's checkout" in done.stderr
    assert planted.read_bytes() == b"planted\n"


@pytest.mark.parametrize(
    ("archive", "message"),
    [
        (b"no zip", "not a complete zip archive"),
        (zipped({"../evil": b"x"}), "nothing else"),
        (zipped({LEDGER: b"x", "b": b"x"}), "nothing else"),
    ],
)
def test_a_damaged_artifact_restores_nothing(fresh: Actions, archive: bytes, message: str) -> None:
    artifact = fresh.github.artifact(None)
    fresh.github.archives[artifact["id"]] = archive
    assert message in fresh.refused("restore-ledger", "--name", "ledger")
    assert ledger(fresh) is None
    assert fresh.output == ""


def test_the_storage_does_not_get_the_token(fresh: Actions) -> None:
    fresh.github.artifact(b"1\n")
    done = fresh.bot.run("-vv", "github", "restore-ledger", "--name", "ledger")
    fresh.require_no_secret(done)
    assert fresh.github.storage is not None
    (asked,) = fresh.github.storage.received
    assert TOKEN not in str(asked)
    assert "of-the-storage" not in done.stderr


def test_a_folder_in_place_of_the_ledger_is_reported(fresh: Actions) -> None:
    fresh.ledger.mkdir()
    assert "not a regular file" in fresh.refused("restore-ledger", "--name", "ledger")
    assert fresh.github.received == []


def test_another_environments_ledger_is_restored_beside_the_own_one(fresh: Actions) -> None:
    fresh.github.artifact(b"staging\n", name="staging")
    path = fresh.ledger.parent / "evidence.jsonl"
    fresh.run("restore-ledger", "--name", "staging", "--to", str(path))
    assert path.read_bytes() == b"staging\n"
    assert not fresh.ledger.exists()
    assert f"path={path.resolve()}\n" in fresh.output


def test_without_an_artifact_there_is_no_path(fresh: Actions) -> None:
    fresh.run("restore-ledger", "--name", "staging", "--to", str(fresh.ledger.parent / LEDGER))
    assert fresh.output == "restored=false\n"
