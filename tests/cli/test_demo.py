"""The demo walks through the main workflow, checks each step, and changes nothing of the user's."""

from __future__ import annotations

import os
import re
import shutil
import sys
from pathlib import Path

import pytest

import reconciler.cli.demo
import reconciler.sandbox
from tests.cli.conftest import Shell

ROOT = Path(__file__).parents[2]


def walk(shell: Shell, *arguments: str) -> str:
    with shell.spawn("demo", *arguments) as process:
        stdout, stderr = process.communicate(timeout=110)
    assert process.returncode == 0, (stdout, stderr)
    assert "Traceback" not in stderr
    return stdout


def require_in_order(shown: str, steps: list[str]) -> None:
    places = [shown.find(step) for step in steps]
    assert -1 not in places, (steps[places.index(-1)], shown)
    assert places == sorted(places)


def test_it_shows_the_whole_workflow_on_the_packaged_examples(shell: Shell) -> None:
    shown = walk(shell)
    steps = [
        "Valid: 14 slots, 0 errors, 0 warnings.",
        "Plan: 6 to create, 3 to update, 0 to delete.",
        "Applied: 9 verified.",
        "No changes. 14 slots as desired",
        "Nothing was applied: 1 rolled back.",
        r"Live again: ^[A-Z]{2}-\d{4,6}$, ^ORD-\d{5}$",
        "1 slot changed in the tenant",
    ]
    require_in_order(shown, steps)
    assert "Waiting times are shortened" in shown
    assert list(shell.folder.iterdir()) == []


def test_it_uses_the_users_own_slots_and_touches_neither_them_nor_their_tenant(
    shell: Shell,
) -> None:
    shell.environment = {
        "COGNIGY_TENANT": "acme",
        "COGNIGY_CLIENT_SECRET": "mine",
        "COGNIGY_AUDIT_LOG": str(shell.folder / "mine.jsonl"),
    }
    own = shell.write("slot_pin", patterns=[r"^PIN\d{4}$"], examples={"match": ["PIN1234"]})
    before = own.read_bytes()
    shown = walk(shell)
    assert "an empty bot, for your slots" in shown
    assert "1 rolled back" in shown
    assert own.read_bytes() == before
    assert [path.name for path in shell.folder.iterdir()] == ["slots"]  # and no mine.jsonl


def test_it_adopts_the_example_bot_of_the_other_api_whatever_the_users_own_slots_are_for(
    shell: Shell,
) -> None:
    shell.environment = {"COGNIGY_API_KEY": "mine", "COGNIGY_PROJECT_ID": "0" * 24}
    own = shell.write("slot_pin")
    before = own.read_bytes()
    shown = walk(shell, "--api", "cognigy-v2")
    steps = [
        "created   slots/order_number.yaml",
        "No changes. 5 slots as desired, 1 unmanaged.",
        "Plan: 1 to create, 1 to update, 0 to delete.",
        "Applied: 2 verified.",
        'assertContext expected {"order_number": "AB-1234"}, but got {}',
        "Nothing was applied: 1 rolled back.",
        r"Live again: /\b(?:[A-Z]{2}-\d{4,6}|ORD-\d{5})\b/",
        "    ~ return_number",
        "last changed by Casey Console at ",
        "order_number  skipped by apply",
        "1 slot changed in the tenant, 1 rejected",
        "Applied: 1 verified.",
        "see `reconciler docs cognigy-v2`.",
    ]
    require_in_order(shown, steps)
    assert "Waiting times are shortened" in shown
    assert not re.search(r"\bbot\b", shown)
    assert own.read_bytes() == before
    assert [path.name for path in shell.folder.iterdir()] == ["slots"]


def test_slots_of_the_other_api_are_not_used(shell: Shell) -> None:
    shell.configure(api="cognigy-v2", flow="Order intake")
    with shell.spawn("demo", "--api", "cognigy-v1") as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        process.terminate()
        process.communicate(timeout=30)
    assert "the example bot of an online shop" in first


def test_the_api_of_the_users_own_slots_is_the_default(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell.configure(api="cognigy-v2")
    monkeypatch.setitem(sys.modules, "reconciler.cli.demo.v2", None)  # marks it as not importable
    monkeypatch.delattr(reconciler.cli.demo, "v2", raising=False)
    done = shell.run("demo")
    assert done.returncode == 1
    assert "pip install starlette uvicorn regress" in done.stderr


@pytest.mark.parametrize("command", ["demo", "sandbox"])
def test_without_the_extra_it_says_how_to_install_it(
    shell: Shell, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "uvicorn", None)  # marks it as not installed
    monkeypatch.delitem(sys.modules, "reconciler.sandbox.app", raising=False)
    monkeypatch.delattr(reconciler.sandbox, "app", raising=False)
    done = shell.run(command)
    assert done.returncode == 1
    assert "pip install starlette uvicorn" in done.stderr


def test_invalid_slots_end_it_with_an_error(shell: Shell) -> None:
    shell.write("slot_pin", patterns=["("])
    done = shell.run("demo")
    assert done.returncode == 1
    assert "Error: This step ended with exit code 1 instead of 0." in done.stderr


@pytest.mark.skipif(os.name != "posix", reason="a Makefile's folder on Windows may be elsewhere")
def test_the_wheel_contains_the_examples(tmp_path: Path) -> None:
    from hatchling.builders.wheel import WheelBuilder  # noqa: PLC0415 - a build dependency

    checkout = tmp_path / "checkout"
    shutil.copytree(
        ROOT,
        checkout,
        ignore=shutil.ignore_patterns(".git", ".venv", ".*_cache", "__pycache__", "node_modules"),
    )
    (wheel,) = WheelBuilder(str(checkout)).build(directory=str(tmp_path), versions=["standard"])
    installed = tmp_path / "installed"
    shutil.unpack_archive(wheel, installed, "zip")
    for name in ("corpus.json", "live.json", "slots/order_number.yaml", "slots/reconciler.yaml"):
        assert (installed / "reconciler" / "sandbox" / "v1" / "data" / name).is_file()
    for name in ("bot.json", "bad_change.json", "slots/order_number.yaml"):
        assert (installed / "reconciler" / "sandbox" / "v2" / "data" / name).is_file()


def test_it_shows_a_fleet_whose_canaries_stop_a_bad_pattern(shell: Shell) -> None:
    shown = walk(shell, "--fleet")
    steps = [
        "Valid: 12 targets, 14 slots",
        "12 targets differ, by the same plan.",
        "Halted in step 1",
        "10 not begun",
        "Tenants with another pattern than before: none",
        "Applied: 12 verified.",
        "Show how each target ended last.",
        "differs      tyrell/production",
    ]
    require_in_order(shown, steps)
    assert list(shell.folder.iterdir()) == []
