"""Foreign text in the output cannot control a terminal or give commands to a runner."""

from __future__ import annotations

import json
import logging
import re
import unicodedata
from collections.abc import Callable
from typing import Any

import click
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from reconciler.cli.main import _prepare_streams, logger
from reconciler.cli.output import say, show, tell
from reconciler.errors import ReconcilerError
from reconciler.formats.plan import plan_json
from reconciler.model.change import Cause
from reconciler.model.drift import DriftReport, SlotHealth
from reconciler.model.endpoint import Endpoint
from reconciler.model.gate import Rejection, VerdictResult
from reconciler.model.ledger import Entry
from reconciler.model.outcome import RunReport, Status
from reconciler.model.plan import Plan
from reconciler.reports.audit import history_text
from reconciler.reports.drift_text import drift_text
from reconciler.reports.text.plan import plan_text
from reconciler.reports.text.run import run_text
from tests.cli.conftest import Bot, Done, Shell
from tests.cli.test_bad_input import CREDENTIALS, reaching, token_then
from tests.reports.examples import outcome
from tests.support.build import live, plan, slot
from tests.support.server import reply, serving
from tests.support.world import COLOUR, FRUIT, document

UNSAFE = ("Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp")
BREAKS = ["\n", "\r", "\r\n", "\x0b", "\x0c", "\x85", "\u2028", "\u2029"]
COMMANDS = ["::error::x", "  ::add-mask::x", "##[error]x", "::stop-commands::x", "#\x1b[1m#[group]"]
STEERING = ["\x1b[2J", "\x9b2J", "\x07", "\u202e", "\u2066", "\ufeff", "\u200b", "\ud800", "\x00"]
HOSTILE = st.lists(
    st.sampled_from(BREAKS + COMMANDS + STEERING) | st.text(st.characters(), max_size=3),
    min_size=1,
    max_size=5,
).map("".join)
WORST = "x\n::error::a\r::error::b\u2028 ::error::c ##[error]d\x1b[2J\u202e\x85"


def require_harmless(output: str) -> None:
    for line in output.split("\n"):
        assert not re.match(r"\s*::", line), line
        assert "##[" not in line
        categories = {unicodedata.category(character) for character in line}
        assert categories.isdisjoint(UNSAFE), line


def harmless(done: Done) -> Done:
    require_harmless(done.stdout)
    require_harmless(done.stderr)
    assert "bug in reconciler" not in done.stderr
    return done


