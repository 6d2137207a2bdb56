"""`reconciler doctor`, over a real socket: which API, which files, which variables."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from reconciler.adapters.clock import SystemClock
from reconciler.sandbox.app import serve
from reconciler.sandbox.v2.seed import packaged_slots
from reconciler.sandbox.v2.settings import EDITOR, SandboxSettings
from reconciler.sandbox.v2.tenant import SandboxTenant
from tests.cli.conftest import Bot, Done, Shell
from tests.support.server import reply, serving
from tests.support.world import FRUIT, document

StartBot = Callable[..., Bot]
StartProject = Callable[..., Shell]


@pytest.fixture
def project(tmp_path: Path) -> Iterator[StartProject]:
    """Start a tenant of version 2 with the example bot: `project(**sandbox_settings)`."""
    with ExitStack() as running:

        def start(**settings: Any) -> Shell:
            tenant = SandboxTenant(clock=SystemClock(), settings=SandboxSettings(**settings))
            url = running.enter_context(serve(tenant))
            return Shell(
                folder=tmp_path,
                environment={
                    "COGNIGY_BASE_URL": url,
                    "COGNIGY_API_KEY": EDITOR.api_key,
                    "COGNIGY_PROJECT_ID": tenant.project_id,
                },
            )

        yield start


def examination(done: Done) -> dict[str, dict[str, str]]:
    """The checks by name."""
    return {each["name"]: each for each in json.loads(done.stdout)["checks"]}


def test_a_project_of_version_2_with_its_files_is_ready(project: StartProject) -> None:
    shell = project()
    shutil.copytree(packaged_slots(), shell.folder / "slots")
    done = shell.run("doctor", "--format", "json")
    assert done.returncode == 0, done.stdout
    report = json.loads(done.stdout)
    assert (report["ok"], report["api"]) == (True, "cognigy-v2")
    checks = examination(done)
    assert {each["status"] for each in checks.values()} == {"ok"}
    place = f"{shell.environment['COGNIGY_BASE_URL']}, {shell.environment['COGNIGY_PROJECT_ID']}"
    assert checks["configuration"]["detail"].endswith(f" {place}.")
    assert {"clock", "flow: Order intake", "playbook: Delivery", "endpoint: Webchat"} < set(checks)
    text = shell.run("doctor")
    assert text.returncode == 0
    assert "Examination of the tenant, as cognigy-v2\n" in text.stdout
    assert text.stdout.endswith("ok.\n")
    assert text.stderr == ""


def test_a_failed_check_exits_with_1_and_a_warning_does_not(project: StartProject) -> None:
    shell = project(endpoint_serves="snapshot")
    assert shell.run("doctor").returncode == 0
    shell.environment["COGNIGY_API_KEY"] = "wrong"
    done = shell.run("doctor")
    assert done.returncode == 1
    assert "Not ready: 1 failed" in done.stdout
    assert "Error" not in done.stderr


def test_a_bot_of_version_1_with_its_files_is_ready(bot: StartBot) -> None:
    shop = bot(live=[document(FRUIT)])
    shop.write(FRUIT, patterns=["^apple$", "^pear$"])
    done = shop.run("doctor", "--format", "json")
    assert done.returncode == 0, done.stdout
    assert json.loads(done.stdout)["api"] == "cognigy-v1"
    checks = examination(done)
    assert checks["files"]["detail"] == "slots is for cognigy-v1; slots: 1."
    assert checks["clock"]["status"] == "ok"
    assert checks["single GET"]["status"] == "ok"
    assert checks["configuration"]["detail"].endswith(", bot_1.")
    del shop.environment["COGNIGY_BOT_ID"]
    checks = examination(shop.run("doctor", "--format", "json"))
    assert checks["configuration"]["detail"].endswith(", without a bot.")
    assert shop.writes == []
    assert not (shop.folder / "slot_updates_audit.jsonl").exists()


def test_without_files_a_project_id_means_version_2(project: StartProject) -> None:
    shell = project()
    done = shell.run("doctor", "--format", "json")
    assert json.loads(done.stdout)["api"] == "cognigy-v2"
    assert examination(done)["files"]["status"] == "warning"
    assert "as cognigy-v2" in examination(done)["files"]["detail"]
    del shell.environment["COGNIGY_PROJECT_ID"]
    done = shell.run("doctor", "--format", "json")
    assert json.loads(done.stdout)["api"] == "cognigy-v1"


def test_an_empty_folder_is_no_fault(project: StartProject) -> None:
    shell = project()
    (shell.folder / "slots").mkdir()
    done = shell.run("doctor", "--format", "json")
    assert examination(done)["files"]["status"] == "warning"


def test_the_files_decide_before_the_variables(project: StartProject) -> None:
    shell = project()
    shell.configure()
    done = shell.run("doctor", "--format", "json")
    assert json.loads(done.stdout)["api"] == "cognigy-v1"
    check = examination(done)["configuration"]
    assert check["status"] == "failed"
    assert "COGNIGY_CLIENT_ID is missing." in check["detail"]


def test_files_with_errors_are_used_as_far_as_they_are_sound(project: StartProject) -> None:
    shell = project()
    shutil.copytree(packaged_slots(), shell.folder / "slots")
    (shell.folder / "slots" / "product.yaml").write_text("slot_id: [")
    done = shell.run("doctor", "--format", "json")
    assert done.returncode == 1
    checks = examination(done)
    assert checks["files"]["status"] == "failed"
    assert "reconciler validate" in checks["files"]["hint"]
    assert checks["playbook: Delivery"]["status"] == "ok"


def test_settings_that_name_no_api_leave_it_to_the_variables(project: StartProject) -> None:
    shell = project()
    (shell.folder / "slots").mkdir()
    (shell.folder / "slots" / "reconciler.yaml").write_text("api: [")
    done = shell.run("doctor", "--format", "json")
    assert json.loads(done.stdout)["api"] == "cognigy-v2"
    assert examination(done)["files"]["status"] == "failed"
    assert examination(done)["flows"]["status"] == "ok"


def test_a_file_in_place_of_the_folder_is_a_failed_check(shell: Shell) -> None:
    (shell.folder / "slots").write_text("not a folder")
    done = shell.run("doctor", "--format", "json")
    assert done.returncode == 1
    assert examination(done)["files"]["status"] == "failed"


def test_variables_that_are_missing_are_a_failed_check(shell: Shell) -> None:
    done = shell.run("doctor", "--format", "json")
    assert done.returncode == 1
    assert done.stderr == ""
    check = examination(done)["configuration"]
    assert check["status"] == "failed"
    assert check["detail"] == (
        "The configuration is incomplete: COGNIGY_TENANT is missing. COGNIGY_CLIENT_ID is missing. "
        "COGNIGY_CLIENT_SECRET is missing."
    )
    assert check["hint"]


def test_a_dotenv_file_that_cannot_be_read_is_a_failed_check(shell: Shell) -> None:
    (shell.folder / ".env").write_bytes(b"\xff")
    done = shell.run("doctor", "--format", "json")
    assert done.returncode == 1
    assert ".env cannot be read" in examination(done)["configuration"]["detail"]


def test_other_variables_are_checked_too_and_the_tenant_all_the_same(
    project: StartProject,
) -> None:
    shell = project()
    shell.environment["COGNIGY_WEBHOOK_URL"] = "ftp://x"
    checks = json.loads(shell.run("doctor", "--format", "json").stdout)["checks"]
    configuration = [each for each in checks if each["name"] == "configuration"]
    assert [each["status"] for each in configuration] == ["failed", "ok"]
    assert "COGNIGY_WEBHOOK_URL" in configuration[0]["detail"]
    assert "project" in {each["name"] for each in checks}


def test_a_web_server_that_is_not_a_tenant_is_named(shell: Shell) -> None:
    page = reply(200, b"<html><title>Welcome</title>", content_type="text/html")
    with serving(page) as server:
        shell.environment = {
            "COGNIGY_BASE_URL": server.url,
            "COGNIGY_API_KEY": "key",
            "COGNIGY_PROJECT_ID": "0" * 24,
        }
        done = shell.run("doctor", "--format", "json")
    assert done.returncode == 1
    assert "with a web page, 'Welcome', not with JSON" in examination(done)["address"]["detail"]
    assert len(server.received) == 1
