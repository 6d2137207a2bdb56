"""A process that follows a real branch into a tenant on a real socket."""

from __future__ import annotations

import json
import re
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Bot, Shell
from tests.cli.test_log import log_of
from tests.support.repositories import ENVIRONMENT, Remote, git
from tests.support.world import COLOUR, FRUIT, GOOD, document

StartBot = Callable[..., Bot]
APPLYING = {"apply": True, "every_minutes": 0.002, "drift_every_minutes": 60}
FRUITS = ["^apple$", "^pear$", "^plum$"]


class Shop:
    """A bot whose working directory is a clone, and the author who pushes to its remote."""

    def __init__(self, bot: Bot, folder: Path) -> None:
        self.bot = bot
        self.remote = Remote(folder / "there")
        self.author = Shell(folder=self.remote.work)
        self.author.write(FRUIT, patterns=list(GOOD[FRUIT]))
        self.author.configure(watch=APPLYING)
        self.first = self.remote.push_all(message="Begin")
        bot.folder = self.remote.clone(folder / "clone")
        git_alone = {name: each for name, each in ENVIRONMENT.items() if name.startswith("GIT_")}
        bot.environment |= git_alone

    def push(self, **patterns: list[str]) -> str:
        for slot_id, each in patterns.items():
            self.author.write(slot_id, patterns=each)
        return self.remote.push_all(message="Change a slot")

    @contextmanager
    def following(self, *options: str) -> Iterator[subprocess.Popen[str]]:
        """The process; it is killed if the test fails."""
        with self.bot.spawn("watch", *options) as process:
            try:
                yield process
            finally:
                if process.poll() is None:
                    process.kill()

    def wait_for(self, event: str, number: int = 1) -> None:
        """Wait until the ledger has so many of these events."""
        ledger = self.bot.folder / "slot_updates_audit.jsonl"
        while not ledger.exists() or ledger.read_text().count(f'"event":"{event}"') < number:
            assert len(self.bot.tenant.requests) < 20_000

    def plan(self) -> Any:
        """What is left to do for the head of the branch, with the ledger of the clone."""
        slots = str(self.remote.work / "slots")
        return json.loads(self.bot.run("plan", "--slots", slots, "--format", "json").stdout)


@pytest.fixture
def shop(bot: StartBot, tmp_path: Path) -> Callable[..., Shop]:
    def start(**sandbox: Any) -> Shop:
        return Shop(bot(live=[document(FRUIT)], **sandbox), tmp_path)

    return start


def test_it_applies_each_push_until_it_is_asked_to_stop(shop: Callable[..., Shop]) -> None:
    here = shop()
    with here.following() as process:
        commits = [here.push(slot_colour=list(GOOD[COLOUR]))]
        here.wait_for("gate_passed")
        commits.append(here.push(slot_fruit=FRUITS))
        here.wait_for("run_finished", 2)
        process.send_signal(signal.SIGTERM)
        _, stderr = process.communicate(timeout=60)
    assert process.returncode == 130
    assert here.bot.live(FRUIT)["patterns"] == FRUITS
    runs = [each for each in here.bot.ledger if each["event"] == "run_started"]
    assert [each["commit"] for each in runs if "command" not in each][-2:] == commits
    assert re.search(
        rf"^\d\d:\d\d:\d\dZ origin/main is at {commits[1][:10]}: Change", stderr, re.MULTILINE
    )
    assert here.plan()["changes"] == []


@pytest.mark.parametrize(
    ("patterns", "status", "left"),
    [(FRUITS, "verified", FRUITS), (["^nothing$"], "rolled back", list(GOOD[FRUIT]))],
)
def test_sigterm_in_the_middle_of_a_change_ends_it_and_begins_no_other(
    shop: Callable[..., Shop], patterns: list[str], status: str, left: list[str]
) -> None:
    here = shop(training_seconds=0.3)
    here.author.configure(
        gate={"settle_seconds": 0.6}, watch={**APPLYING, "every_minutes": 1, "apply": True}
    )
    here.author.write("slot_later", dependencies=[FRUIT])
    here.push(slot_fruit=patterns)
    with here.following() as process:
        here.wait_for("change_applied")
        process.send_signal(signal.SIGTERM)
        _, stderr = process.communicate(timeout=60)
    assert process.returncode == 130, stderr
    assert f"Stopping after {FRUIT}" in stderr
    assert f"1 {status}" in stderr
    assert here.bot.live(FRUIT)["patterns"] == left
    assert here.bot.live("slot_later") == {}
    assert here.bot.run("audit", "verify").returncode == 0
    events = [each["event"] for each in here.bot.ledger]
    assert events[-1] == "run_finished"
    assert events.count("change_started") == 1
    planned = here.plan()
    remaining = [each["slot_id"] for each in planned["changes"]]
    assert remaining == (["slot_later"] if left == FRUITS else [FRUIT, "slot_later"])
    assert [each["slot_id"] for each in planned["rejected"]] == ([] if left == FRUITS else [FRUIT])


@pytest.mark.parametrize(("patterns", "level"), [(FRUITS, "info"), (["^nothing$"], "error")])
def test_an_apply_that_was_asked_to_stop_is_an_error_only_if_something_failed(
    shop: Callable[..., Shop], patterns: list[str], level: str
) -> None:
    here = shop(training_seconds=0.3)
    here.author.configure(gate={"settle_seconds": 0.6}, watch={**APPLYING, "apply": True})
    here.push(slot_fruit=patterns)
    with here.following("--log-format", "json") as process:
        here.wait_for("change_applied")
        process.send_signal(signal.SIGTERM)
        _, stderr = process.communicate(timeout=60)
    assert process.returncode == 130, stderr
    lines = log_of(stderr)
    (applied,) = [line for line in lines if line.get("event") == "applied"]
    assert applied["level"] == level
    assert [line for line in lines if line["level"] == "error"] == [applied] * (level == "error")


