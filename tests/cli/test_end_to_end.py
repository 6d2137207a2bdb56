"""The whole workflow as a user runs it: processes, files, and a tenant on a real socket."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler

import pytest
from jsonschema import Draft202012Validator

from reconciler.sandbox.messages import Request, Response
from reconciler.sandbox.v1.tenant import SandboxTenant
from tests.cli.conftest import Bot
from tests.support.server import Received, reply, serving
from tests.support.world import COLOUR, FRUIT, SIZE, document

StartBot = Callable[..., Bot]
SECRET = "sandbox-secret"
FRUITS, COLOURS, SIZES = ["^apple$", "^pear$"], ["^red$", "^blue$"], ["^small$", "^large$"]


class BusyTenant(SandboxTenant):
    """A tenant that others use too: the first PUT exceeds the rate limit."""

    refused = False

    def handle(self, request: Request) -> Response:
        if request.method == "PUT" and not self.refused:
            self.refused = True
            body = b'{"error": "too many requests"}'
            return Response(429, {"retry-after": "1", "content-type": "application/json"}, body)
        return super().handle(request)


class PercentTenant(SandboxTenant):
    """A tenant that sends its rates as text, in percent."""

    def handle(self, request: Request) -> Response:
        response = super().handle(request)
        if request.path.endswith("/extraction"):
            return Response(200, response.headers, b'{"successRate": "97 %"}')
        return response


class RecordingTenant(SandboxTenant):
    """A tenant that records the tokens it issues."""

    tokens: list[str]

    def handle(self, request: Request) -> Response:
        response = super().handle(request)
        if request.path == "/oauth/token":
            self.tokens.append(json.loads(response.body)["access_token"])
        return response


def write_chain(bot: Bot) -> None:
    bot.write(SIZE, patterns=SIZES, dependencies=[COLOUR])
    bot.write(COLOUR, patterns=COLOURS, dependencies=[FRUIT])
    bot.write(FRUIT, patterns=FRUITS)


def paths(bot: Bot) -> list[str]:
    return [put.path.rsplit("/", 1)[1] for put in bot.writes]


def test_an_apply_puts_slots_in_dependency_order_and_the_next_plan_is_empty(bot: StartBot) -> None:
    shop = bot()
    write_chain(shop)
    applied = shop.run("apply", "--yes", "--format", "json")
    assert applied.returncode == 0, applied.stderr
    report = json.loads(applied.stdout)
    assert report["summary"]["verified"] == 3
    assert [each["slot_id"] for each in report["outcomes"]] == [FRUIT, COLOUR, SIZE]
    assert paths(shop) == [FRUIT, COLOUR, SIZE]
    assert all(
        isinstance(put.body, dict)
        and set(put.body)
        == {"name", "type", "patterns", "fillStrategy", "dependencies", "triggerRetrain"}
        for put in shop.writes
    )
    planned = shop.run("plan", "--detailed-exitcode")
    assert planned.returncode == 0, planned.stderr
    assert "No changes." in planned.stdout


def test_a_saved_plan_is_applied_without_asking(bot: StartBot) -> None:
    shop = bot()
    write_chain(shop)
    planned = shop.run("plan", "--out", "plan.json", "--detailed-exitcode")
    assert planned.returncode == 2
    applied = shop.run("apply", "plan.json")
    assert applied.returncode == 0, applied.stderr
    assert paths(shop) == [FRUIT, COLOUR, SIZE]
    assert shop.run("plan", "--detailed-exitcode").returncode == 0
    again = shop.run("apply", "plan.json")
    assert again.returncode == 4
    assert "stale" in again.stderr


def test_a_gate_failure_restores_all_five_fields_of_the_former_slot(bot: StartBot) -> None:
    former = document(FRUIT, dependencies=[SIZE, COLOUR], fillStrategy="firstMatch")
    shop = bot(live=[former, document(COLOUR), document(SIZE)])
    shop.write(
        FRUIT,
        name="fruits",
        type="regex",
        patterns=["^nothing$"],
        fill_strategy="strict",
        dependencies=[SIZE],
    )
    shop.write(COLOUR, patterns=COLOURS)
    shop.write(SIZE, patterns=SIZES)
    applied = shop.run("apply", "--yes")
    assert applied.returncode == 3
    assert shop.live(FRUIT) == former
    assert "rolled back" in applied.stdout
    assert "fell from 1.000 to 0.000" in applied.stdout
    events = [line["event"] for line in shop.ledger]
    assert events[-4:] == ["gate_failed", "rollback_started", "change_rolled_back", "run_finished"]


def test_a_rejected_change_is_not_retried_without_retry_failed(bot: StartBot) -> None:
    shop = bot(live=[document(FRUIT)])
    shop.write(FRUIT, patterns=["^nothing$"])
    assert shop.run("apply", "--yes").returncode == 3
    written = len(shop.writes)

    again = shop.run("apply", "--yes")
    assert again.returncode == 3
    assert "rejected in run" in again.stdout
    assert len(shop.writes) == written

    drifted = json.loads(shop.run("drift", "--format", "json").stdout)
    assert [each["slot_id"] for each in drifted["rejected"]] == [FRUIT]
    assert (drifted["changes"], drifted["drifted"]) == ([], True)

    retried = shop.run("apply", "--yes", "--retry-failed")
    assert retried.returncode == 3
    assert len(shop.writes) == written + 2


def test_a_fix_for_a_slot_below_the_minimum_passes(bot: StartBot) -> None:
    shop = bot(live=[document(FRUIT, patterns=["^nothing$"])])
    shop.write(FRUIT, patterns=["^apple$"])
    applied = shop.run("apply", "--yes", "--format", "json")
    assert applied.returncode == 0, applied.stderr
    (outcome,) = json.loads(applied.stdout)["outcomes"]
    assert (outcome["status"], outcome["baseline"]) == ("verified", 0.0)
    # About half of the traffic is "apple", depending on how the window cuts it.
    assert outcome["success_rate"] == pytest.approx(0.5, abs=0.1)
    assert shop.run("plan", "--detailed-exitcode").returncode == 0


def test_a_token_that_expires_during_a_run_is_renewed(bot: StartBot) -> None:
    # Two settle times are longer than a token's lifetime.
    shop = bot(token_lifetime_seconds=1)
    shop.configure(gate={"settle_seconds": 0.6})
    write_chain(shop)
    applied = shop.run("apply", "--yes")
    assert applied.returncode == 0, applied.stderr
    assert len([r for r in shop.tenant.requests if r.path == "/oauth/token"]) > 2
    assert shop.run("plan", "--detailed-exitcode").returncode == 0


def test_a_429_with_retry_after_is_waited_for(bot: StartBot) -> None:
    shop = bot(kind=BusyTenant)
    write_chain(shop)
    applied = shop.run("apply", "--yes", "-v")
    assert applied.returncode == 0, applied.stderr
    assert "answered 429: too many requests. Trying again in " in applied.stderr
    assert "3 verified" in applied.stdout
    assert shop.run("plan", "--detailed-exitcode").returncode == 0


def test_a_put_that_is_answered_with_204_is_judged_like_any_other(bot: StartBot) -> None:
    shop = bot(put_response=204)
    shop.write(FRUIT, patterns=FRUITS)
    applied = shop.run("apply", "--yes")
    assert applied.returncode == 0, applied.stderr
    assert "1 verified" in applied.stdout
    assert shop.run("plan", "--detailed-exitcode").returncode == 0


def test_a_listing_of_250_slots_takes_three_pages_and_a_final_empty_one(bot: StartBot) -> None:
    shop = bot(live=[document(f"slot_{number:03}") for number in range(250)])
    shop.write("slot_249", name="249")
    planned = shop.run("plan", "--format", "json")
    assert json.loads(planned.stdout)["summary"]["unmanaged"] == 249
    assert [r.query["offset"] for r in shop.tenant.requests if r.path == "/api/v1/slots"] == [
        "0",
        "99",
        "198",
        "250",
    ]


def test_plan_and_drift_send_nothing_but_gets_and_the_token_request(bot: StartBot) -> None:
    shop = bot(live=[document(FRUIT, patterns=["^apple$"]), document(COLOUR)])
    write_chain(shop)
    assert shop.run("plan", "--out", "plan.json").returncode == 0
    assert shop.run("drift", "--metrics").returncode == 2
    others = [
        (r.method, r.path)
        for r in shop.tenant.requests
        if r.method != "GET" and (r.method, r.path) != ("POST", "/oauth/token")
    ]
    assert others == []
    assert sorted(p.name for p in shop.folder.iterdir()) == ["plan.json", "slots"]


def test_a_read_only_client_can_plan_but_not_apply(bot: StartBot) -> None:
    shop = bot()
    shop.environment |= {
        "COGNIGY_CLIENT_ID": "sandbox-reader",
        "COGNIGY_CLIENT_SECRET": "sandbox-reader-secret",
    }
    shop.write(FRUIT, patterns=FRUITS)
    assert shop.run("plan").returncode == 0
    applied = shop.run("apply", "--yes")
    assert applied.returncode == 1
    assert "did not grant the scopes cognigy:slots:write" in applied.stderr
    assert shop.writes == []


def test_the_secret_and_the_tokens_never_appear_in_output_or_files(bot: StartBot) -> None:
    RecordingTenant.tokens = []
    shop = bot(live=[document(FRUIT)], kind=RecordingTenant)
    shop.write(FRUIT, patterns=["^nothing$"])
    shop.write(COLOUR, patterns=COLOURS)
    outputs = []
    for arguments in (
        ("plan", "-vv", "--out", "plan.json"),
        ("apply", "-vv", "plan.json"),
        ("drift", "-vv", "--metrics", "--format", "json"),
        ("-vv", "apply", "--yes"),
    ):
        done = shop.run(*arguments)
        outputs += [done.stdout, done.stderr]
    files = [path.read_text(encoding="utf-8") for path in shop.folder.rglob("*") if path.is_file()]
    tokens = RecordingTenant.tokens
    assert len(tokens) == 4
    assert "PUT /api/v1/slots/slot_colour -> 200" in "".join(outputs)
    for text in outputs + files:
        assert SECRET not in text
        assert not any(token in text for token in tokens)


def test_an_edit_in_the_tenant_is_drift(bot: StartBot) -> None:
    shop = bot(live=[document(FRUIT)])
    shop.write(FRUIT, patterns=FRUITS)
    assert shop.run("drift").returncode == 0
    shop.tenant.edit(FRUIT, patterns=["^apple$"])
    drifted = shop.run("drift")
    assert drifted.returncode == 2
    assert "1 slot drifted" in drifted.stdout
    assert "^pear$" in drifted.stdout


def test_drift_with_metrics_finds_an_unhealthy_slot(bot: StartBot) -> None:
    shop = bot(live=[document(FRUIT, patterns=["^apple$"]), document(COLOUR)])
    shop.write(FRUIT, patterns=["^apple$"])
    shop.write(COLOUR, patterns=COLOURS)
    drifted = shop.run("drift", "--metrics", "--format", "json")
    assert drifted.returncode == 3
    report = json.loads(drifted.stdout)
    assert report["drifted"] is False
    assert [(m["slot_id"], m["verdict"]) for m in report["metrics"]] == [
        (COLOUR, "passed"),
        (FRUIT, "failed"),
    ]


def test_rates_that_cannot_be_parsed_are_shown_and_nothing_is_written(bot: StartBot) -> None:
    shop = bot(live=[document(FRUIT, patterns=["^apple$"])], kind=PercentTenant)
    shop.configure(gate={"poll_interval_seconds": 0.01})
    shop.write(FRUIT, patterns=FRUITS)
    applied = shop.run("apply", "--yes")
    assert applied.returncode == 1
    assert f"The metrics of {FRUIT} cannot be read" in applied.stderr
    assert '{"successRate": "97 %"}' in applied.stderr
    assert shop.writes == []
    assert '{"successRate": "97 %"}' in shop.run("drift", "--metrics").stdout


def test_slots_are_deleted_by_an_absent_file_and_by_prune(bot: StartBot) -> None:
    shop = bot(live=[document(FRUIT), document(COLOUR), document(SIZE)])
    shop.configure(owns=["slot_c*"])
    shop.write(SIZE, patterns=SIZES)
    (shop.folder / "slots" / "gone.yaml").write_text(f"slot_id: {FRUIT}\nstate: absent\n")
    refused = shop.run("apply", "--yes")
    assert refused.returncode == 0, refused.stderr
    assert shop.live(FRUIT) == {}
    assert shop.live(COLOUR)
    pruned = shop.run("apply", "--yes", "--prune")
    assert pruned.returncode == 0, pruned.stderr
    assert shop.live(COLOUR) == {}
    assert shop.live(SIZE)
    assert shop.run("plan", "--prune", "--detailed-exitcode").returncode == 0


def test_a_protected_slot_whose_file_vanished_is_still_protected(bot: StartBot) -> None:
    shop = bot(live=[document(FRUIT), document(COLOUR)])
    shop.configure(owns=["*"])
    path = shop.write(FRUIT, patterns=FRUITS, protect=True)
    shop.write(COLOUR, patterns=COLOURS)
    learnt = shop.run("apply", "--yes")
    assert learnt.returncode == 0, learnt.stderr
    path.unlink()
    for command in (("plan", "--prune"), ("apply", "--yes", "--prune")):
        refused = shop.run(*command)
        assert refused.returncode == 1
        assert f"{FRUIT} is protected" in refused.stderr
    assert shop.live(FRUIT)
    shop.write(FRUIT, patterns=FRUITS)
    assert shop.run("apply", "--yes").returncode == 0
    path.unlink()
    assert shop.run("apply", "--yes", "--prune").returncode == 0
    assert shop.live(FRUIT) == {}


def test_a_target_is_applied_with_its_dependencies(bot: StartBot) -> None:
    shop = bot()
    write_chain(shop)
    applied = shop.run("apply", "--yes", "--target", COLOUR)
    assert applied.returncode == 0, applied.stderr
    assert "PARTIAL" in applied.stdout
    assert paths(shop) == [FRUIT, COLOUR]


def test_a_second_apply_is_refused_while_the_first_is_running(bot: StartBot) -> None:
    shop = bot()
    shop.configure(gate={"settle_seconds": 30})
    shop.write(FRUIT, patterns=FRUITS)
    with shop.spawn("apply", "--yes", "--format", "json") as first:
        shop.wait_for_writes()
        second = shop.run("apply", "--yes")
        assert second.returncode == 4
        assert f"pid {first.pid}" in second.stderr
        first.kill()


def test_after_a_kill_the_next_apply_recovers_the_open_change(bot: StartBot) -> None:
    shop = bot(live=[document(FRUIT)])
    shop.configure(gate={"settle_seconds": 30})
    shop.write(FRUIT, patterns=["^nothing$"])
    with shop.spawn("apply", "--yes") as process:
        shop.wait_for_writes()
        process.kill()
    assert f"left its change of {FRUIT} open; the next apply" in shop.run("plan").stdout
    shop.configure()
    shop.environment["COGNIGY_BOT_ID"] = "bot_2"
    assert f"bot bot_1 left open its change of {FRUIT}" in shop.run("plan").stderr
    shop.environment["COGNIGY_BOT_ID"] = "bot_1"
    recovered_run = shop.run("apply", "--yes", "--format", "json")
    assert recovered_run.returncode == 3, recovered_run.stderr
    recovered, skipped = json.loads(recovered_run.stdout)["outcomes"]
    assert (recovered["status"], recovered["recovered"]) == ("rolled_back", True)
    assert (skipped["status"], skipped["recovered"]) == ("skipped", False)
    assert shop.live(FRUIT) == document(FRUIT)
    assert shop.run("audit", "verify").returncode == 0


def test_a_wave_is_trained_once_and_only_failed_changes_are_rolled_back(bot: StartBot) -> None:
    shop = bot(live=[document(FRUIT), document(COLOUR, patterns=["^red$"])])
    shop.configure(rollout={"batch": "wave"})
    shop.write(FRUIT, patterns=["^nothing$"])
    shop.write(COLOUR, patterns=COLOURS)
    shop.write(SIZE, patterns=SIZES)
    applied = shop.run("apply", "--yes", "--format", "json")
    assert applied.returncode == 3, applied.stderr
    assert [
        put.body["triggerRetrain"] for put in shop.writes[:3] if isinstance(put.body, dict)
    ] == [False, False, True]
    outcomes = {each["slot_id"]: each["status"] for each in json.loads(applied.stdout)["outcomes"]}
    assert outcomes == {COLOUR: "verified", FRUIT: "rolled_back", SIZE: "verified"}
    assert shop.live(FRUIT) == document(FRUIT)
    assert "[3/3] create slot_size" in applied.stderr
    shop.write(FRUIT, patterns=FRUITS)
    assert shop.run("plan", "--detailed-exitcode").returncode == 0


@pytest.mark.skipif(os.name != "posix", reason="Windows cannot send Ctrl-C to one process")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_first_interrupt_stops_after_the_current_change(
    bot: StartBot, number: signal.Signals
) -> None:
    shop = bot()
    shop.configure(gate={"settle_seconds": 0.5})
    write_chain(shop)
    with shop.spawn("apply", "--yes", "--format", "json") as process:
        shop.wait_for_writes()
        process.send_signal(number)
        stdout, _ = process.communicate(timeout=30)
    assert process.returncode == 130
    outcomes = {each["slot_id"]: each["status"] for each in json.loads(stdout)["outcomes"]}
    assert outcomes == {FRUIT: "verified", COLOUR: "skipped", SIZE: "skipped"}
    assert paths(shop) == [FRUIT]
    assert shop.ledger[-1]["event"] == "run_finished"


@pytest.mark.skipif(os.name != "posix", reason="Windows cannot send Ctrl-C to one process")
def test_an_interrupt_while_the_webhook_hangs_does_not_lose_the_report(bot: StartBot) -> None:
    main = threading.get_ident()

    def interrupt_the_wait(received: Received, handler: BaseHTTPRequestHandler) -> None:
        while not _is_within(main, function="finish"):
            pass
        os.kill(os.getpid(), signal.SIGINT)
        reply()(received, handler)

    shop = bot()
    shop.write(FRUIT, patterns=FRUITS)
    with serving(interrupt_the_wait) as server:
        shop.environment["COGNIGY_WEBHOOK_URL"] = server.url
        applied = shop.run("apply", "--yes", "--format", "json")
    assert json.loads(applied.stdout)["summary"]["verified"] == 1
    assert shop.ledger[-1]["event"] == "run_finished"


def _is_within(thread: int, *, function: str) -> bool:
    """Whether a thread is somewhere below a function of this name."""
    return any(
        frame.f_code.co_name == function
        for frame, _ in traceback.walk_stack(sys._current_frames()[thread])
    )


@pytest.mark.skipif(os.name != "posix", reason="Windows cannot send Ctrl-C to one process")
@pytest.mark.parametrize("format_", ["json", "text"])
def test_the_second_interrupt_stops_immediately_and_reports_what_is_known(
    bot: StartBot, format_: str
) -> None:
    shop = bot()
    write_chain(shop)
    shop.write("slot_last", patterns=["^x$"], name="last", dependencies=[SIZE])
    shop.write(SIZE, patterns=SIZES, dependencies=[COLOUR], gate={"settle_seconds": 30})
    with shop.spawn("apply", "--yes", "--format", format_) as process:
        shop.wait_for_writes(3)
        # Two different ones, because two of the same could be delivered as one.
        process.send_signal(signal.SIGINT)
        process.send_signal(signal.SIGTERM)
        stdout, stderr = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "Stopped at once: changes that were already stored are live" in stderr
    run_id = shop.ledger[0]["run_id"]
    assert f"audit show --run {run_id}" in (stdout if format_ == "text" else stderr)
    assert [line["event"] for line in shop.ledger][-1] == "change_applied"
    if format_ == "text":
        assert "Applied: 2 verified. 1 failed, 1 skipped." in stdout
        assert "stored but not judged; the ledger holds it as open" in stdout
    else:
        report = json.loads(stdout)
        assert (report["run_id"], report["interrupted"]) == (run_id, True)
        assert {each["slot_id"]: each["status"] for each in report["outcomes"]} == {
            FRUIT: "verified",
            COLOUR: "verified",
            SIZE: "failed",
            "slot_last": "skipped",
        }
    shop.write(SIZE, patterns=SIZES, dependencies=[COLOUR])
    recovered_run = shop.run("apply", "--yes")
    assert recovered_run.returncode == 0, recovered_run.stderr
    assert "Recovered from earlier runs: 1 verified.\nApplied: " in recovered_run.stdout
    assert shop.run("plan", "--detailed-exitcode").returncode == 0


def test_the_events_of_an_apply_are_written_while_it_goes_on(bot: Callable[..., Bot]) -> None:
    shop = bot(live=[document(FRUIT)])
    shop.write(FRUIT, patterns=["^apple$", "^pear$", "^plum$"])
    done = shop.run("apply", "--yes", "--format", "json", "--events", "events.jsonl")
    assert done.returncode == 0, done.stderr
    text = (shop.folder / "events.jsonl").read_text(encoding="ascii")
    events = [json.loads(line) for line in text.splitlines()]
    schema = Draft202012Validator(json.loads(shop.run("schema", "--events").stdout))
    for event in events:
        schema.validate(event)
    kinds = [event["event"] for event in events]
    assert kinds.index("run_begun") < kinds.index("change_begun") < kinds.index("verdict_reached")
    report = {key: events[-1]["report"][key] for key in ("run_id", "outcomes")}
    printed = json.loads(done.stdout)
    assert report == {key: printed[key] for key in report}
    assert shop.run("plan", "--detailed-exitcode").returncode == 0
