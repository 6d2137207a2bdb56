"""Foreign text in a comment is shown, and has no other effect."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from reconciler.model.change import Action
from reconciler.model.drift import DriftReport, SlotHealth
from reconciler.model.endpoint import Endpoint
from reconciler.model.failure import Failure
from reconciler.model.gate import Rejection, VerdictResult
from reconciler.model.outcome import Outcome, RunReport, Status
from reconciler.model.plan import Plan
from reconciler.model.problem import Problem, Severity, Source
from reconciler.model.review import ExampleChange, Review, SafetyChange, SafetyEffect
from reconciler.model.shown import ShownPlan
from reconciler.model.validation import ValidationReport
from reconciler.reports.comment import (
    differences_from_review,
    drift_issue,
    drift_title,
    failed_plan_comment,
    outcome_comment,
    plan_comment,
    validation_comment,
)
from reconciler.reports.markdown import plan_markdown
from reconciler.reports.markdown_text import link_to
from reconciler.reports.markers import LIMIT
from tests.reports.comment.examples import COMMIT, LINK, PLACE, at
from tests.reports.comment.parsing import (
    SENTINEL,
    SNIPPETS,
    hostile,
    outside_code,
    require_harmless,
    tokens,
)
from tests.reports.examples import waiting_plan
from tests.support.build import live, plan, slot

COUNTS = [1, 6]
"""With the second, not every diff is open."""


def plan_about(text: str, count: int) -> Plan:
    """Updates, a creation and a deletion, in which every text is `text`."""
    ids = [f"{number}{text}" for number in range(count)]
    return plan(
        [
            *(
                slot(each, name=f"{text}{each}", patterns=(f"n{text}",), type="list")
                for each in ids
            ),
            slot(f"new {text}", name=f"{text} new", type=f"T{text}"),
        ],
        [
            *(live(each, name=text, unmodelled=(text,), fill_strategy=text) for each in ids),
            live(f"gone {text}", name=text, patterns=(text,)),
        ],
        prune=True,
        owns=("*",),
        endpoint=Endpoint(origin=f"o{text}", bot_id=f"b{text}"),
    ).model_copy(update={"tool_version": f"1.{text}", "warnings": (text, f"w{text}")})


def review_about(text: str, count: int) -> Review:
    ids = [f"{number}{text}" for number in range(count)]
    example_change = ExampleChange(text=text, expected="match", before=f"b{text}", after=None)
    return Review(
        compared=True,
        safety=(
            SafetyChange(
                slot_id=text,
                field="protect",
                before=f"b{text}",
                after=text,
                effect=SafetyEffect.WEAKENS,
            ),
            SafetyChange(
                slot_id=None,
                field="owns",
                before=[text],
                after=[f"n{text}"],
                effect=SafetyEffect.NEITHER,
            ),
        ),
        examples=dict.fromkeys(ids, (example_change,)),
        untried=tuple(ids),
        dependents=dict.fromkeys(ids, (text, f"d{text}")),
    )


def whole_plan(text: str, count: int) -> str:
    return plan_comment(
        plan_about(text, count),
        review_about(text, count),
        commit=f"c{text}",
        link=LINK,
        places=at({f"0{text}": PLACE}),
        graph=f"flowchart LR\n{text}",
    )


def failed(text: str, count: int) -> str:
    return failed_plan_comment(
        Endpoint(origin=text),
        Failure(message=text, hint=f"h{text}", problems=tuple(problems_about(text, count))),
        commit=COMMIT,
        link=LINK,
    )


def problems_about(text: str, count: int) -> Iterator[Problem]:
    for number in range(count):
        for severity in Severity:
            yield Problem(
                source=Source(file=text, line=number),
                slot_id=text,
                rule=f"r{text}",
                severity=severity,
                message=text,
                hint=f"h{text}",
            )


def outcome(text: str, count: int) -> str:
    statuses = ["rollback_failed", "failed", "rolled_back", "unjudged", "verified", "skipped"]
    outcomes = [
        Outcome(
            slot_id=text,
            action=Action.UPDATE,
            status=Status(status),
            success_rate=0.5,
            message=f"m{text}",
        )
        for status in statuses
        for _ in range(2 * count)
    ]
    return outcome_comment(
        RunReport(
            run_id=text,
            endpoint=Endpoint(origin=f"o{text}", bot_id=text),
            outcomes=tuple(outcomes),
            error=text,
            hint=f"h{text}",
            ledger_hash=text,
        ),
        commit=f"c{text}",
        link=LINK,
    )


def drift(text: str, count: int) -> str:
    made = plan_about(text, count)
    report = DriftReport.of(
        made.model_copy(
            update={"rejected": (Rejection(slot_id=text, run_id=f"r{text}", reason=text),)}
        ),
        metrics={
            f"{verdict.value}{text}": SlotHealth(
                success_rate=0.5, min_success_rate=0.9, result=verdict, reason=text
            )
            for verdict in VerdictResult
        },
    )
    return drift_issue(report, link=LINK)


def validation(text: str, count: int) -> str:
    return validation_comment(
        ValidationReport(
            valid=False,
            slots=1,
            problems=tuple(problems_about(text, count)),
            failure=Failure(message=text, hint=text),
        ),
        commit=f"c{text}",
        link=LINK,
    )


def differences(text: str, count: int) -> str:
    reviewed = ShownPlan(digest=text, count=2, changes={f"gone {text}": "0", f"x{text}": "1"})
    return differences_from_review(plan_about(text, count), reviewed=reviewed)


def summary(text: str, count: int) -> str:
    return plan_markdown(plan_about(text, count))


def waiting(text: str, count: int) -> str:
    made = waiting_plan(plan_about(text, count), reason=text)
    return plan_comment(made, Review(compared=True), commit=COMMIT, link=LINK)


ALL = [whole_plan, waiting, failed, outcome, drift, validation, differences, summary]


@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize("write", ALL, ids=lambda each: each.__name__)
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(text=hostile)
@example(text=SENTINEL.join(SNIPPETS))
@example(text=f"`{SENTINEL}`")
@example(text=f"\n```\n</details>\n\n<b>@{SENTINEL}</b>")
def test_hostile_text_leaves_nothing_outside_code_that_harmless_text_does_not(
    write: Callable[[str, int], str], count: int, text: str
) -> None:
    written = write(text, count)
    require_harmless(written)
    lines = text.count("\n")  # a message keeps its lines, within one fence
    assert outside_code(written) == outside_code(write("x" + "\n" * lines, count))
    assert len(written) <= LIMIT


@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(text=hostile, count=st.integers(500, 600), times=st.integers(1, 40))
def test_nor_does_it_if_changes_are_left_out(text: str, count: int, times: int) -> None:
    written = whole_plan(text * times, count)
    require_harmless(written)
    assert "left out here" in written
    assert len(written) <= LIMIT


@pytest.mark.parametrize("snippet", SNIPPETS)
@pytest.mark.parametrize("write", ALL, ids=lambda each: each.__name__)
def test_every_trick_is_shown_in_code_and_not_left_out(
    write: Callable[[str, int], str], snippet: str
) -> None:
    written = write(snippet + SENTINEL, 1)
    require_harmless(written)
    code = [each for each in tokens(written) if each.type in ("code_inline", "fence")]
    assert any(SENTINEL in each.content for each in code)


@given(hostile)
@example("https://x.example/) [a](https://y.example")
@example("https://x.example/\n")
@example("https://x.example/a b")
@example("https://x@y.example/")
@example("javascript:alert(1)")
@example("http://x.example/")
def test_an_address_that_is_not_fit_for_a_link_does_not_become_one(url: str) -> None:
    assert link_to(url, "text") == "text"
    written = failed_plan_comment(Endpoint(origin=""), Failure(message="m"), commit=None, link=url)
    assert not [each for each in tokens(written) if each.type == "link_open"]
    assert "full log" not in written


def test_an_address_that_is_fit_for_a_link_becomes_one() -> None:
    for url in (LINK, "https://ghe.acme.example:8443/a/b/actions/runs/1/attempts/2?pr=3#summary-4"):
        (link,) = [each for each in tokens(link_to(url, "text")) if each.type == "link_open"]
        assert link.attrs == {"href": url}


@given(hostile, st.none() | hostile)
def test_a_title_holds_neither_markup_nor_mention(origin: str, bot_id: str | None) -> None:
    made = plan(endpoint=Endpoint(origin=origin, bot_id=bot_id))
    title = drift_title(DriftReport.of(made))
    assert title.startswith("Drift: bot ")
    assert set(title[len("Drift: ") :]) <= set(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._- "
    )
    assert len(title) < 200
