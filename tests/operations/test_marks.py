"""Labels and the commit's status."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reconciler.model.failure import Failure
from reconciler.model.github import OtherEvent
from reconciler.model.plan import Plan
from reconciler.operations.marks import label, set_status
from tests.operations.conftest import HEAD, Run
from tests.reports.examples import waiting_plan
from tests.support.build import absent, live, plan, slot

EVERYTHING = plan([slot("a"), slot("b", name="x"), absent("c")], [live("b"), live("c")])
NOTHING = plan([slot("a")], [live("a")])
FAILED = Failure(message="no way")
ALL = ["slots: create", "slots: update", "slots: delete"]


@pytest.mark.parametrize(
    ("result", "labels"),
    [
        (EVERYTHING, ALL),
        (plan([slot("a")]), ["slots: create"]),
        (NOTHING, ["slots: no changes"]),
        (FAILED, []),
    ],
)
def test_the_labels_say_what_the_plan_does(
    run: Run, result: Plan | Failure, labels: list[str]
) -> None:
    label([result], run.workflow)
    assert run.github.labels_on(7) == labels


def test_labels_that_no_longer_hold_are_taken_off_and_a_persons_stay(run: Run) -> None:
    run.github.labels_on(7).append("urgent")
    label([EVERYTHING], run.workflow)
    label([NOTHING], run.workflow)
    assert run.github.labels_on(7) == ["urgent", "slots: no changes"]


def test_the_labels_are_those_of_all_environments_and_of_what_waits_there(run: Run) -> None:
    waits = waiting_plan(plan([absent("c")], [live("c")]))
    label([plan([slot("a")]), NOTHING, waits, FAILED], run.workflow)
    assert run.github.labels_on(7) == ["slots: create", "slots: delete"]


def test_the_status_of_a_failed_plan_is_that_of_its_environment(run: Run) -> None:
    set_status(FAILED, run.workflow, environment="staging")
    (status,) = run.github.statuses[HEAD]
    assert (status["context"], status["state"]) == ("slots (staging)", "failure")
    set_status(waiting_plan(EVERYTHING), run.workflow)
    status = run.github.statuses[HEAD][-1]
    assert status["context"] == "slots (production)"
    assert "3 waiting for staging" in status["description"]


def test_labelling_again_writes_nothing(run: Run) -> None:
    label([EVERYTHING], run.workflow)
    written = list(run.github.writes)
    label([EVERYTHING], run.workflow)
    assert run.github.writes == written


def test_a_colour_is_set_once_and_a_persons_choice_stays(run: Run) -> None:
    label([EVERYTHING], run.workflow)
    assert run.github.labels["slots: delete"] == "cf222e"
    run.github.labels["slots: delete"] = "123456"
    label([NOTHING], run.workflow)
    label([EVERYTHING], run.workflow)
    assert run.github.labels["slots: delete"] == "123456"


def test_a_label_whose_response_was_lost_is_put_once(run: Run) -> None:
    run.github.lose("POST", "/issues/7/labels")
    label([plan([slot("a")])], run.workflow)
    assert run.github.labels_on(7) == ["slots: create"]


def test_a_label_that_someone_took_off_meanwhile_is_no_error(run: Run) -> None:
    label([EVERYTHING], run.workflow)
    run.github.fail("DELETE", "/labels/", 404)
    label([plan([slot("a")])], run.workflow)
    assert "slots: create" in run.github.labels_on(7)


def test_without_a_pull_request_nothing_is_labelled(run: Run) -> None:
    label([EVERYTHING], replace(run.workflow, event=OtherEvent()))
    assert run.github.writes == []


@pytest.mark.parametrize(
    ("result", "state", "description"),
    [
        (EVERYTHING, "success", "1 to create, 1 to update, 1 to delete"),
        (NOTHING, "success", "No slot changes"),
        (FAILED, "failure", "No plan could be made"),
    ],
)
def test_the_status_has_the_counts_and_leads_to_the_run(
    run: Run, result: Plan | Failure, state: str, description: str
) -> None:
    link = "https://github.com/acme/shop/actions/runs/42"
    set_status(result, replace(run.workflow, link=link))
    assert run.github.statuses == {
        HEAD: [
            {
                "state": state,
                "context": "slots",
                "description": description,
                "target_url": link,
            }
        ]
    }


def test_each_environment_has_a_status_of_its_own(run: Run) -> None:
    for name in ("staging", "production"):
        set_status(NOTHING.model_copy(update={"environment": name}), run.workflow)
    contexts = [each["context"] for each in run.github.statuses[HEAD]]
    assert contexts == ["slots (staging)", "slots (production)"]


def test_without_a_commit_no_status_is_set(run: Run) -> None:
    set_status(NOTHING, replace(run.workflow, commit=None))
    assert run.github.writes == []