def test_once_applies_and_touches_nothing_that_is_checked_out(shop: Callable[..., Shop]) -> None:
    here = shop()
    commit = here.push(slot_fruit=FRUITS)
    done = here.bot.run("watch", "--once")
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    assert "Applied: 1 verified." in done.stderr
    assert "Drift check: In sync." in done.stderr
    assert git(here.bot.folder, "rev-parse", "HEAD", "origin/main") == f"{here.first}\n{here.first}"
    assert git(here.bot.folder, "status", "--porcelain", "--untracked-files=no") == ""
    assert here.bot.ledger[0]["commit"] == commit
    assert here.plan()["changes"] == []
    again = here.bot.run("watch", "--once")
    assert again.returncode == 0
    assert f"In sync with {commit[:10]}." in again.stderr


def test_without_apply_it_says_what_there_is_to_apply(shop: Callable[..., Shop]) -> None:
    here = shop()
    here.author.configure(watch={})
    commit = here.push(slot_fruit=FRUITS)
    done = here.bot.run("watch", "--once")
    assert done.returncode == 2
    assert f"{commit[:10]} has 1 change to apply: {FRUIT}" in done.stderr
    assert here.bot.writes == []


def test_a_rejection_has_exit_code_3_and_says_what_to_do(shop: Callable[..., Shop]) -> None:
    here = shop()
    here.push(slot_fruit=["^nothing$"])
    done = here.bot.run("watch", "--once")
    assert done.returncode == 3
    assert "1 rolled back" in done.stderr
    assert "Correct it with another one." in done.stderr


def test_the_log_is_a_json_object_for_each_thing_that_happens(shop: Callable[..., Shop]) -> None:
    here = shop()
    here.push(slot_fruit=FRUITS)
    done = here.bot.run("watch", "--once", "--log-format", "json")
    lines = log_of(done.stderr)
    named = [line["event"] for line in lines if "event" in line]
    assert named[0] == "branch_moved"
    assert named[-2:] == ["applied", "drift_checked"]
    assert "change_stored" in named
    (applied,) = [line for line in lines if line.get("event") == "applied"]
    assert applied["level"] == "info"
    assert not re.match(r"\d\d:", applied["message"])


def test_a_problem_is_shown_at_its_line_in_the_commit(shop: Callable[..., Shop]) -> None:
    here = shop()
    commit = here.remote.push({"slots/bad.yaml": "slot_id: slot_bad\nname: [\n"})
    done = here.bot.run("watch", "--once")
    assert done.returncode == 1
    assert f"origin/main at {commit[:10]}: slots cannot be used as it is." in done.stderr
    assert "slots/bad.yaml:3:1" in done.stderr
    assert here.bot.writes == []


def test_an_error_does_not_end_it(shop: Callable[..., Shop]) -> None:
    here = shop()
    here.remote.push({"slots/bad.yaml": "["})
    with here.following("--log-format", "json") as process:
        assert process.stderr is not None
        failed: list[dict[str, Any]] = []
        while not failed or failed[-1].get("event") != "pass_ended":
            failed.append(json.loads(process.stderr.readline()))
        process.send_signal(signal.SIGTERM)
        _, stderr = process.communicate(timeout=60)
    assert process.returncode == 130
    (stopped,) = log_of(stderr)
    assert (stopped["level"], stopped["message"]) == ("info", "Stopped.")
    (error,) = [line for line in failed if line.get("event") == "pass_failed"]
    assert error["level"] == "error"
    assert "slots/bad.yaml:2:1: " in error["message"]
    assert "That failed. Trying again in " in failed[-1]["message"]


def test_what_a_person_has_to_set_is_said_at_once(shop: Callable[..., Shop]) -> None:
    here = shop()
    del here.bot.environment["COGNIGY_CLIENT_SECRET"]
    done = here.bot.run("watch")
    assert done.returncode == 1
    assert "COGNIGY_CLIENT_SECRET" in done.stderr


def test_the_credentials_of_a_remote_are_never_shown(shop: Callable[..., Shop]) -> None:
    here = shop()
    git(here.bot.folder, "remote", "set-url", "origin", "http://bob:t0k3n@127.0.0.1:9/x.git")
    done = here.bot.run("watch", "--once", "-vv")
    assert done.returncode == 1
    assert "origin cannot be reached: fatal: unable to access" in done.stderr
    assert "t0k3n" not in done.stderr


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--branch", "release"), "origin has no branch release."),
        (("--remote", "upstream"), "The clone has no remote 'upstream'."),
        (("--slots", "bots"), "of origin/main has no folder 'bots'."),
        (("--env", "staging"), "reconciler.yaml declares no environments"),
    ],
)
def test_what_is_not_there_is_named(
    shop: Callable[..., Shop], options: tuple[str, ...], message: str
) -> None:
    done = shop().bot.run("watch", "--once", *options)
    assert done.returncode == 1
    assert message in done.stderr


def test_outside_a_clone_it_is_refused(bot: StartBot) -> None:
    here = bot()
    here.environment["GIT_CEILING_DIRECTORIES"] = str(here.folder.parent)
    done = here.run("watch")
    assert done.returncode == 1
    assert "slots is not in a git repository that can be used" in done.stderr
