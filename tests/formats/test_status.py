"""The JSON of a status."""

from __future__ import annotations

import json

from reconciler.formats.status import status_json
from tests.reports import golden
from tests.reports.statuses import ALL


def test_a_status_as_json() -> None:
    golden.check("status.json", status_json(ALL))


def test_an_environment_that_is_not_known_has_no_states() -> None:
    document = json.loads(status_json(ALL))
    assert document["environments"] == ["dev", "staging", "production", "us"]
    for slot in document["slots"]:
        assert slot["states"].keys() == {"staging", "production"}
    assert document["no_access"] == ["dev"]
    assert document["errors"].keys() == {"us"}
    assert document["last_runs"].keys() == {"staging", "production"}
    assert document["last_runs"]["staging"]["outcome"] == "rolled_back"
