"""The JSON of the difference between two environments."""

from __future__ import annotations

import json

from reconciler.formats.live_difference import live_difference_json
from tests.reports import golden
from tests.reports.live_differences import DIFFERENT, SAME


def test_a_difference_as_json() -> None:
    golden.check("live_difference.json", live_difference_json(DIFFERENT))


def test_a_slot_counts_for_each_of_its_intents_and_is_named_by_the_worst() -> None:
    document = json.loads(live_difference_json(DIFFERENT))
    assert document["summary"] == {"not_meant": 2, "unmanaged": 1, "meant": 3, "same": 11}
    assert [each["intent"] for each in document["slots"]] == [
        "not_meant",
        "unmanaged",
        "not_meant",
        "meant",
    ]


def test_both_environments_have_a_list_of_unmanaged_slots() -> None:
    document = json.loads(live_difference_json(SAME))
    assert document["unmanaged"] == {
        "only_in": {"staging": [], "production": []},
        "different": [],
    }
