"""An examination as text and as JSON."""

from __future__ import annotations

import json

import click

from reconciler.errors import Interrupted
from reconciler.formats.doctor import doctor_json, failed_doctor_json
from reconciler.model.check import Examination, failed, passed, unchecked, warned
from reconciler.reports.doctor import doctor_text
from tests.reports.golden import check

SICK = Examination(
    api="cognigy-v2",
    checks=(
        passed("files", "slots is for cognigy-v2; slots: 6."),
        passed("address", "https://api-acme.cognigy.cloud answers as cognigy-v2."),
        failed(
            "flow: Order intake",
            "There is no flow 'Order intake' in the project 0123456789abcdef01234567.",
            hint="Did you mean 'Order-intake'? The project has: 'Order-intake', 'Small talk'. "
            "A flow may also be named by its reference id.",
        ),
        unchecked("openapi", "the tenant\nhas\x1b[2Jnone"),
        warned(
            "endpoint: Webchat",
            "Serves the snapshot 5e1: a change goes live only with the next one.",
            hint="After an apply, create a snapshot and choose it in the endpoint.",
        ),
    ),
)
WELL = Examination(api="cognigy-v2", checks=SICK.checks[:2])


def test_the_text() -> None:
    check("doctor.txt", doctor_text(SICK))
    check("doctor_ready.txt", doctor_text(WELL))


def test_the_text_is_coloured_by_status_and_verdict() -> None:
    text = doctor_text(SICK)
    assert click.style("failed ", fg="red") in text
    assert click.style("warning", fg="yellow") in text
    assert click.style("Not ready:", fg="red", bold=True) in text
    assert click.style("Ready:", fg="green", bold=True) in doctor_text(WELL)


def test_the_json() -> None:
    document = json.loads(doctor_json(SICK))
    assert list(document) == ["ok", "api", "checks"]
    assert (document["ok"], document["api"]) == (False, "cognigy-v2")
    assert document["checks"][0] == {
        "name": "files",
        "status": "ok",
        "detail": "slots is for cognigy-v2; slots: 6.",
        "hint": "",
    }
    statuses = [each["status"] for each in document["checks"]]
    assert statuses == ["ok", "ok", "failed", "warning", "warning"]
    assert json.loads(doctor_json(WELL))["ok"] is True


def test_warnings_alone_leave_it_ok() -> None:
    assert Examination(api="cognigy-v1", checks=(warned("clock", "Late."),)).ok


def test_the_json_of_an_examination_that_did_not_end() -> None:
    document = json.loads(failed_doctor_json(Interrupted()))
    assert document == {"ok": False, "error": {"message": "Interrupted.", "hint": ""}}
