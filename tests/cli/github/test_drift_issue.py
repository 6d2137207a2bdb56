"""`reconciler github drift-issue`: one issue per endpoint, written only if something changed."""

from __future__ import annotations

import json

import pytest

from tests.cli.github.conftest import COLOUR, FRUIT, Actions
from tests.support.github import ADA, BOT

HANDS_OFF = "It is not known whether anything drifted"


@pytest.fixture
def drifting(actions: Actions) -> Actions:
    """A run after someone edited a slot, with an issue that shows this drift."""
    actions.bot.tenant.edit(FRUIT, fillStrategy="fuzzy")
    assert "An issue was opened" in look(actions)
    return actions


def look(actions: Actions) -> str:
    """The message of a scheduled run about drift and its issue."""
    actions.bot.environment["GITHUB_RUN_ID"] += "0"
    actions.save("drift.json", "drift", "--metrics")
    return actions.run("drift-issue", "--drift", "drift.json").stderr


def edit(actions: Actions, slot_id: str, **fields: str) -> None:
    actions.bot.tenant.edit(slot_id, **fields)


def states(actions: Actions) -> list[str]:
    return [issue["state"] for issue in actions.github.issues]


def test_drift_opens_an_issue(drifting: Actions) -> None:
    (issue,) = drifting.github.issues
    assert "reconciler:drift:" in issue["body"].split("\n")[0]
    assert FRUIT in issue["body"]
    assert issue["title"].startswith("Drift")
    assert drifting.github.writes == ["POST /repos/acme/shop/issues"]


def test_drift_that_the_issue_already_shows_writes_nothing(drifting: Actions) -> None:
    written = list(drifting.github.writes)
    assert "left as it is" in look(drifting)
    assert drifting.github.writes == written


def test_other_drift_updates_the_issue(drifting: Actions) -> None:
    edit(drifting, COLOUR, fillStrategy="fuzzy")
    assert "was updated" in look(drifting)
    (issue,) = drifting.github.issues
    assert COLOUR in issue["body"]


def test_the_issue_is_closed_when_the_drift_is_gone_and_then_left_alone(drifting: Actions) -> None:
    edit(drifting, FRUIT, fillStrategy="bestMatch")
    assert "was closed" in look(drifting)
    assert states(drifting) == ["closed"]
    written = list(drifting.github.writes)
    look(drifting)
    assert drifting.github.writes == written


def test_an_issue_that_we_closed_is_reopened_by_the_same_drift(drifting: Actions) -> None:
    edit(drifting, FRUIT, fillStrategy="bestMatch")
    look(drifting)
    edit(drifting, FRUIT, fillStrategy="fuzzy")
    assert "was reopened" in look(drifting)
    assert states(drifting) == ["open"]


def test_an_issue_that_a_person_closed_stays_closed_for_the_same_drift(drifting: Actions) -> None:
    drifting.github.close(1, by=ADA)
    written = list(drifting.github.writes)
    assert "left as it is" in look(drifting)
    assert drifting.github.writes == written


def test_an_issue_that_a_person_closed_is_reopened_by_other_drift(drifting: Actions) -> None:
    drifting.github.close(1, by=ADA)
    edit(drifting, COLOUR, fillStrategy="fuzzy")
    assert "was reopened" in look(drifting)
    assert states(drifting) == ["open"]
    assert COLOUR in drifting.github.issues[0]["body"]


def test_an_issue_closed_by_a_deleted_account_counts_as_a_persons(drifting: Actions) -> None:
    drifting.github.close(1, by=ADA)
    drifting.github.issues[0]["closed_by"] = None
    assert "left as it is" in look(drifting)


def test_an_error_changes_nothing_and_fails_the_job(drifting: Actions) -> None:
    drifting.github.received.clear()
    drifting.bot.write(FRUIT, patterns=7)
    drifting.save("drift.json", "drift", "--metrics")
    assert HANDS_OFF in drifting.refused("drift-issue", "--drift", "drift.json")
    assert drifting.github.received == []


def test_an_inconclusive_measurement_changes_nothing(drifting: Actions) -> None:
    edit(drifting, FRUIT, fillStrategy="bestMatch")
    drifting.bot.configure(gate={"min_samples": 10**9})
    drifting.github.received.clear()
    assert HANDS_OFF in look(drifting)
    assert drifting.github.received == []


def test_drift_without_metrics_does_not_close_the_issue(drifting: Actions) -> None:
    edit(drifting, FRUIT, fillStrategy="bestMatch")
    drifting.save("drift.json", "drift")
    drifting.run("drift-issue", "--drift", "drift.json")
    assert states(drifting) == ["open"]


def test_a_slot_below_its_gate_is_reported_even_without_drift(actions: Actions) -> None:
    actions.bot.tenant.edit(FRUIT, patterns=["^nothing$"])
    actions.bot.write(FRUIT, patterns=["^nothing$"])
    assert "An issue was opened" in look(actions)


