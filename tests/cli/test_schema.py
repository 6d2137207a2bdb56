"""`reconciler schema`: the schemas with which editors validate slot files and settings."""

from __future__ import annotations

import json

from reconciler.adapters.manifests.schema import settings_schema, slot_schema
from tests.cli.conftest import Shell


def test_it_prints_the_schema_of_a_slot_file(shell: Shell) -> None:
    done = shell.run("schema")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == slot_schema()


def test_it_prints_the_settings_schema_on_request(shell: Shell) -> None:
    done = shell.run("schema", "--settings")
    assert done.returncode == 0
    assert json.loads(done.stdout) == settings_schema()
