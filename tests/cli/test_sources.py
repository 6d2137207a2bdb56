"""Where the configuration came from, as `-v` says it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Shell

SECRET = "s3cr3t-of-the-client"


@pytest.fixture
def project(shell: Shell) -> Shell:
    """A project whose .env files and environment all set something."""
    shell.write("slot_fruit")
    shell.configure(environments={"staging": {}})
    (shell.folder / ".env").write_text("COGNIGY_CLIENT_ID=other\n", encoding="utf-8")
    (shell.folder / ".env.staging").write_text(
        f"COGNIGY_CLIENT_ID=client\nCOGNIGY_CLIENT_SECRET={SECRET}\nCOGNIGY_TENANT=ignored\n",
        encoding="utf-8",
    )
    shell.environment = {
        "COGNIGY_BASE_URL": "http://127.0.0.1:9",
        "COGNIGY_BOT_ID": "bot_1",
        "COGNIGY_BOT_ID__STAGING": "bot_2",
        "COGNIGY_BOT_ID__PRODUCTION": "bot_3",
        "COGNIGY_AUDIT_LOG": "",
    }
    return shell


def shown(project: Shell, *arguments: str) -> list[str]:
    """What is said before the first request, which fails."""
    return project.run("plan", "--env", "staging", *arguments).stderr.splitlines()


def test_each_variable_is_shown_with_what_sets_it(project: Shell) -> None:
    lines = shown(project, "-v")
    assert [line for line in lines if " is set by " in line] == [
        "COGNIGY_BASE_URL is set by the environment.",
        "COGNIGY_BOT_ID is set by COGNIGY_BOT_ID__STAGING.",
        "COGNIGY_CLIENT_ID is set by .env.staging.",
        "COGNIGY_CLIENT_SECRET is set by .env.staging.",
        "COGNIGY_TENANT is set by .env.staging.",
    ]
    assert "Environment: staging" in lines
    assert "Tenant: http://127.0.0.1:9, bot bot_2" in lines


def test_the_project_folder_and_the_ledger_are_shown(project: Shell) -> None:
    lines = shown(project, "-v")
    assert f"Project folder: {Path(project.folder).resolve()}" in lines
    assert f"Ledger: {project.folder.resolve() / 'slot_updates_audit.jsonl'}" in lines


def test_no_secret_is_shown(project: Shell) -> None:
    assert SECRET not in "\n".join(shown(project, "-vv"))


def test_an_address_of_dotenv_that_is_ignored_is_shown_as_such(shell: Shell) -> None:
    shell.write("slot_fruit")
    (shell.folder / ".env").write_text("COGNIGY_TENANT=evil\n", encoding="utf-8")
    shell.environment = {"COGNIGY_CLIENT_SECRET": SECRET}
    assert "COGNIGY_TENANT from .env is ignored." in shell.run("plan", "-v").stderr


def test_nothing_of_it_is_shown_without_v(project: Shell) -> None:
    assert not [line for line in shown(project) if " is set by " in line or "Ledger" in line]
