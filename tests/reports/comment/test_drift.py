"""The issue about drift."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.errors import PlanningError
from reconciler.reports.comment import drift_digest, drift_issue, drift_state, drift_title
from reconciler.reports.machine import failed_plan_json
from reconciler.reports.markers import LIMIT, is_marked, marker, read_hidden
from reconciler.reports.words import NOTHING_MEASURED
from tests.reports import golden
from tests.reports.comment.examples import LINK, as_document, drift_of, many
from tests.reports.comment.parsing import headings, require_harmless
from tests.reports.examples import NOTHING
from tests.support.build import ENDPOINT, plan

FAILURE = as_document(failed_plan_json(PlanningError("401", hint="renew the secret")))


def metric(verdict: str, **fields: Any) -> dict[str, Any]:
    return {
        "slot_id": "slot_a",
        "success_rate": 0.7,
        "min_success_rate": 0.85,
        "verdict": verdict,
        "reason": "0.700",
        **fields,
    }


def in_sync(*verdicts: str) -> dict[str, Any]:
    return drift_of(NOTHING, metrics=[metric(each) for each in verdicts])


def without_metrics(document: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in document.items() if key != "metrics"}


def test_a_drift_with_everything() -> None:
    body = drift_issue(drift_of(), link=LINK)
    require_harmless(body)
    golden.check("issue_drift.md", body)


def test_slots_below_their_gate_without_drift() -> None:
    document = in_sync("failed", "passed")
    body = drift_issue(document, link=None)
    require_harmless(body)
    golden.check("issue_unhealthy.md", body)


def test_the_title_names_bot_and_tenant() -> None:
    assert drift_title(drift_of()) == "Drift: bot bot_1 on acme.cognigy.com"
    endpoint = {"origin": "http://127.0.0.1:8080", "bot_id": None}
    assert drift_title(drift_of(target=endpoint)) == "Drift: bot _none_ on 127.0.0.1_8080"


def test_the_body_has_marker_and_digest() -> None:
    body = drift_issue(drift_of(), link=LINK)
    assert is_marked(body, marker("drift", ENDPOINT))
    assert read_hidden(body, "drift") == {"digest": drift_digest(drift_of())}


@pytest.mark.parametrize(
    ("document", "state"),
    [
        (drift_of(), "drifted"),
        (without_metrics(drift_of()), "drifted"),
        (drift_of(metrics=[metric("inconclusive")]), "drifted"),
        (in_sync("failed"), "drifted"),
        (in_sync("failed", "inconclusive"), "drifted"),
        (in_sync("passed", "inconclusive"), "unknown"),
        (drift_of(NOTHING, metrics=[metric("inconclusive", measured=False)]), "unmeasured"),
        (without_metrics(in_sync()), "unknown"),
        (FAILURE, "unknown"),
        (in_sync(), "healthy"),
        (in_sync("passed", "passed"), "healthy"),
    ],
)
def test_only_what_is_in_sync_and_passed_throughout_is_healthy(
    document: dict[str, Any], state: str
) -> None:
    assert drift_state(document) == state


def test_the_digest_is_that_of_the_drift_alone() -> None:
    base = drift_of()
    later = drift_of()
    later["metrics"] = [
        {**each, "success_rate": 0.123, "reason": "other"} for each in later["metrics"]
    ][::-1]
    later["changes"] = [{**each, "wave": 9} for each in later["changes"]][::-1]
    later["warnings"] = []
    later["summary"] = {**later["summary"], "unmanaged": 99}
    later["tool_version"] = "9.9.9"
    later["digest"] = "sha256:other"
    later["rejected"] = [{**each, "reason": "other"} for each in later["rejected"]]
    assert drift_digest(later) == drift_digest(base)


def changed_entry(**fields: Any) -> dict[str, Any]:
    first, *others = drift_of()["changes"]
    return drift_of(changes=[{**first, **fields}, *others])


@pytest.mark.parametrize(
    "other",
    [
        drift_of(changes=drift_of()["changes"][1:]),
        changed_entry(slot_id="slot_other"),
        changed_entry(action="create"),
        changed_entry(before={"name": "other"}),
        changed_entry(after={"name": "other"}),
        changed_entry(cause="not_applied"),
        drift_of(rejected=[]),
        drift_of(rejected=[{**drift_of()["rejected"][0], "live": True}]),
        drift_of(rejected=[{**drift_of()["rejected"][0], "run_id": "other"}]),
        drift_of(metrics=[metric("failed")]),
        drift_of(metrics=[]),
    ],
)
def test_another_drift_has_another_digest(other: dict[str, Any]) -> None:
    assert drift_digest(other) != drift_digest(drift_of())


def test_a_drift_of_nothing_but_rejected_slots_is_drift() -> None:
    document = drift_of(changes=[])
    assert drift_state(document) == "drifted"
    headline = headings(drift_issue(document, link=None))[0]
    assert headline == "🛑 Drift: 0 slots drifted, 2 rejected, 1 below the gate"


def test_a_drift_without_a_number_says_so() -> None:
    unmeasured = drift_of(metrics=[metric("inconclusive", measured=False)])
    assert NOTHING_MEASURED in drift_issue(unmeasured, link=None)
    assert NOTHING_MEASURED not in drift_issue(drift_of(), link=None)


def test_a_bot_that_is_in_sync_again_says_so() -> None:
    assert headings(drift_issue(in_sync("passed"), link=None))[0] == "✅ In sync"


@pytest.mark.parametrize("write", [drift_title, drift_digest, lambda d: drift_issue(d, link=None)])
def test_a_drift_that_ended_with_an_error_says_nothing_of_the_slots(write: Any) -> None:
    with pytest.raises(ValueError, match="ended with an error"):
        write(FAILURE)


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({}, "format_version is not 1.x"),
        (drift_of(format_version="2.0"), "format_version is not 1.x"),
        (drift_of(format_version=1), "format_version is not 1.x"),
        (drift_of(drifted=False), "`drifted` is not what its changes say"),
        (drift_of(NOTHING, drifted=True), "`drifted` is not what its changes say"),
        (drift_of(drifted="yes"), "`drifted`: Input should be a valid boolean"),
        (drift_of(metrics=[metric("fine")]), "`metrics.0.verdict`"),
        (drift_of(metrics=[metric("failed", success_rate=2)]), "`metrics.0.success_rate`"),
        (drift_of(metrics=[metric("failed", success_rate=float("nan"))]), "success_rate"),
        ({"format_version": "1.0", "error": "x"}, "`error`"),
    ],
)
def test_what_is_no_drift_is_refused(document: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message.replace(".", r"\.")):
        drift_state(document)


def test_a_plan_is_no_drift() -> None:
    with pytest.raises(ValueError, match="`drifted`: Field required"):
        drift_state({"format_version": "1.0", **plan().model_dump(mode="json", by_alias=True)})


@pytest.mark.parametrize("text", ["x" * 3_000, "`" * 3_000])
def test_the_largest_drift_keeps_the_limit(text: str) -> None:
    document = drift_of(
        many(300, patterns=30),
        rejected=[{"slot_id": text, "run_id": text, "reason": text}] * 200,
        metrics=[metric("failed", slot_id=text)] * 200,
        warnings=[text] * 200,
    )
    body = drift_issue(document, link=LINK)
    require_harmless(body)
    assert len(body) <= LIMIT
    assert (
        f"left out here**, for a comment or summary holds no more; see [the full report]({LINK})"
        in body
    )
    assert body.count("… and ") == 3
