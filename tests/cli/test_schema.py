"""`reconciler schema`: the schemas with which editors validate slot files and settings."""

from __future__ import annotations

import json

from reconciler.formats.events import events_schema
from reconciler.operations.schema import fleet_schema, settings_schema, slot_schema
from tests.cli.conftest import Shell


def test_it_prints_the_schema_of_a_slot_file(shell: Shell) -> None:
    done = shell.run("schema")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == slot_schema("cognigy-v1")


def test_it_prints_the_settings_schema_on_request(shell: Shell) -> None:
    done = shell.run("schema", "--settings")
    assert done.returncode == 0
    assert json.loads(done.stdout) == settings_schema("cognigy-v1")


def test_it_prints_the_schema_of_a_fleet_on_request(shell: Shell) -> None:
    done = shell.run("schema", "--fleet")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == fleet_schema()
    for other in (("--settings",), ("--events",), ("--api", "cognigy-v2")):
        refused = shell.run("schema", "--fleet", *other)
        assert refused.returncode == 1
        assert "cannot be combined with" in refused.stderr


def test_it_prints_the_schema_of_the_api_that_the_project_names(shell: Shell) -> None:
    folder = shell.folder / "slots"
    folder.mkdir()
    (folder / "reconciler.yaml").write_text("api: cognigy-v2\n")
    assert json.loads(shell.run("schema").stdout) == slot_schema("cognigy-v2")
    asked = shell.run("schema", "--api", "cognigy-v1")
    assert json.loads(asked.stdout) == slot_schema("cognigy-v1")
    elsewhere = shell.run("schema", "--slots", "other", "--settings", "--api", "cognigy-v2")
    assert json.loads(elsewhere.stdout) == settings_schema("cognigy-v2")


def test_it_fails_if_the_project_names_an_api_that_does_not_exist(shell: Shell) -> None:
    folder = shell.folder / "slots"
    folder.mkdir()
    (folder / "reconciler.yaml").write_text("api: cognigy-v9\n")
    done = shell.run("schema")
    assert done.returncode == 1
    assert "'cognigy-v1' or 'cognigy-v2'" in done.stderr
    assert shell.run("schema", "--api", "cognigy-v2").returncode == 0


def test_it_prints_the_schema_of_an_event_on_request(shell: Shell) -> None:
    done = shell.run("schema", "--events")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == events_schema()
    refused = shell.run("schema", "--events", "--settings")
    assert refused.returncode == 1
    assert "--events cannot be combined" in refused.stderr
