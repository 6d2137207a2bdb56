"""The issue about drift."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest

from reconciler.model.change import Action, Cause
from reconciler.model.drift import DriftReport, LastChange, SlotHealth
from reconciler.model.endpoint import Endpoint
from reconciler.model.gate import Rejection, VerdictResult
from reconciler.reports.comment import drift_digest, drift_issue, drift_title
from reconciler.reports.markers import LIMIT, is_marked, marker, read_hidden
from reconciler.reports.words import nothing_measured
from tests.reports import golden
from tests.reports.comment.examples import LINK, PLACE, at, drift_of, many
from tests.reports.comment.parsing import headings, require_harmless
from tests.reports.examples import CAUSES, METRICS, NOTHING
from tests.support.build import ENDPOINT, absent, live, plan, slot


def health(verdict: str, **fields: Any) -> SlotHealth:
    return SlotHealth(
        **{
            "success_rate": 0.7,
            "min_success_rate": 0.85,
            "result": VerdictResult(verdict),
            "reason": "0.700",
            **fields,
        }
    )


def metrics(*verdicts: str, **fields: Any) -> dict[str, SlotHealth]:
    """A slot for each verdict."""
    return {f"slot_{number}": health(each, **fields) for number, each in enumerate(verdicts)}


def in_sync(*verdicts: str) -> DriftReport:
    return drift_of(NOTHING, metrics=metrics(*verdicts))


def test_a_drift_with_everything() -> None:
    body = drift_issue(drift_of(), link=LINK)
    require_harmless(body)
    golden.check("issue_drift.md", body)


def test_slots_below_their_gate_without_drift() -> None:
    body = drift_issue(in_sync("failed", "passed"), link=None)
    require_harmless(body)
    golden.check("issue_unhealthy.md", body)


def test_the_issue_names_the_environment_if_there_is_one() -> None:
    assert "Compared in `staging`, on `https" in drift_issue(
        drift_of(environment="staging"), link=None
    )


def test_the_title_names_bot_and_tenant() -> None:
    assert drift_title(drift_of()) == "Drift: bot bot_1 on acme.cognigy.com"
    endpoint = Endpoint(origin="http://127.0.0.1:8080")
    assert drift_title(drift_of(endpoint=endpoint)) == "Drift: bot _none_ on 127.0.0.1_8080"


def test_the_body_has_marker_and_digest() -> None:
    body = drift_issue(drift_of(), link=LINK)
    assert is_marked(body, marker("drift", ENDPOINT))
    assert read_hidden(body, "drift") == {"digest": drift_digest(drift_of())}


def test_the_digest_depends_only_on_the_drift() -> None:
    base = drift_of()
    later = base.model_copy(
        update={
            "metrics": {
                slot_id: each.model_copy(update={"success_rate": 0.123, "reason": "other"})
                for slot_id, each in reversed(METRICS.items())
            },
            "changes": tuple(
                each.model_copy(update={"wave": 9}) for each in reversed(base.changes)
            ),
            "rejected": tuple(
                each.model_copy(update={"reason": "other"}) for each in base.rejected
            ),
            "warnings": (),
            "summary": base.summary.model_copy(update={"unmanaged": 99}),
            "tool_version": "9.9.9",
            "digest": "sha256:other",
        }
    )
    assert drift_digest(later) == drift_digest(base)


def test_the_digest_is_the_same_in_every_version() -> None:
    """Otherwise a new version would update each open issue, although its drift is the same."""
    assert drift_digest(drift_of()) == (
        "c602d61bfc1ebc9da219bb64caa6547b4d5af73d1f281608d67e729f9241dacf"
    )


def changed_entry(**fields: Any) -> DriftReport:
    first, *others = drift_of().changes
    return drift_of(changes=(first.model_copy(update=fields), *others))


def changed_rejection(**fields: Any) -> DriftReport:
    first, *_others = drift_of().rejected
    return drift_of(rejected=(first.model_copy(update=fields),))


@pytest.mark.parametrize(
    "other",
    [
        drift_of(changes=drift_of().changes[1:]),
        changed_entry(slot_id="slot_other"),
        changed_entry(action=Action.CREATE),
        changed_entry(before=slot("other").canonical),
        changed_entry(after=slot("other").content),
        drift_of(causes={**CAUSES, "slot_city": Cause.NOT_APPLIED}),
        drift_of(rejected=()),
        changed_rejection(live=True),
        changed_rejection(run_id="other"),
        drift_of(metrics=metrics("failed")),
        drift_of(metrics={}),
    ],
)
def test_a_different_drift_has_a_different_digest(other: DriftReport) -> None:
    assert drift_digest(other) != drift_digest(drift_of())


def test_rejected_slots_alone_are_drift() -> None:
    report = drift_of(changes=())
    headline = headings(drift_issue(report, link=None))[0]
    assert headline == "🛑 Drift: 0 slots drifted, 2 rejected, 1 below the gate"


def test_a_drift_without_a_number_says_so() -> None:
    unmeasured = drift_of(metrics=metrics("inconclusive", measured=False))
    assert nothing_measured("bot") in drift_issue(unmeasured, link=None)
    assert nothing_measured("bot") not in drift_issue(drift_of(), link=None)


def test_a_bot_that_is_in_sync_again_says_so() -> None:
    assert headings(drift_issue(in_sync("passed"), link=None))[0] == "✅ In sync"


def section(body: str, title: str) -> str:
    """What stands below one of the headings."""
    return body.split(f"#### {title}\n")[1].split("\n#### ", maxsplit=1)[0]


def caused(cause: Cause | None, *slot_ids: str) -> str:
    made = plan([slot(each) for each in slot_ids], [live(each, name="x") for each in slot_ids])
    causes = dict.fromkeys(slot_ids, cause) if cause else {}
    return drift_issue(drift_of(made, causes=causes), link=None)


@pytest.mark.parametrize("cause", [Cause.CHANGED_IN_TENANT, None])
def test_an_edit_can_be_adopted_with_pull_and_undone_with_an_apply(cause: Cause | None) -> None:
    said = section(caused(cause, "a", "b"), "What to do")
    assert "```sh\nreconciler pull --slot a --slot b --force\n```" in said
    assert "```sh\ngh workflow run apply.yml --field unshown=true\n```" in said


def test_the_command_names_only_so_many_slots_and_counts_the_rest() -> None:
    said = caused(None, *(f"slot_{number:02}" for number in range(12)))
    assert "--slot slot_09 --force\n# … and 2 more\n" in said


def test_a_slot_that_should_be_absent_is_adopted_only_without_that_state() -> None:
    made = plan([absent("a"), slot("b", name="x")], [live("a"), live("b")])
    said = section(drift_issue(drift_of(made, causes={}), link=None), "What to do")
    assert "First remove `state: absent` from the files of `a`." in said


def test_a_slot_id_cannot_become_a_part_of_the_command() -> None:
    assert "pull --slot 'a;b' --force" in caused(None, "a;b")


def test_what_is_only_not_applied_yet_is_not_to_be_adopted() -> None:
    body = caused(Cause.NOT_APPLIED, "a")
    assert "pull" not in body
    assert "gh workflow run apply.yml\n" in body


def test_a_slot_that_was_deleted_in_the_tenant_is_adopted_by_deleting_its_file() -> None:
    made = plan([slot("a"), slot("b")], [live("b")])
    body = drift_issue(drift_of(made, causes={"a": Cause.CHANGED_IN_TENANT}), link=None)
    assert "| **deleted in the tenant** |" in body
    assert "delete the slot's file: `a`." in body
    assert "reconciler pull" not in body


def test_who_changed_a_slot_last_is_in_its_row_if_the_tenant_says_so() -> None:
    made = plan([slot("a"), slot("b")], [live("a", name="x"), live("b", name="x")])
    when = datetime(2026, 3, 2, 9, 5, tzinfo=timezone.utc)
    report = drift_of(
        made, causes={}, last_changes={"a": LastChange(user_id="u1", name="Ada", at=when)}
    )
    body = drift_issue(report, link=None, places=at({"a": PLACE}))
    require_harmless(body)
    assert (
        f"| 1 | [`name of a`]({PLACE}) `a` | of unknown cause: `name` `x` → `name of a` | "
        "`Ada`, 2026-03-02 09:05 UTC |" in body
    )
    assert "| unknown |" in body
    assert "Last change" not in caused(None, "a")


@pytest.mark.parametrize("text", ["x" * 3_000, "`" * 3_000])
def test_the_largest_drift_keeps_the_limit(text: str) -> None:
    report = drift_of(
        many(300, patterns=30),
        rejected=(Rejection(slot_id=text, run_id=text, reason=text),) * 200,
        metrics={f"{number}{text}": health("failed") for number in range(200)},
        warnings=(text,) * 200,
    )
    body = drift_issue(report, link=LINK)
    require_harmless(body)
    assert len(body) <= LIMIT
    assert (
        "left out here**, because a comment or summary holds no more; "
        f"see [the full report]({LINK})" in body
    )
    assert body.count("… and ") == 5