def test_without_drift_and_without_an_issue_nothing_is_written(actions: Actions) -> None:
    assert "No issue is due" in look(actions)
    assert actions.github.writes == []


def test_only_our_own_issue_counts(drifting: Actions) -> None:
    ours = drifting.github.issues[0]
    drifting.github.issues.clear()
    drifting.github.page_size = 2
    drifting.github.issue(ours["body"], by=ADA)
    drifting.github.issue(ours["body"], pull_request={"url": "…"}, by=BOT)
    drifting.github.issue("> " + ours["body"], by=BOT)
    drifting.github.issue("talk", by=ADA)
    assert "An issue was opened" in look(drifting)
    assert "left as it is" in look(drifting)
    assert len(drifting.github.issues) == 5


def test_each_endpoint_has_an_issue_of_its_own(drifting: Actions) -> None:
    drift = json.loads((drifting.folder / "drift.json").read_text())
    drift["target"]["bot_id"] = "bot_2"
    (drifting.folder / "drift.json").write_text(json.dumps(drift))
    assert "An issue was opened" in drifting.run("drift-issue", "--drift", "drift.json").stderr
    assert states(drifting) == ["open", "open"]


def test_our_issue_is_found_by_its_label_without_reading_all_issues(drifting: Actions) -> None:
    assert drifting.github.issues[0]["labels"] == ["reconciler-drift"]
    edit(drifting, COLOUR, fillStrategy="fuzzy")
    drifting.github.received.clear()
    look(drifting)
    edit(drifting, FRUIT, fillStrategy="bestMatch")
    edit(drifting, COLOUR, fillStrategy="bestMatch")
    assert "was closed" in look(drifting)
    assert "No issue is due" not in look(drifting)
    listed = [each.path for each in drifting.github.requests("/issues?")]
    assert len(listed) == 3
    assert all("labels=reconciler-drift" in path for path in listed)


def test_without_drift_the_issues_without_the_label_are_not_read(actions: Actions) -> None:
    assert "No issue is due" in look(actions)
    (listed,) = actions.github.requests("/issues?")
    assert "labels=reconciler-drift" in listed.path


def test_an_issue_from_before_the_label_is_found_once_and_labelled(drifting: Actions) -> None:
    drifting.github.issues[0]["labels"] = ["bot"]
    assert "left as it is" in look(drifting)
    assert drifting.github.issues[0]["labels"] == ["bot", "reconciler-drift"]
    drifting.github.received.clear()
    assert "left as it is" in look(drifting)
    assert len(drifting.github.requests("/issues?")) == 1
    assert len(drifting.github.issues) == 1


def test_if_github_drops_the_label_there_is_still_only_one_issue(actions: Actions) -> None:
    actions.github.may_label = False
    actions.bot.tenant.edit(FRUIT, fillStrategy="fuzzy")
    assert "An issue was opened" in look(actions)
    assert actions.github.issues[0]["labels"] == []
    assert "left as it is" in look(actions)
    assert len(actions.github.issues) == 1


def test_the_label_on_someone_elses_issue_does_not_make_it_ours(drifting: Actions) -> None:
    ours = drifting.github.issues[0]
    drifting.github.issues.clear()
    drifting.github.issue(ours["body"], by=ADA, labels=["reconciler-drift"])
    drifting.github.issue("talk", by=BOT, labels=["reconciler-drift"])
    assert "An issue was opened" in look(drifting)


def test_a_lost_response_leads_to_no_second_issue(actions: Actions) -> None:
    actions.bot.tenant.edit(FRUIT, fillStrategy="fuzzy")
    actions.github.lose("POST", "/issues")
    look(actions)
    assert len(actions.github.issues) == 1


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"drifted": "no"}', '{"drifted": true}'])
def test_anything_but_a_drift_is_refused_with_one_message(actions: Actions, content: str) -> None:
    (actions.folder / "drift.json").write_text(content)
    assert "drift.json" in actions.refused("drift-issue", "--drift", "drift.json")
    assert actions.github.received == []


def test_the_command_needs_no_event(drifting: Actions) -> None:
    del drifting.bot.environment["GITHUB_EVENT_PATH"]
    assert "left as it is" in look(drifting)
    del drifting.bot.environment["GITHUB_TOKEN"]
    message = drifting.refused("drift-issue", "--drift", "drift.json")
    assert "GITHUB_TOKEN is missing" in message


def test_a_check_that_measures_nothing_fails_the_job(actions: Actions) -> None:
    actions.bot.environment["COGNIGY_BOT_ID"] = "bot_of_nobody"
    actions.save("drift.json", "drift", "--metrics")
    refused = actions.refused("drift-issue", "--drift", "drift.json")
    assert "No slot could be measured: is COGNIGY_BOT_ID right?" in refused
    assert actions.github.received == []
