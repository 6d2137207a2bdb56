"""Every report calls a project a project, and a bot a bot."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime, timezone

import click
import pytest

from reconciler.formats.drift import drift_json, parsed_drift
from reconciler.formats.outcome import outcome_json, parsed_outcome
from reconciler.formats.plan import parsed_plan, plan_json
from reconciler.model.drift import DriftReport
from reconciler.model.endpoint import Endpoint
from reconciler.model.ledger import Entry
from reconciler.model.outcome import RunReport
from reconciler.model.plan import Plan
from reconciler.model.review import Review
from reconciler.model.state import DesiredState
from reconciler.reports.audit import history_text
from reconciler.reports.comment import drift_issue, drift_title, outcome_comment, plan_comment
from reconciler.reports.drift_text import drift_text
from reconciler.reports.html.drift import drift_page
from reconciler.reports.html.plan import plan_page
from reconciler.reports.html.run import run_page
from reconciler.reports.markdown import drift_markdown, plan_markdown
from reconciler.reports.text.plan import plan_text
from tests.reports.examples import DRIFT, PLAN, RUN

BOT = Endpoint(origin="https://api.example", bot_id="id_1")
PROJECT = BOT.model_copy(update={"kind": "project"})
AT = datetime(2026, 3, 2, 9, tzinfo=timezone.utc)
FILES = DesiredState()


def plan(endpoint: Endpoint) -> Plan:
    return PLAN.model_copy(update={"endpoint": endpoint})


def drift(endpoint: Endpoint) -> DriftReport:
    return DRIFT.model_copy(update={"endpoint": endpoint})


def run(endpoint: Endpoint) -> RunReport:
    return RUN.model_copy(update={"endpoint": endpoint})


def recorded(endpoint: Endpoint) -> str:
    data = {"target": endpoint.model_dump(), "kind": endpoint.kind}
    entry = Entry(
        timestamp="2026-03-02T09:00:00.000Z",
        run_id="run_1",
        seq=1,
        event="run_started",
        prev_hash="",
        hash="",
        data=data,
    )
    return history_text([entry], at_work=None)


REPORTS: dict[str, Callable[[Endpoint], str]] = {
    "plan as text": lambda at: plan_text(plan(at)),
    "plan as Markdown": lambda at: plan_markdown(plan(at)),
    "plan as a comment": lambda at: plan_comment(
        plan(at), Review(compared=True), commit=None, link=None
    ),
    "plan as a page": lambda at: plan_page(plan(at), desired=FILES, made_at=AT),
    "drift as text": lambda at: drift_text(drift(at)),
    "drift as Markdown": lambda at: drift_markdown(drift(at)),
    "drift as an issue": lambda at: drift_issue(drift(at), link=None),
    "drift as a title": lambda at: drift_title(drift(at)),
    "drift as a page": lambda at: drift_page(drift(at), desired=FILES, made_at=AT),
    "run as a comment": lambda at: outcome_comment(run(at), commit=None, link=None),
    "run as a page": lambda at: run_page(run(at), noticed=(), desired=FILES, made_at=AT),
    "runs in the ledger": recorded,
}


def words(report: str, endpoint: Endpoint) -> set[str]:
    """Which of the two words it uses, not counting keys and the names of variables."""
    shown = click.unstyle(REPORTS[report](endpoint))
    return set(re.findall(r"\b(?:bot|project)\b", shown))


@pytest.mark.parametrize("report", REPORTS)
def test_each_uses_the_word_of_its_endpoint(report: str) -> None:
    assert words(report, BOT) == {"bot"}
    assert words(report, PROJECT) == {"project"}


@pytest.mark.parametrize(
    ("printed", "parsed"),
    [
        (lambda at: plan_json(plan(at)), parsed_plan),
        (lambda at: drift_json(drift(at)), parsed_drift),
        (lambda at: outcome_json(run(at)), parsed_outcome),
    ],
)
def test_a_saved_result_keeps_the_word(
    printed: Callable[[Endpoint], str], parsed: Callable[..., Plan | DriftReport | RunReport]
) -> None:
    for endpoint in (BOT, PROJECT):
        document = json.loads(printed(endpoint))
        again = parsed(document, source="saved.json").endpoint
        assert again is not None
        assert (again, again.kind) == (endpoint, endpoint.kind)
        del document["target"]["kind"]  # as older versions print it
        old = parsed(document, source="saved.json").endpoint
        assert old is not None
        assert old.kind == "bot"
