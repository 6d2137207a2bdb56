"""Reviews of a repository of cognigy-v2: the plan on its pull request, and what may be applied."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from reconciler.sandbox.v2.settings import COLLEAGUE
from tests.cli.github.conftest import HEAD, MERGED, Actions, variables
from tests.docs.conftest import serving_order_bot
from tests.support.github import serving_github

SETTINGS = """\
api: cognigy-v2
flow: Order intake
gate: {playbooks: [Order slots], poll_interval_seconds: 0.02}
train: {poll_interval_seconds: 0.02}
snapshot: {before_apply: true}
"""
WIDER = r"/\\b(?:[A-Z]{2}-\\d{4,6}|ORD-\\d{5})\\b/"
EXAMPLES = "examples:\n  match: [AB-1234, ORD-12345]\n  reject: [ORD-1]\n"
CREATED = "slot_id: voucher\ntype: regex\nregex: /V-\\d+/\ncontext_key: voucher\n"


@pytest.fixture
def actions(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Actions]:
    """A pull request that changes a slot and creates one, in an adopted project."""
    with serving_order_bot(tmp_path) as bot, serving_github() as github:
        slots = tmp_path / "slots"
        (slots / "reconciler.yaml").write_text(SETTINGS)
        assert bot.run("pull").returncode == 0
        shutil.copytree(slots, tmp_path / "base")
        bot.environment |= variables(tmp_path, github, tmp_path_factory.mktemp("temp"))
        made = Actions(bot=bot, github=github)
        made.pull_request(4)
        change(made, "order_number", regex=WIDER)
        with (slots / "order_number.yaml").open("a") as file:
            file.write(EXAMPLES)
        (slots / "voucher.yaml").write_text(CREATED)
        made.save("plan.json", "plan")
        yield made


def change(actions: Actions, slot_id: str, *, regex: str) -> None:
    path = actions.folder / "slots" / f"{slot_id}.yaml"
    path.write_text(re.sub("^regex: .*$", f"regex: {regex}", path.read_text(), flags=re.MULTILINE))


def comment(actions: Actions) -> str:
    actions.run("comment", "--plan", "plan.json", "--base", "base", "--labels", "--status")
    (body,) = actions.github.bodies(4)
    return body


def merge(actions: Actions) -> None:
    actions.push()
    actions.github.commit_pulls[MERGED] = [
        actions.github.pull(
            4, head=HEAD, state="closed", merged_at="2026-03-02", merge_commit_sha=MERGED
        )
    ]


def require_shown(actions: Actions, *, code: int) -> str:
    done = actions.bot.run("github", "compare", "--plan", "plan.json", "--require-shown")
    assert done.returncode == code, done.stderr
    return str(done.stdout + done.stderr)


def test_the_comment_shows_what_merging_does_to_the_project(actions: Actions) -> None:
    body = comment(actions)
    project = actions.bot.environment["COGNIGY_PROJECT_ID"]
    assert "Merging makes these 2 changes live" in body
    assert f"project `{project}`" in body
    for said in ("order_number", "voucher", "ORD-", "context_key"):
        assert said in body
    assert "`ORD-12345`" in body  # an example that matches now and did not before
    assert {"slots: create", "slots: update"} <= set(actions.github.labels_on(4))
    assert actions.github.statuses[HEAD][0]["state"] == "success"
    assert not re.search(r"\bbot\b", body)


def test_what_weakens_safety_is_said(actions: Actions) -> None:
    settings = actions.folder / "slots" / "reconciler.yaml"
    weaker = SETTINGS.replace("[Order slots]", "[Order slots], min_pass_rate: 0.5")
    settings.write_text(weaker.replace("before_apply: true", "before_apply: false"))
    actions.save("plan.json", "plan")
    body = comment(actions)
    for field in ("gate.min_pass_rate", "snapshot.before_apply"):
        assert field in body


def test_the_plan_that_was_shown_may_be_applied_and_its_outcome_is_told(actions: Actions) -> None:
    comment(actions)
    merge(actions)
    assert "exactly the plan that the pull request showed" in require_shown(actions, code=0)
    applied = actions.save("outcome.json", "apply", "plan.json")
    assert applied.returncode == 0, applied.stderr
    name = json.loads(applied.stdout)["snapshot"]
    actions.run("comment", "--outcome", "outcome.json", "--plan", "plan.json")
    (_, told) = actions.github.bodies(4)
    assert "2 verified" in told
    assert f"snapshot before it: `{name}`" in told
    assert actions.bot.run("plan", "--detailed-exitcode").returncode == 0


def test_a_change_that_was_not_shown_is_refused_and_named(actions: Actions) -> None:
    comment(actions)
    merge(actions)
    change(actions, "customer_id", regex="/X/")
    actions.save("plan.json", "plan")
    refused = require_shown(actions, code=4)
    assert "customer_id" in refused
    assert "order_number." not in refused


def test_an_edit_in_the_console_after_the_review_is_not_applied_over_unseen(
    actions: Actions,
) -> None:
    comment(actions)
    merge(actions)
    actions.bot.tenant.console.edit("Order intake", "order_number", regex="/theirs/")
    actions.save("plan.json", "plan")
    assert "order_number" in require_shown(actions, code=4)


def test_an_edit_of_a_field_that_no_file_manages_needs_no_new_review(actions: Actions) -> None:
    comment(actions)
    merge(actions)
    console = actions.bot.tenant.console
    console.edit("Order intake", "order_number", resultLocation="result.text")
    actions.save("plan.json", "plan")
    said = require_shown(actions, code=0)
    assert "The changes are the same" in said
    assert actions.save("outcome.json", "apply", "plan.json").returncode == 0
    stored = console.slotfiller("Order intake", "order_number")
    assert stored["resultLocation"] == "result.text"
    assert stored["regex"] == WIDER.replace(r"\\", "\\")
    assert actions.bot.run("plan", "--detailed-exitcode").returncode == 0


def test_what_the_gate_rejects_is_told_with_the_asserts_that_failed(actions: Actions) -> None:
    merge(actions)
    (actions.folder / "slots" / "voucher.yaml").unlink()
    path = actions.folder / "slots" / "order_number.yaml"
    path.write_text(path.read_text().partition("examples:")[0])
    change(actions, "order_number", regex=r"/\\b[A-Z]{2}-\\d{5,6}\\b/")
    actions.save("plan.json", "plan")
    assert actions.save("outcome.json", "apply", "plan.json").returncode == 3
    actions.run("comment", "--outcome", "outcome.json", "--plan", "plan.json")
    (told,) = actions.github.bodies(4)
    assert "1 rolled back" in told
    assert (
        "Order slots, step 3 ('Sorry: AB-1234.'): assertContext expected "
        '{"order_number": "AB-1234"}, but got {}'
    ) in told


def test_the_issue_about_drift_names_who_changed_the_slot(actions: Actions) -> None:
    actions.bot.tenant.console.edit("Order intake", "delivery_date", contextKey="when|then")
    actions.save("drift.json", "drift")
    assert "An issue was opened" in actions.run("drift-issue", "--drift", "drift.json").stderr
    (issue,) = actions.github.issues
    (row,) = [
        line for line in issue["body"].splitlines() if "delivery_date" in line and "|" in line
    ]
    assert r"`when\|then` → `delivery_date`" in row
    assert f"`{COLLEAGUE.name}`, 20" in row
