"""plan, apply, drift and halt, over HTTP and with the ledgers' files."""

from __future__ import annotations

import json
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from reconciler.sandbox.messages import Request, Response
from tests.cli.conftest import Terminal
from tests.cli.fleet.conftest import SECRET, TENANTS, FleetShell
from tests.support.world import FRUIT, GOOD

Start = Callable[..., FleetShell]
CANARY, *OTHERS = TENANTS
MANY = {"max_failures": "100%"}
DEADLINE_SECONDS = 60.0


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait for it; the deadline only ends a test that hangs."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)


def test_a_plan_is_shown_once_for_all_and_applied_as_it_was_shown(fleet: Start) -> None:
    shell = fleet()
    shell.widen()
    shown = shell.run("fleet", "plan", "--out", "plan.json", "--detailed-exitcode")
    assert shown.returncode == 2, shown.stderr
    assert "4 targets differ, by the same plan." in shown.stdout
    assert shown.stdout.count("+ ^plum$") == 1
    done = shell.run("fleet", "apply", "plan.json")
    assert done.returncode == 0, done.stderr
    assert "Applied: 4 verified." in done.stdout
    assert all(shell.patterns(name) == [*GOOD[FRUIT], "^plum$"] for name in TENANTS)
    again = shell.run("fleet", "plan", "--detailed-exitcode")
    assert again.returncode == 0, again.stdout


def test_without_a_plan_it_shows_one_and_asks(fleet: Start) -> None:
    shell = fleet()
    shell.widen()
    declined = shell.run("fleet", "apply", stdin=Terminal("n\n"))
    assert declined.returncode == 1
    assert "Make these changes in 4 targets? [y/N]" in declined.stderr
    assert "Declined; nothing was changed." in declined.stderr
    assert [shell.writes(name) for name in TENANTS] == [0, 0, 0, 0]
    agreed = shell.run("fleet", "apply", stdin=Terminal("y\n"))
    assert agreed.returncode == 0, agreed.stderr
    assert shell.run("fleet", "plan", "--detailed-exitcode").returncode == 0


@pytest.mark.parametrize("command", ["plan", "apply", "drift"])
def test_an_error_is_one_line_of_json_lines_too(fleet: Start, command: str) -> None:
    done = fleet().run("fleet", command, "--file", "missing.yaml", "--format", "jsonl")
    assert done.returncode == 1
    (line,) = done.stdout.splitlines()
    document = json.loads(line)
    assert (document["action"], document["exit_code"]) == (command, 1)
    assert "missing.yaml does not exist" in document["error"]["message"]


def test_without_a_terminal_it_refuses_before_it_plans(fleet: Start) -> None:
    shell = fleet()
    shell.widen()
    done = shell.run("fleet", "apply")
    assert done.returncode == 1
    assert "reconciler fleet plan --out FILE" in done.stderr
    assert not any(shell.tenants[name].requests for name in TENANTS)


def test_a_rejected_canary_stops_the_rollout_before_anybody_else(fleet: Start) -> None:
    shell = fleet()
    shell.break_it()
    done = shell.run("fleet", "apply", "--yes")
    assert done.returncode == 3, done.stderr
    assert "Halted in step 1: 1 failed, 0 allowed." in done.stdout
    assert [shell.writes(name) for name in OTHERS] == [0, 0, 0]
    assert shell.patterns(CANARY) == list(GOOD[FRUIT])
    again = shell.run("fleet", "apply", "--yes")
    assert again.returncode == 3
    assert shell.writes(CANARY) == 2, "the change and its rollback, once"
    shell.widen()
    assert shell.run("fleet", "apply", "--yes").returncode == 0
    assert shell.run("fleet", "plan", "--detailed-exitcode").returncode == 0


def test_targets_that_fail_leave_the_others_unharmed(fleet: Start) -> None:
    shell = fleet()
    shell.declare(rollout=MANY)
    shell.widen()
    shell.give_credentials("globex", client_secret="wrong")
    shell.tenants["initech"].handle = _answering_500  # type: ignore[method-assign]
    shell.configure(limits={"max_attempts": 1})
    done = shell.run("fleet", "apply", "--yes", "--format", "json")
    report = json.loads(done.stdout)
    statuses = {each["name"].partition("/")[0]: each["status"] for each in report["targets"]}
    assert statuses == {
        "acme": "verified",
        "globex": "failed",
        "initech": "failed",
        "umbrella": "verified",
    }
    assert (done.returncode, report["exit_code"]) == (1, 1)
    errors = {each["name"]: each["error"] for each in report["targets"] if each["error"]}
    assert "401" in errors["globex/production"]
    assert "500" in errors["initech/production"]


def _answering_500(request: Request) -> Response:
    assert request.path
    return Response(status=500, body=b"{}")


