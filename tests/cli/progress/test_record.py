"""What stays of each event on standard error."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator

import click
import pytest

from reconciler.cli.progress.record import Record
from reconciler.model.change import Action, Change
from reconciler.model.event import (
    BaselineRead,
    ChangeBegun,
    ChangeEnded,
    ChangeStored,
    Event,
    Measured,
    Paused,
    PlanBegun,
    RateLimited,
    ReadBackDue,
    RequestRepeated,
    RollbackBegun,
    SnapshotBegun,
    SnapshotTaken,
    VerdictReached,
    WaitingForMetrics,
    WriteRepeated,
)
from reconciler.model.gate import Measurement, NotMeasured, Reading, Verdict, VerdictResult
from reconciler.model.outcome import Outcome, Status
from reconciler.sandbox.messages import Request, Response
from reconciler.sandbox.v1.tenant import SandboxTenant
from tests.cli.conftest import Bot
from tests.reports.examples import FAILED_ASSERTS, LONG_REASON
from tests.support.world import FRUIT, document


def change(slot_id: str = "slot_fruit", action: Action = Action.UPDATE) -> Change:
    return Change(slot_id=slot_id, name="fruit", action=action, wave=0)


def ended(status: Status, message: str = "") -> ChangeEnded:
    outcome = Outcome(slot_id="slot_size", action=Action.CREATE, status=status, message=message)
    return ChangeEnded(outcome=outcome)


def verdict(result: VerdictResult, reason: str) -> VerdictReached:
    return VerdictReached(
        slot_id="slot_fruit", verdict=Verdict(result=result, stands=True, reason=reason)
    )


def waiting(reason: str) -> WaitingForMetrics:
    return WaitingForMetrics(
        slot_id="slot_fruit", reason=reason, seconds=5.0, until=20.0, deadline=75.0
    )


def measured(reading: Reading) -> Measured:
    return Measured(slot_id="slot_fruit", reading=reading, baseline=0.9, min_success_rate=0.85)


def repeated(reason: str) -> RequestRepeated:
    return RequestRepeated(reason=reason, attempt=2, attempts=5, seconds=1.5, until=9.0)


def limited(seconds: float) -> RateLimited:
    return RateLimited(limit=100, seconds=seconds, until=100.0)


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """No --verbose, unless a test asks for it."""
    logger = logging.getLogger("reconciler")
    before = logger.level
    logger.setLevel(logging.WARNING)
    yield
    logger.setLevel(before)


def seen(*events: Event, color: bool = False) -> str:
    """The lines that these events leave."""
    lines: list[str] = []
    record = Record(lines.append)
    for event in events:
        record.add(event)
    text = "".join(f"{line}\n" for line in lines)
    return text if color else click.unstyle(text)


def test_a_person_reads_along_from_the_plan_to_the_verdict() -> None:
    colour = change("slot_colour", Action.CREATE)
    told = seen(
        PlanBegun(changes=(change(), colour, change("slot_size"))),
        ChangeBegun(change=change()),
        BaselineRead(slot_id="slot_fruit", baseline=0.934),
        ChangeStored(slot_id="slot_fruit", action=Action.UPDATE),
        waiting("no metrics yet (404)"),
        verdict(VerdictResult.PASSED, "success rate 0.950"),
        ended(Status.VERIFIED),
        ChangeBegun(change=colour),
        BaselineRead(slot_id="slot_colour", baseline=None),
        WriteRepeated(slot_id="slot_colour", reason="The tenant answered 503."),
        ChangeStored(slot_id="slot_colour", action=Action.CREATE),
        verdict(VerdictResult.FAILED, "success rate 0.500 is below min_success_rate 0.850"),
        RollbackBegun(slot_id="slot_colour"),
        ended(Status.ROLLED_BACK),
        ended(Status.SKIPPED, "not begun: the run ended at slot_colour"),
    )
    assert told == (
        "[1/3] update slot_fruit (fruit)\n"
        "    baseline 0.934\n"
        "    stored\n"
        "    passed: slot_fruit, success rate 0.950\n"
        "[2/3] create slot_colour (fruit)\n"
        "    no baseline\n"
        "    The tenant answered 503. Trying again.\n"
        "    stored\n"
        "    failed: slot_fruit, success rate 0.500 is below min_success_rate 0.850\n"
        "    rolling back slot_colour\n"
        "    skipped slot_size: not begun: the run ended at slot_colour\n"
    )


def test_a_snapshot_is_told_before_the_first_change() -> None:
    told = seen(
        PlanBegun(changes=(change(),)),
        SnapshotBegun(name="reconciler-run"),
        SnapshotTaken(name="reconciler-run"),
        ChangeBegun(change=change()),
    )
    assert told == "snapshot taken: reconciler-run\n[1/1] update slot_fruit (fruit)\n"


def test_each_assert_that_failed_has_a_line() -> None:
    events = (verdict(VerdictResult.FAILED, LONG_REASON), ended(Status.SKIPPED, LONG_REASON))
    assert seen(*events).splitlines() == [
        "    failed: slot_fruit, pass rate fell from 1.000 to 0.700",
        *(f"        {each}" for each in FAILED_ASSERTS),
        "    skipped slot_size: pass rate fell from 1.000 to 0.700",
        *(f"        {each}" for each in FAILED_ASSERTS),
    ]


def test_a_name_that_is_the_same_as_the_id_appears_once() -> None:
    begun = ChangeBegun(change=change("fruit"))
    assert seen(PlanBegun(changes=(change("fruit"),)), begun) == "[1/1] update fruit\n"


def test_a_skipped_change_counts_as_a_step() -> None:
    told = seen(
        PlanBegun(changes=(change("slot_size"), change())),
        ended(Status.SKIPPED, "rejected before"),
        ChangeBegun(change=change()),
    )
    assert told.splitlines()[-1] == "[2/2] update slot_fruit (fruit)"


def test_each_plan_is_counted_from_its_beginning() -> None:
    begin = (PlanBegun(changes=(change(),)), ChangeBegun(change=change()))
    told = seen(*begin, *begin)
    assert told == "[1/1] update slot_fruit (fruit)\n" * 2


def test_a_deletion_is_not_called_stored() -> None:
    event = ChangeStored(slot_id="slot_fruit", action=Action.DELETE)
    assert seen(event) == "    deleted\n"


@pytest.mark.parametrize(
    ("result", "color"),
    [
        (VerdictResult.PASSED, "32"),
        (VerdictResult.FAILED, "31"),
        (VerdictResult.INCONCLUSIVE, "33"),
    ],
)
def test_a_verdict_has_its_color_on_a_terminal(result: VerdictResult, color: str) -> None:
    told = seen(verdict(result, "so"), color=True)
    assert f"\x1b[{color}m{result.value}\x1b[0m" in told


def test_a_long_wait_for_the_rate_is_one_line() -> None:
    assert seen(limited(42.4)) == (
        "The rate limit of 100 requests a minute is reached; waiting 42 s.\n"
    )


def test_a_pause_that_the_tenant_asked_for_is_one_line() -> None:
    assert seen(Paused(seconds=30.0, until=90.0)) == (
        "The tenant asked for a pause; waiting 30 s.\n"
    )


def test_a_short_wait_is_only_seen_by_who_asks_for_more() -> None:
    short = (limited(4.9), Paused(seconds=0.5, until=1.0))
    assert seen(*short) == ""
    logging.getLogger("reconciler").setLevel(logging.INFO)
    assert len(seen(*short).splitlines()) == 2


def test_a_repeated_request_is_one_line_with_its_reason() -> None:
    assert seen(repeated("Listing the slots: the tenant answered 503.")) == (
        "Listing the slots: the tenant answered 503. Trying again in 1.5 s.\n"
    )


def test_what_happens_during_a_change_is_indented_below_it() -> None:
    told = seen(
        PlanBegun(changes=(change(),)),
        ChangeBegun(change=change()),
        repeated("The tenant answered 429."),
        limited(30),
    )
    assert [line[:5] for line in told.splitlines()[1:]] == ["    T", "    T"]


class TiredTenant(SandboxTenant):
    """Answers no listing at once."""

    tired = True

    def handle(self, request: Request) -> Response:
        if request.path == "/api/v1/slots" and self.tired:
            self.tired = False
            return Response(503, {"content-type": "application/json"}, b"{}")
        return super().handle(request)


@pytest.mark.parametrize(
    "arguments", [["plan"], ["drift"], ["pull"], ["apply", "--yes"]], ids=lambda each: each[0]
)
def test_every_command_that_asks_the_tenant_says_why_it_waits(
    bot: Callable[..., Bot], arguments: list[str]
) -> None:
    shop = bot(live=[document(FRUIT)], kind=TiredTenant)
    shop.write(FRUIT, name="fruit", patterns=["^apple$", "^pear$"])
    done = shop.run(*arguments)
    line = "Listing the slots: the tenant answered 503. Trying again in "
    told = [each[len("00:00:00Z ") :][: len(line)] for each in done.stderr.splitlines()]
    assert told.count(line) == 1
    assert done.stdout


@pytest.mark.parametrize(
    ("event", "line"),
    [
        (measured(Measurement(success_rate=0.5)), "slot_fruit measures 0.500"),
        (
            measured(Measurement(success_rate=0.5, sample_count=120)),
            "slot_fruit measures 0.500 of 120 samples",
        ),
        (measured(NotMeasured(reason="no metrics")), "slot_fruit is not measured: no metrics"),
        (
            ReadBackDue(slot_id="slot_fruit", seconds=2.0, until=9.0, deadline=30.0),
            "slot_fruit does not read as it should yet; reading it again in 2 s.",
        ),
    ],
)
def test_each_reading_is_only_seen_by_who_asks_for_more(event: Event, line: str) -> None:
    assert seen(event) == ""
    logging.getLogger("reconciler").setLevel(logging.INFO)
    assert seen(event) == f"{line}\n"


def test_foreign_text_does_not_steer_the_terminal() -> None:
    told = seen(
        repeated("\x1b[2Jgone"),
        WriteRepeated(slot_id="a", reason="\x1b[2Jgone"),
        color=True,
    )
    assert "\x1b[2J" not in told
