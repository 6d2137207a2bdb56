"""The vendor's own client of the REST API v2.0, against the sandbox."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from reconciler.adapters.clock import SystemClock
from reconciler.sandbox.app import serve
from reconciler.sandbox.messages import RequestRecord
from reconciler.sandbox.v2.settings import ADMIN, SandboxSettings
from reconciler.sandbox.v2.tenant import SandboxTenant

pytestmark = pytest.mark.conformance

FOLDER = Path(__file__).parent
QUICK = SandboxSettings(
    get_body_tolerated=True,  # the client sends some GETs with a body
    queue_seconds=0.05,
    training_seconds=0.1,
    playbook_seconds=0.1,
    late_run_seconds=0.0,
)


@dataclass(frozen=True)
class Driven:
    """What the client was answered, its schemas, and the requests that it sent."""

    answers: dict[str, Any]
    schemas: dict[str, Any]
    created: dict[str, Any]
    requests: list[RequestRecord]

    def violations(self, document: object, schema: str) -> list[str]:
        errors = Draft7Validator(self.schemas[schema]).iter_errors(document)
        return [error.message for error in errors]


@pytest.fixture(scope="module")
def driven() -> Driven:
    node = shutil.which("node")
    assert node is not None, "the conformance tests need node"
    tenant = SandboxTenant(clock=SystemClock(), settings=QUICK)
    with serve(tenant) as url:
        done = subprocess.run(  # noqa: S603 - our own script
            [node, str(FOLDER / "cognigy.mjs"), url, ADMIN.api_key, tenant.project_id],
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
            timeout=60,
        )
    assert done.returncode == 0, done.stderr
    return Driven(**json.loads(done.stdout), requests=list(tenant.requests))


def test_it_is_answered_whatever_it_asks(driven: Driven) -> None:
    assert len(driven.answers) > 30
    refused = [each for each in driven.requests if each.status >= 400]
    assert refused == []
    assert {each.method for each in driven.requests} == {"GET", "POST", "PATCH", "DELETE"}
    assert {each.path.split("/")[1] for each in driven.requests} == {"new"}


def test_it_sees_its_changes_its_training_and_its_run(driven: Driven) -> None:
    answers = driven.answers
    assert (answers["readSlotFiller"]["name"], answers["readSlotFiller"]["contextKey"]) == (
        "ours",
        "ours",
    )
    assert answers["trained"]["status"] == "done"
    assert answers["readPlaybookRun"]["status"] == "successful"
    assert answers["cancelTask"]["status"] == "cancelling"


def test_its_schemas_accept_what_it_is_answered(driven: Driven) -> None:
    answers = driven.answers
    assert driven.violations(answers["readSlotFiller"], "slotFillerSchema") == []
    assert driven.violations(answers["createSlotFiller"], "slotFillerSchema") == []
    assert driven.violations(answers["readPlaybook"], "playbookSchema") == []
    # The API's documentation has `negate` in the result of an assert, the client's schema has not.
    unknown = "Additional properties are not allowed ('negate' was unexpected)"
    assert set(driven.violations(answers["readPlaybookRun"], "playbookRunSchema")) == {unknown}


def test_its_schema_of_a_write_accepts_one_with_a_type_and_no_other(driven: Driven) -> None:
    assert driven.violations(driven.created, "slotFillerDataSchema") == []
    untyped = {name: value for name, value in driven.created.items() if name != "type"}
    assert driven.violations(untyped, "slotFillerDataSchema") != []
