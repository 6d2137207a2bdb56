"""What the error of a target says to do: it names where its credentials lie, and commands that a
fleet has."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from typing import Any

import pytest

from reconciler.sandbox.messages import Request, Response
from tests.cli.fleet.conftest import SECRET, FleetShell
from tests.support.world import FRUIT

Start = Callable[..., FleetShell]
NAME = "globex"
UNREACHABLE = "http://127.0.0.1:1"


def ended(shell: FleetShell, command: str = "apply", *options: str) -> dict[str, Any]:
    """How the command ended for the target, after it has worked on this one alone."""
    yes = ["--yes"] if command == "apply" else []
    selected = ("--select", f"tenant={NAME}", "--format", "json")
    done = shell.run("fleet", command, *yes, *selected, *options)
    (target,) = json.loads(done.stdout)["targets"]
    assert "COGNIGY_BASE_URL." not in done.stdout, "the variable of a single project"
    return dict(target)


def place(shell: FleetShell, field: str) -> str:
    """Where the target's credentials have a field."""
    return str(shell.folder / "credentials" / NAME / field)


def answering(status: int, content: str, **headers: str) -> Callable[[Request], Response]:
    def handle(request: Request) -> Response:
        assert request.path
        return Response(status=status, body=content.encode(), headers=headers)

    return handle


def test_a_wrong_secret_is_to_be_corrected_in_its_file(fleet: Start) -> None:
    shell = fleet()
    shell.give_credentials(NAME, client_secret="wrong")
    expected = f"Check {place(shell, 'client_id')} and {place(shell, 'client_secret')}, and that"
    assert ended(shell)["hint"].startswith(expected)


def test_a_wrong_secret_is_to_be_corrected_in_the_variables_that_end_with_its_name(
    fleet: Start,
) -> None:
    shell = fleet()
    shutil.rmtree(shell.folder / "credentials" / NAME)
    shell.environment |= {
        "COGNIGY_BASE_URL__GLOBEX": shell.urls[NAME],
        "COGNIGY_CLIENT_ID__GLOBEX": "sandbox",
        "COGNIGY_CLIENT_SECRET__GLOBEX": "wrong",
    }
    expected = "Check COGNIGY_CLIENT_ID__GLOBEX and COGNIGY_CLIENT_SECRET__GLOBEX, and that"
    assert ended(shell)["hint"].startswith(expected)


def test_the_address_of_a_tenant_that_is_away_is_to_be_checked_in_its_file(fleet: Start) -> None:
    shell = fleet()
    shell.configure(limits={"max_attempts": 1})
    shell.declare(expected={NAME: UNREACHABLE})
    shell.give_credentials(NAME, origin=UNREACHABLE)
    assert ended(shell, "plan")["hint"].startswith(f"Check {place(shell, 'origin')}, the network")


@pytest.mark.parametrize(
    "answer",
    [
        answering(200, "<html>", **{"Content-Type": "text/html"}),
        answering(302, "", Location="https://elsewhere.example"),
        answering(404, "<html>"),
    ],
    ids=["a page", "a redirect", "no route"],
)
def test_what_is_not_the_api_is_a_wrong_address(
    fleet: Start, answer: Callable[[Request], Response]
) -> None:
    shell = fleet()
    shell.tenants[NAME].handle = answer  # type: ignore[method-assign, assignment]
    for command in ("plan", "apply", "drift"):
        assert f"Check {place(shell, 'origin')}" in ended(shell, command)["hint"]


def test_a_listing_that_is_none_is_a_wrong_address(fleet: Start) -> None:
    shell = fleet()
    tenant = shell.tenants[NAME]
    handle, listing = tenant.handle, answering(200, '{"slots": []}')
    tenant.handle = lambda request: (  # type: ignore[method-assign]
        listing(request) if request.path.endswith("/slots") else handle(request)
    )
    assert ended(shell, "plan")["hint"] == f"Check {place(shell, 'origin')}."


def test_a_bot_is_missing_where_the_credentials_could_have_it_and_no_gate_can_be_left_out(
    fleet: Start,
) -> None:
    shell = fleet()
    fleet_yaml = shell.folder / "fleet.yaml"
    fleet_yaml.write_text(fleet_yaml.read_text().replace(', "bot_id": "bot_1"', ""))
    shell.widen()
    missing = f"{place(shell, 'bot_id')} is missing"
    applied = ended(shell)
    assert applied["error"] == f"{missing}, so no gate can judge these changes."
    assert applied["hint"] == "Set it."
    assert ended(shell, "drift", "--metrics")["error"].startswith(missing)
    shown = shell.run("fleet", "plan", "--select", f"tenant={NAME}").stdout
    assert "this plan cannot be applied" in " ".join(shown.split())


def test_an_id_that_may_be_missing_is_named_with_what_to_write(fleet: Start) -> None:
    shell = fleet()
    (shell.folder / "slots" / f"{FRUIT}.yaml").unlink()
    shell.write("slot_other", name=FRUIT.removeprefix("slot_"))
    target = ended(shell, "plan")
    assert "ids may be missing" in target["error"]
    assert f"{{slot_other: {FRUIT}}}" in target["error"]
    assert "reconciler pull" not in target["error"]


def test_a_tenant_that_lists_nothing_is_repaired_by_hand(fleet: Start) -> None:
    shell = fleet()
    shell.widen()
    assert ended(shell)["status"] == "verified"
    tenant = shell.tenants[NAME]
    handle, listing = tenant.handle, answering(200, '{"data": []}')
    tenant.handle = lambda request: (  # type: ignore[method-assign]
        listing(request) if request.path.endswith("/slots") else handle(request)
    )
    hint = ended(shell)["hint"]
    assert hint.endswith(f"reconciler apply --target {FRUIT}, with the variables of this tenant")


def test_no_hint_has_a_secret(fleet: Start) -> None:
    shell = fleet()
    shell.give_credentials(NAME, client_id="wrong")
    assert SECRET.format(NAME) not in json.dumps(ended(shell))
