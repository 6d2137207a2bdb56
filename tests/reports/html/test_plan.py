"""The page of a plan."""

from __future__ import annotations

from reconciler.model.state import DesiredState
from reconciler.reports.html.plan import plan_page
from tests.reports.examples import ALL_WAITING, NOTHING, REJECTED, WAITING
from tests.reports.html.pages import AT


def test_it_says_which_environment_and_endpoint_the_plan_is_for() -> None:
    made = REJECTED.model_copy(update={"environment": "staging"})
    page = plan_page(made, desired=DesiredState(), made_at=AT)
    assert "For <strong>staging</strong>, https://acme.cognigy.com, bot <code>bot_1</code>" in page
    assert "<strong>" not in plan_page(REJECTED, desired=DesiredState(), made_at=AT)


def test_it_says_when_there_is_nothing_to_change() -> None:
    page = plan_page(NOTHING, desired=DesiredState(), made_at=AT)
    assert "No changes: the tenant is as the files say." in page


def test_it_shows_the_id_that_the_tenant_has_for_a_slot() -> None:
    assert "slot_77" not in plan_page(REJECTED, desired=DesiredState(), made_at=AT)
    changes = [each.model_copy(update={"tenant_id": "slot_77"}) for each in REJECTED.changes]
    made = REJECTED.model_copy(update={"changes": tuple(changes)})
    page = plan_page(made, desired=DesiredState(), made_at=AT)
    assert '<span class="muted">id <code>slot_77</code></span>' in page


def test_changes_that_wait_stand_apart_with_what_they_wait_for() -> None:
    page = plan_page(WAITING, desired=DesiredState(), made_at=AT)
    due, _, waiting = page.partition("Waiting for staging</h2>")
    assert ("slot_old" in due, 'id="change-2"' in due) == (True, False)
    assert 'id="change-2"' in waiting
    assert "Waits until 2026-03-03 09:00 UTC: it passed there at" in waiting
    page = plan_page(ALL_WAITING, desired=DesiredState(), made_at=AT)
    assert "No changes now: 2 changes wait for staging." in page


def test_changes_that_an_apply_skips_stand_apart() -> None:
    page = plan_page(REJECTED, desired=DesiredState(), made_at=AT)
    due, _, skipped = page.partition("Skipped by apply")
    assert "slot_city" in due
    assert 'id="change-2"' not in due
    assert 'id="change-2"' in skipped
