"""The history of each endpoint, from the entries of its runs."""

from __future__ import annotations

from reconciler.model.endpoint import Endpoint
from reconciler.model.ledger import History
from reconciler.planning.history import open_elsewhere, replay, replay_all
from tests.support.build import ENDPOINT
from tests.support.entries import (
    CONTENT,
    IDENTITY,
    entry,
    failed,
    left_open,
    passed,
    replayed,
    spelled_differently,
    started,
)


def test_without_entries_the_history_is_empty() -> None:
    assert replayed([]) == History()


def test_an_old_line_with_another_spelling_of_the_origin_is_about_the_same_endpoint() -> None:
    after = CONTENT.as_json()
    lines = [spelled_differently("old"), started(run="old", after=after, identity="otherwise")]
    history = replay(lines, endpoint=ENDPOINT)
    assert set(history.open_changes) == {"a"}
    assert history.open_changes["a"].identity == IDENTITY
    assert open_elsewhere(replay_all(lines), endpoint=ENDPOINT) == {}


def test_a_later_run_closes_what_an_earlier_one_left_open() -> None:
    assert left_open([started(), started(run="run_2"), passed(run="run_2")]) == {}


def test_runs_against_another_endpoint_do_not_count() -> None:
    other = entry(
        "run_started",
        run="run_9",
        target={"origin": "https://other", "bot_id": "b"},
        protected=["a"],
    )
    history = replayed([other, started(run="run_9"), failed(run="run_9")])
    assert history == History()


def test_an_unreadable_line_is_skipped() -> None:
    assert left_open([started(), None, passed()]) == {}


def test_changes_left_open_elsewhere_are_known_by_their_endpoint() -> None:
    there = Endpoint(origin=ENDPOINT.origin, bot_id="bot_2")
    elsewhere = entry("run_started", run="run_9", target=there.model_dump())
    lines = [elsewhere, started(run="run_9"), entry("run_started", run="run_8", target="odd"), None]
    found = open_elsewhere(replay_all(lines), endpoint=ENDPOINT)
    assert {
        endpoint: [each.slot_id for each in changes] for endpoint, changes in found.items()
    } == {there: ["a"]}
    assert open_elsewhere(replay_all(lines), endpoint=there) == {}
    ended = [*lines, failed(run="run_9"), passed(run="run_9")]
    assert open_elsewhere(replay_all(ended), endpoint=ENDPOINT) == {}


def test_changes_left_open_elsewhere_are_sorted_by_origin_and_then_by_bot() -> None:
    others = [
        Endpoint(origin=f"https://{host}.cognigy.com", bot_id=bot)
        for host in ("zeta", "alpha")
        for bot in ("bot_2", "bot_1", None)
    ]
    lines = []
    for number, each in enumerate(others):
        lines.append(entry("run_started", run=f"run_{number}", target=each.model_dump()))
        lines.append(started(run=f"run_{number}"))
    found = open_elsewhere(replay_all(lines), endpoint=ENDPOINT)
    assert list(found) == sorted(others, key=lambda each: (each.origin, each.bot_id or ""))


def test_a_run_belongs_to_the_endpoint_that_it_started_with() -> None:
    there = Endpoint(origin=ENDPOINT.origin, bot_id="bot_2")
    again = entry("run_started", target=there.model_dump(), protected=["a"])
    histories = replay_all(
        [entry("run_started", target=ENDPOINT.model_dump()), again, started(), failed()]
    )
    assert histories.keys() == {ENDPOINT}
    assert histories[ENDPOINT].open_changes.keys() == {"a"}
    assert histories[ENDPOINT].protected == frozenset()


def test_a_run_without_a_start_belongs_to_no_endpoint() -> None:
    assert replay_all([started(run="run_9"), failed(run="run_9")]) == {}
