"""Measuring by playbooks."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.errors import (
    MalformedResponseError,
    NotFoundError,
    PermissionDeniedError,
    UnavailableError,
    UnsupportedError,
)
from reconciler.model.gate import Measurement, NotMeasured, PlaybookSuite, Reading, SlotMetric
from reconciler.sandbox.v2.settings import ALWAYS, READER
from tests.support.faults import answered, lost_after, lost_before
from tests.support.shop import (
    CUSTOMER,
    FLOW,
    GOOD_STEPS,
    ORDER,
    PLAYBOOK,
    Shop,
    assert_context,
    content,
    desired,
    filler,
    step,
    suite,
)

SCHEDULE = "/schedule"


def shop(**details: Any) -> Shop:
    files = (desired(ORDER), desired(CUSTOMER))
    return Shop(filler(ORDER), filler(CUSTOMER), **{"files": files, **details})


def measure(bot: Shop, metric: PlaybookSuite | None = None, **bounds: float) -> Reading:
    with bot.tenant() as tenant:
        return tenant.measure(metric or suite(), **bounds)


def measured(bot: Shop, metric: PlaybookSuite | None = None) -> Measurement:
    reading = measure(bot, metric)
    assert isinstance(reading, Measurement)
    return reading


def spoil(bot: Shop, name: str = ORDER) -> None:
    """Make a filler find nothing."""
    bot.sandbox.console.edit(FLOW, name, regex="/nothing/")
    bot.sandbox.console.train()


def test_a_good_flow_passes_every_assert() -> None:
    assert measured(shop()) == Measurement(success_rate=1.0, sample_count=3)


def test_a_run_names_the_project_and_the_reference_ids_of_flow_and_locale() -> None:
    bot = shop()
    measured(bot)
    locales = bot.ask("GET", "/locales", projectId=bot.sandbox.project_id)["items"]
    (scheduled,) = bot.sent("POST", SCHEDULE)
    assert scheduled.body == {
        "entrypoint": bot.sandbox.project_id,
        "flowId": bot.flows[0]["referenceId"],
        "localeId": locales[0]["referenceId"],
    }


def test_failed_asserts_lower_the_rate_and_are_named() -> None:
    bot = shop()
    spoil(bot)
    reading = measured(bot)
    assert reading.success_rate == pytest.approx(1 / 3)
    assert reading.sample_count == 3
    first, second = reading.failed_asserts
    assert first.model_dump() == {
        "playbook": PLAYBOOK,
        "step": 1,
        "text": "My order is AB-1234",
        "kind": "assertContext",
        "expected": '{"order": "AB-1234"}',
        "actual": "{}",
        "keys": ("order",),
    }
    assert second.step == 2


def test_playbooks_run_in_each_locale_that_is_named() -> None:
    bot = shop()
    spoil(bot)
    reading = measured(bot, suite(locales=("English", "Deutsch")))
    assert reading.sample_count == 6
    assert {each.playbook for each in reading.failed_asserts} == {
        "Check in English",
        "Check in Deutsch",
    }
    assert len({each.body["localeId"] for each in bot.sent("POST", SCHEDULE)}) == 2  # type: ignore[index]


def test_the_asserts_of_several_playbooks_count_together() -> None:
    playbooks = ({"name": "One", "steps": GOOD_STEPS[:1]}, {"name": "Two", "steps": GOOD_STEPS})
    bot = shop(playbooks=playbooks)
    assert measured(bot, suite("One", "Two")).sample_count == 4


def test_asserts_that_did_not_run_have_failed() -> None:
    playbook = {"name": PLAYBOOK, "steps": GOOD_STEPS, "abortOnError": True}
    bot = shop(playbooks=(playbook,))
    spoil(bot)
    reading = measured(bot)
    assert (reading.success_rate, reading.sample_count) == (0.0, 3)
    assert [each.actual for each in reading.failed_asserts] == [
        "{}",
        "nothing, because it did not run",
        "nothing, because it did not run",
    ]


def test_a_step_that_times_out_has_failed() -> None:
    reading = measured(shop(timed_out_runs=1))
    assert [each.step for each in reading.failed_asserts] == [1, 2]  # its order is missing later


@pytest.mark.parametrize(
    "late",
    [
        {"late_task_seconds": 10.0},
        {"late_run_id_seconds": 10.0},
        {"late_run_seconds": 10.0},
        {"queue_seconds": 20.0},
    ],
)
def test_what_is_late_is_waited_for(late: dict[str, float]) -> None:
    assert measured(shop(**late)).success_rate == 1.0


def test_a_run_that_has_no_result_in_time_is_no_measurement() -> None:
    bot = shop(late_run_seconds=1e6)
    begun = bot.clock.monotonic()
    reading = measure(bot)
    assert isinstance(reading, NotMeasured)
    assert "took too long: the run" in reading.reason
    assert 59.0 < bot.clock.monotonic() - begun <= 60.0


def test_each_run_has_the_suite_s_time() -> None:
    bot = shop(playbook_seconds=50.0)
    assert measured(bot, suite(locales=("English", "Deutsch"))).success_rate == 1.0


@pytest.mark.parametrize("slow", [{"late_run_seconds": 1e6}, {"playbook_seconds": 1e6}])
def test_what_the_caller_does_not_wait_for_is_unavailable(slow: dict[str, float]) -> None:
    bot = shop(**slow)
    until = bot.clock.monotonic() + 20.0
    with pytest.raises(UnavailableError, match="took too long"):
        measure(bot, until=until)
    assert bot.clock.monotonic() <= until


def test_a_pause_that_outlasts_the_caller_is_not_waited_for() -> None:
    bot = shop()
    until = bot.clock.monotonic() + 20.0
    bot.inject("POST", SCHEDULE, answered(429, headers={"Retry-After": "200"}))
    with pytest.raises(UnavailableError):
        measure(bot, until=until)
    assert bot.clock.monotonic() <= until


def test_a_run_that_is_cancelled_is_no_measurement() -> None:
    reading = measure(shop(cancelled_runs=1))
    assert reading == NotMeasured(reason="Running the playbook Check ended with cancelled")


def test_a_run_whose_answer_was_lost_is_no_measurement() -> None:
    for fault in (lost_before, lost_after):
        bot = shop()
        bot.inject("POST", SCHEDULE, fault)
        assert isinstance(measure(bot), NotMeasured)


def test_a_refused_run_is_scheduled_again() -> None:
    bot = shop()
    bot.inject("POST", SCHEDULE, answered(409, {"detail": "Ten are running."}), times=3)
    assert measured(bot).success_rate == 1.0
    assert len([each for each in bot.transport.sent if each.url.path.endswith(SCHEDULE)]) == 4


def test_an_outage_while_a_run_is_read_is_waited_out() -> None:
    bot = shop(late_run_seconds=0.0)
    (playbook,) = bot.ask("GET", "/playbooks", projectId=bot.sandbox.project_id)["items"]
    with bot.tenant() as tenant:
        task = bot.ask(
            "POST",
            f"/playbooks/{playbook['_id']}/schedule",
            {
                "entrypoint": bot.sandbox.project_id,
                "flowId": bot.flows[0]["referenceId"],
                "localeId": bot.ask("GET", "/locales", projectId=bot.sandbox.project_id)["items"][
                    0
                ]["referenceId"],
            },
        )
        bot.clock.advance(60.0)
        run_id = bot.ask("GET", f"/tasks/{task['_id']}")["data"]["playbookRunId"]
        unfinished = {"_id": run_id, "status": "running"}
        done = {"status": "done", "data": {"playbookRunId": run_id}}
        bot.inject("POST", SCHEDULE, answered(201, {"_id": task["_id"]}))
        bot.inject("GET", task["_id"], answered(503), times=5)
        bot.inject("GET", task["_id"], answered(200, done))
        bot.inject("GET", run_id, answered(503), times=5)
        bot.inject("GET", run_id, answered(200, unfinished))
        reading = tenant.measure(suite())
    assert isinstance(reading, Measurement)


@pytest.mark.parametrize("status", ["successful", "failed"])
def test_a_run_without_results_is_malformed(status: str) -> None:
    bot = shop(late_run_seconds=0.0)
    done = {"status": "done", "data": {"playbookRunId": "run"}}
    bot.inject("POST", SCHEDULE, answered(201, {"_id": "task"}))
    bot.inject("GET", "/tasks/task", answered(200, done))
    bot.inject("GET", "/runs/run", answered(200, {"status": status, "stepResults": None}))
    with pytest.raises(MalformedResponseError, match="stepResults"):
        measure(bot)


def test_an_answer_without_a_task_is_malformed() -> None:
    bot = shop()
    bot.inject("POST", SCHEDULE, answered(204))
    with pytest.raises(MalformedResponseError, match="without a task"):
        measure(bot)


def test_who_may_not_run_playbooks_is_told_so() -> None:
    with pytest.raises(PermissionDeniedError) as raised:
        measure(shop(user=READER))
    assert "run playbooks" in raised.value.hint


def test_a_metric_of_another_version_cannot_be_measured() -> None:
    metric = SlotMetric(subject=ORDER, time_range="last24h")
    with shop().tenant() as tenant:
        assert tenant.reason_unmeasurable(metric) != ""
        with pytest.raises(UnsupportedError):
            tenant.measure(metric)


class TestWhatIsRemembered:
    def test_the_last_measurement_is_the_next_baseline(self) -> None:
        bot = shop()
        with bot.tenant() as tenant:
            assert tenant.measure(suite()) == tenant.measure(suite())
            assert len(bot.sent("POST", SCHEDULE)) == 1
            tenant.measure(suite(locales=("Deutsch",)))
            assert len(bot.sent("POST", SCHEDULE)) == 2

    @pytest.mark.parametrize("act", ["store", "create", "train", "delete"])
    def test_it_is_measured_again_after_anything_was_done(self, act: str) -> None:
        bot = shop()
        with bot.tenant() as tenant:
            tenant.measure(suite())
            live = tenant.read_slot(ORDER)
            assert live is not None
            if act == "store":
                tenant.store(ORDER, content(ORDER, regex="/y/"), train=False, replaces=live)
            elif act == "create":
                tenant.store("new", content("new"), train=False, replaces=None)
            elif act == "train":
                tenant.train(live)
            else:
                tenant.delete(ORDER)
            tenant.measure(suite())
        assert len(bot.sent("POST", SCHEDULE)) == 2

    def test_a_run_without_a_result_is_repeated_three_times_at_most(self) -> None:
        bot = shop(cancelled_runs=ALWAYS)
        with bot.tenant() as tenant:
            readings = [tenant.measure(suite()) for _ in range(6)]
            assert all(isinstance(each, NotMeasured) for each in readings)
            assert len(bot.sent("POST", SCHEDULE)) == 3
            assert tenant.read_slot(ORDER) is not None
            tenant.delete(ORDER)
            for _ in range(6):
                tenant.measure(suite())
        assert len(bot.sent("POST", SCHEDULE)) == 6


class TestReasonUnmeasurable:
    def reason(self, bot: Shop, metric: PlaybookSuite | None = None) -> str:
        with bot.tenant() as tenant:
            return tenant.reason_unmeasurable(metric or suite())

    def test_a_good_suite_has_none(self) -> None:
        assert self.reason(shop()) == ""
        assert self.reason(shop(), suite(locales=("English", "Deutsch"))) == ""

    def test_nothing_runs_for_it(self) -> None:
        bot = shop()
        self.reason(bot)
        assert bot.sent("POST") == []

    def test_a_suite_without_playbooks(self) -> None:
        nothing = PlaybookSuite(
            flow=FLOW, playbooks=(), timeout_seconds=60.0, poll_interval_seconds=3.0
        )
        assert "gate.playbooks" in self.reason(shop(), nothing)

    def test_a_playbook_that_is_not_there(self) -> None:
        reason = self.reason(shop(), suite("Chek"))
        assert reason == (
            "there is no playbook 'Chek' in the project. Did you mean 'Check'? "
            "The project has: 'Check'."
        )
        with pytest.raises(NotFoundError, match="Chek"):
            measure(shop(), suite("Chek"))

    def test_two_playbooks_of_one_name(self) -> None:
        bot = shop(playbooks=({"name": PLAYBOOK, "steps": GOOD_STEPS},) * 2)
        reason = self.reason(bot)
        assert "2 playbooks" in reason
        for each in bot.ask("GET", "/playbooks", projectId=bot.sandbox.project_id)["items"]:
            assert each["_id"] in reason

    def test_a_playbook_without_asserts(self) -> None:
        bot = shop(steps=(step("Hello"),))
        assert "'Check' has no asserts" in self.reason(bot)
        reading = measure(bot)
        assert isinstance(reading, NotMeasured)
        assert "no asserts" in reading.reason

    def test_one_of_two_playbooks_without_asserts(self) -> None:
        playbooks = ({"name": "One", "steps": GOOD_STEPS}, {"name": "Two", "steps": (step("Hi"),)})
        assert "'Two' has no asserts" in self.reason(shop(playbooks=playbooks), suite("One", "Two"))

    def test_a_locale_that_is_not_there(self) -> None:
        assert "no locale 'Englisch'" in self.reason(shop(), suite(locales=("Englisch",)))

    def test_several_reasons_are_all_named(self) -> None:
        reason = self.reason(shop(), suite("A", "B", locales=("C",)))
        assert all(f"'{name}'" in reason for name in "ABC")

    @pytest.mark.parametrize("primaries", [0, 2])
    def test_without_one_primary_locale_the_locales_must_be_named(self, primaries: int) -> None:
        locales = {
            "items": [
                {"_id": str(n), "referenceId": str(n), "name": str(n), "primary": n < primaries}
                for n in range(3)
            ],
            "total": 3,
        }
        bot = shop()
        bot.inject("GET", "/locales", answered(200, locales))
        with pytest.raises(MalformedResponseError) as raised:
            measure(bot)
        assert "gate.locales" in raised.value.hint

    def test_a_playbook_of_unknown_shape(self) -> None:
        bot = shop()
        (playbook,) = bot.ask("GET", "/playbooks", projectId=bot.sandbox.project_id)["items"]
        bot.inject("GET", playbook["_id"], answered(200, {"name": PLAYBOOK}))
        with bot.tenant() as tenant, pytest.raises(MalformedResponseError, match="steps"):
            tenant.reason_unmeasurable(suite())


def test_steps_may_have_several_asserts_of_one_kind() -> None:
    both = step("AB-1234 C123", assert_context(customer="C999"), assert_context(order="AB-1234"))
    reading = measured(shop(steps=(both,)))
    (failed,) = reading.failed_asserts
    assert failed.expected == '{"customer": "C999"}'
    assert failed.actual == '{"customer": "C123"}'