def test_a_tenant_that_hangs_holds_up_no_other(fleet: Start) -> None:
    shell = fleet()
    shell.declare(rollout=MANY)
    shell.configure(limits={"max_attempts": 1})
    shell.widen()
    hung, answered = shell.tenants["globex"], threading.Event()

    def hang(request: Request) -> Response:
        answered.wait(DEADLINE_SECONDS)
        return _answering_500(request)

    hung.handle = hang  # type: ignore[method-assign]
    with shell.spawn("fleet", "apply", "--yes", "--format", "json") as process:
        try:
            ended = ("acme", "initech", "umbrella")
            wait_until(lambda: all(shell.patterns(name)[-1] == "^plum$" for name in ended))
            wait_until(lambda: sum(each["event"] == "target_ended" for each in shell.chain) == 3)
        finally:
            answered.set()
        stdout, _ = process.communicate(timeout=DEADLINE_SECONDS)
    statuses = {each["name"]: each["status"] for each in json.loads(stdout)["targets"]}
    assert statuses.pop("globex/production") == "failed"
    assert set(statuses.values()) == {"verified"}


def test_a_secret_goes_nowhere_but_to_the_expected_origin(fleet: Start) -> None:
    shell = fleet()
    shell.declare(rollout=MANY, expected={"globex": "https://globex.cognigy.com"})
    shell.widen()
    done = shell.run("fleet", "apply", "--yes")
    assert done.returncode == 1
    assert not shell.tenants["globex"].requests, "not a byte is sent"
    assert "https://globex.cognigy.com" in done.stdout
    assert shell.patterns("umbrella") == [*GOOD[FRUIT], "^plum$"]


def test_no_output_and_no_ledger_has_a_secret(fleet: Start) -> None:
    shell = fleet()
    shell.widen()
    runs = [
        shell.run("-vv", "fleet", "plan", "--out", "plan.json"),
        shell.run("-vv", "fleet", "apply", "plan.json", "--format", "jsonl"),
        shell.run("-vv", "fleet", "drift", "--metrics", "--format", "json"),
    ]
    said = "".join(each.stdout + each.stderr for each in runs) + shell.written()
    said += (shell.folder / "plan.json").read_text(encoding="utf-8")
    assert "verified" in said
    assert not any(SECRET.format(name) in said for name in TENANTS)


def test_json_lines_have_a_target_a_line_and_then_the_rest(fleet: Start) -> None:
    shell = fleet()
    done = shell.run("fleet", "drift", "--format", "jsonl")
    *targets, rest = map(json.loads, done.stdout.splitlines())
    assert {each["name"] for each in targets} == {f"{name}/production" for name in TENANTS}
    assert rest["version"] == 1
    assert rest["counts"]["in_sync"] == 4


def test_drift_finds_an_edit_in_one_tenant(fleet: Start) -> None:
    shell = fleet()
    shell.tenants["globex"].edit(FRUIT, fillStrategy="fuzzy")
    done = shell.run("fleet", "drift", "--metrics")
    assert done.returncode == 2, done.stderr
    assert "globex/production" in done.stdout
    assert shell.chain[-1]["event"] == "fleet_finished"


def test_only_what_is_selected_is_worked_on(fleet: Start) -> None:
    shell = fleet()
    shell.widen()
    done = shell.run("fleet", "apply", "--yes", "--select", "ring=canary")
    assert done.returncode == 0, done.stderr
    assert [shell.writes(name) for name in TENANTS] == [1, 0, 0, 0]
    nothing = shell.run("fleet", "plan", "--select", "rnig=canary")
    assert nothing.returncode == 1
    assert "Did you mean ring=canary?" in nothing.stderr


@pytest.mark.parametrize("arguments", [("plan.json", "--select", "ring=canary")])
def test_a_plan_has_its_own_selection(fleet: Start, arguments: tuple[str, ...]) -> None:
    done = fleet().run("fleet", "apply", *arguments)
    assert done.returncode == 1
    assert "--select cannot be combined with PLANFILE" in done.stderr


@contextmanager
def applying(shell: FleetShell) -> Iterator[subprocess.Popen[str]]:
    """An apply whose canary is being changed."""
    with shell.spawn("fleet", "apply", "--yes") as process:
        try:
            wait_until(lambda: shell.writes(CANARY) > 0)
            yield process
        finally:
            process.kill()


def test_a_run_can_be_halted_from_elsewhere_and_a_second_one_is_refused(fleet: Start) -> None:
    shell = fleet()
    shell.configure(gate={"settle_seconds": 5, "timeout_seconds": 20})
    shell.widen()
    with applying(shell) as process:
        second = shell.run("fleet", "apply", "--yes")
        halted = shell.run("fleet", "halt", shell.chain[0]["run_id"])
        stdout, stderr = process.communicate(timeout=DEADLINE_SECONDS)
    assert second.returncode == 4, second.stderr
    assert halted.returncode == 0, halted.stderr
    assert process.returncode == 1, stderr
    assert "asked for it" in stdout
    assert [shell.writes(name) for name in OTHERS] == [0, 0, 0]
    assert [each["status"] for each in shell.chain if each["event"] == "target_ended"] == [
        "verified"
    ]
    late = shell.run("fleet", "halt", shell.chain[0]["run_id"])
    assert late.returncode == 1
    assert "has already ended" in late.stderr