@pytest.fixture
def _runner(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    _prepare_streams()


SHARED = settings(
    deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60
)
FEW = settings(SHARED, max_examples=4)


# The output functions themselves


@SHARED
@given(HOSTILE)
@example(WORST)
@pytest.mark.usefixtures("_runner")
def test_any_output_is_harmless(capsys: pytest.CaptureFixture[str], text: str) -> None:
    show(text)
    say(text)
    # Only to our own handler: pytest's would keep it for a report, which a lone surrogate breaks.
    logger.handlers[0].handle(logging.makeLogRecord({"msg": "%s", "args": (text,)}))
    written = capsys.readouterr()
    require_harmless(written.out)
    require_harmless(written.err)


def test_our_colours_and_line_breaks_are_kept_outside_a_runner(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    show(click.style("a", fg="red", bold=True) + "\n::b ##[c]\x1b[2J\x1b[8m")
    assert capsys.readouterr().out == "\x1b[31m\x1b[1ma\x1b[0m\n::b ##[c]\\x1b[2J\\x1b[8m\n"


# Any value stays on its line


def plan_with(text: str) -> Plan:
    return plan(
        [slot("a", name="name", patterns=("^a$",)), slot("b")],
        [live("a", name=text, patterns=(text, "x"), unmodelled=(text,)), live("z", type=text)],
        endpoint=Endpoint(origin=f"https://{text}", bot_id=text),
    )


def reports(text: str) -> list[str]:
    made = plan_with(text)
    rejection = Rejection(run_id=text, slot_id="b", reason=text, live=True)
    health = SlotHealth(min_success_rate=0.85, result=VerdictResult.FAILED, reason=text)
    event: dict[str, Any] = {
        "timestamp": "2026-03-02T09:00:00.000Z",
        "run_id": "r",
        "seq": 1,
        "prev_hash": "",
        "hash": "",
        "event": "run_started",
        "target": {"origin": text, "bot_id": text},
        "actor": text,
        "commit": text,
        "reason": text,
    }
    begun = {**event, "event": "change_started", "slot_id": text, "action": text}
    stored = {**event, "event": "change_applied", "slot_id": text, "latency_ms": text}
    failed = {**event, "event": "change_failed", "slot_id": text, "note": text, "outcome": text}
    ended = {**event, "event": "run_finished", "summary": {text: text}}
    history = [Entry.from_line(each) for each in (event, begun, stored, failed, ended)]
    return [
        plan_text(made),
        drift_text(
            DriftReport.of(
                made.model_copy(update={"rejected": (rejection,)}),
                causes={"a": Cause.CHANGED_IN_TENANT},
                metrics={text: health},
            )
        ),
        run_text(RunReport(run_id="r", outcomes=(outcome(Status.FAILED, text),))),
        history_text(history, at_work=f"run r, {text}"),
        history_text(history[:-1], at_work=f"run r, {text}"),
    ]


@SHARED
@given(HOSTILE)
@example(WORST)
def test_no_value_adds_a_line_to_a_report(text: str) -> None:
    for hostile, plain in zip(reports(f"t{text}"), reports("text"), strict=True):
        assert hostile.count("\n") == plain.count("\n")
        categories = {unicodedata.category(each) for each in click.unstyle(hostile) if each != "\n"}
        assert categories.isdisjoint(UNSAFE)


@SHARED
@given(HOSTILE)
@example(WORST)
def test_json_is_harmless_and_keeps_its_content(text: str) -> None:
    written = plan_json(plan_with(text))
    require_harmless(written)
    assert json.loads(written)["target"]["bot_id"] == text


# The commands


@FEW
@given(HOSTILE)
@example(WORST)
def test_a_live_slots_name_is_never_a_command(bot: Callable[..., Bot], text: str) -> None:
    shop = bot(live=[document(FRUIT), document(COLOUR)])
    shop.environment |= {"GITHUB_ACTIONS": "true", "GITHUB_ACTOR": "ada ##[x]"}
    shop.write(FRUIT, patterns=["^apple$", "^pear$"])
    shop.tenant.edit(FRUIT, name=text)
    shop.tenant.edit(COLOUR, name=text, fillStrategy=text)
    harmless(shop.run("-vv", "plan"))
    harmless(shop.run("plan", "--format", "json"))
    harmless(shop.run("plan", "--format", "markdown"))
    harmless(shop.run("-vv", "drift"))
    harmless(shop.run("-vv", "apply", "--yes", "--no-gate", "--reason", text))
    harmless(shop.run("audit", "show"))
    harmless(shop.run("pull", "--out", str(shop.folder / "pulled")))
    harmless(shop.run("graph"))
    assert "No changes" in shop.run("plan").stdout


@FEW
@given(HOSTILE)
@example(WORST)
def test_text_from_a_tenant_is_never_a_command(shell: Shell, text: str) -> None:
    for body in (json.dumps({"error": text}).encode(), text.encode("utf-8", "replace")):
        with serving(token_then(reply(403, body))) as server:
            reaching(shell, server.url, GITHUB_ACTIONS="true")
            for command in (("-vv", "plan"), ("apply", "--yes"), ("drift",), ("pull",)):
                assert harmless(shell.run(*command)).returncode == 1


@FEW
@given(HOSTILE)
@example(WORST)
def test_text_in_a_slot_file_or_on_the_command_line_is_never_a_command(
    shell: Shell, text: str
) -> None:
    shell.environment = {**CREDENTIALS, "COGNIGY_TENANT": "acme", "GITHUB_ACTIONS": "true"}
    shell.write(FRUIT, fill_strategy=text, patterns=[f"({text}"])
    harmless(shell.run("validate"))
    harmless(shell.run("plan"))
    argument = text.encode("utf-8", "replace").decode().replace("\x00", "")  # as a shell passes it
    harmless(shell.run("plan", "--format", argument))
    harmless(shell.run(argument))
    harmless(shell.run("validate", "--slots", argument))


def test_the_annotations_of_a_validation_are_still_commands(shell: Shell) -> None:
    shell.environment = {"GITHUB_ACTIONS": "true"}
    shell.write(FRUIT, fill_strategy="##[x]")
    output = shell.run("validate", "--format", "github").stdout
    assert output.startswith("::error file=slots/")


# The lines of an error


def test_only_our_own_line_breaks_split_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    tell(ReconcilerError("a\nb:", details=["c\nd", "e"], hint="f\ng"))
    assert capsys.readouterr().err == "Error: a\\nb:\n  c\\nd\n  e\nf\\ng\n"