def test_a_signal_finishes_or_rolls_back_what_is_in_hand_and_a_later_run_goes_on(
    fleet: Start,
) -> None:
    shell = fleet()
    shell.configure(gate={"settle_seconds": 1, "timeout_seconds": 20})
    shell.widen()
    with applying(shell) as process:
        process.send_signal(signal.SIGTERM)
        stdout, stderr = process.communicate(timeout=DEADLINE_SECONDS)
    assert process.returncode == 130, stderr
    assert "Interrupted: what had begun was finished or rolled back." in stdout
    assert "Halted" not in stdout
    assert [shell.writes(name) for name in OTHERS] == [0, 0, 0]
    assert shell.chain[-1]["event"] == "fleet_finished"
    for ledger in shell.ledgers:
        shell.environment["COGNIGY_AUDIT_LOG"] = str(ledger)
        verified = shell.run("audit", "verify")
        assert verified.returncode == 0, verified.stdout + verified.stderr
    del shell.environment["COGNIGY_AUDIT_LOG"]
    shell.configure()
    assert shell.run("fleet", "apply", "--yes").returncode == 0
    assert shell.run("fleet", "plan", "--detailed-exitcode").returncode == 0


def test_a_plan_that_was_interrupted_is_not_saved(fleet: Start) -> None:
    shell = fleet()
    shell.widen()
    asked, go_on = threading.Event(), threading.Event()
    answer = shell.tenants[CANARY].handle

    def slowly(request: Request) -> Response:
        asked.set()
        go_on.wait(DEADLINE_SECONDS)
        return answer(request)

    shell.tenants[CANARY].handle = slowly  # type: ignore[method-assign]
    with shell.spawn("fleet", "plan", "--out", "plan.json") as process:
        try:
            assert asked.wait(DEADLINE_SECONDS)
            process.send_signal(signal.SIGTERM)
            assert process.stderr is not None
            while "Stopping" not in process.stderr.readline():
                assert process.poll() is None
            go_on.set()
            _, stderr = process.communicate(timeout=DEADLINE_SECONDS)
        finally:
            go_on.set()
            process.kill()
    assert process.returncode == 130
    assert "Saved" not in stderr
    assert not (shell.folder / "plan.json").exists()


def test_a_second_signal_stops_at_once_and_the_next_run_recovers_what_that_left_open(
    fleet: Start,
) -> None:
    shell = fleet(training_seconds=6)  # so long does the rollback take
    shell.configure(gate={"settle_seconds": 5, "timeout_seconds": 30})
    shell.widen()
    with applying(shell) as process:
        process.send_signal(signal.SIGTERM)
        assert process.stderr is not None
        while "Stopping." not in process.stderr.readline():
            assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        _, stderr = process.communicate(timeout=DEADLINE_SECONDS)
    assert process.returncode == 130
    assert "Traceback" not in stderr
    assert [each["event"] for each in shell.chain] == ["fleet_started"]
    shell.configure(gate={"timeout_seconds": 30})
    done = shell.run("fleet", "apply", "--yes")
    assert done.returncode == 0, done.stdout + done.stderr
    assert shell.run("fleet", "plan", "--detailed-exitcode").returncode == 0


def test_variables_that_are_wrong_begin_no_run(fleet: Start) -> None:
    shop = fleet()
    shop.widen()
    shop.environment["RECONCILER_CREDENTIALS_DIR"] = str(shop.folder / "missing")
    done = shop.run("fleet", "apply", "--yes")
    assert done.returncode == 1
    assert "RECONCILER_CREDENTIALS_DIR" in done.stderr
    assert shop.chain == []


def test_a_run_of_some_targets_says_how_to_go_on_with_these_only(fleet: Start) -> None:
    shop = fleet()
    shop.widen()
    shop.give_credentials("globex", client_secret="wrong")
    failed = shop.run("fleet", "apply", "--yes", "--select", "ring=all")
    command = "reconciler fleet apply --select ring=all"
    assert command in failed.stdout
    assert command in shop.run("fleet", "status").stdout
    shop.give_credentials("globex")
    assert shop.run(*command.split()[1:], "--yes").returncode == 0
    assert shop.chain[-1]["complete"]
    assert shop.writes("acme") == 0
    again = shop.run("fleet", "plan", "--detailed-exitcode", "--select", "ring=all")
    assert again.returncode == 0
