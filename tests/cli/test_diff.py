"""`reconciler diff`: two environments compared live, each with its own variables."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from reconciler.adapters.clock import SystemClock
from reconciler.sandbox.app import serve
from reconciler.sandbox.v2.settings import SandboxSettings
from reconciler.sandbox.v2.tenant import SandboxTenant
from tests.cli.companies import Company, company, fruit
from tests.cli.conftest import Shell
from tests.support.world import COLOUR, FRUIT, SIZE, document

__all__ = ["company"]

StartCompany = Callable[..., Company]
BOTH = ("diff", "staging", "production")


def diff(shop: Company, *, code: int) -> dict[str, Any]:
    done = shop.run(*BOTH, "--format", "json")
    assert done.returncode == code, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_what_the_files_do_not_mean_is_told_from_what_they_do(company: StartCompany) -> None:
    shop = company(
        staging=[document(FRUIT, patterns=["^apple$", "^test$"])],
        production=[document(FRUIT, patterns=["^apple$"], fillStrategy="strict")],
    )
    fruit(
        shop,
        patterns=["^apple$"],
        fill_strategy="strict",
        environments={"staging": {"patterns": ["^apple$", "^test$"]}},
    )
    found = diff(shop, code=2)
    (slot,) = found["slots"]
    assert {each["field"]: each["intent"] for each in slot["fields"]} == {
        "patterns": "meant",
        "fill_strategy": "not_meant",
    }
    assert slot["fields"][1]["values"] == {"staging": "bestMatch", "production": "strict"}
    assert found["summary"] == {"not_meant": 1, "unmanaged": 0, "meant": 1, "same": 0}
    text = shop.run(*BOTH).stdout
    assert text.index("not meant by the files") < text.index("bestMatch → strict")
    assert text.index("bestMatch → strict") < text.index("\n  meant by the files")
    assert text.index("\n  meant by the files") < text.index("- ^test$")
    markdown = shop.run(*BOTH, "--format", "markdown").stdout
    assert "#### Not meant by the files" in markdown
    assert "-   ^test$" in markdown

    assert shop.run("apply", "--yes", "--env", "staging").returncode == 0
    done = shop.run(*BOTH)
    assert done.returncode == 0
    assert "Nothing differs that the files do not mean to differ; 1 as meant" in done.stdout


def test_slots_are_compared_by_key_where_ids_differ(company: StartCompany) -> None:
    there = {**document(FRUIT), "slotId": "slot_77"}
    needing = {**document(COLOUR), "slotId": "slot_78", "dependencies": ["slot_77"]}
    shop = company(
        staging=[document(FRUIT), document(COLOUR, dependencies=[FRUIT])],
        production=[there, needing],
    )
    shop.declare(staging={}, production={"ids": {FRUIT: "slot_77", COLOUR: "slot_78"}})
    fruit(shop)
    shop.write(COLOUR, dependencies=[FRUIT])
    found = diff(shop, code=0)
    assert (found["slots"], found["summary"]["same"]) == ([], 2)
    assert found["unmanaged"] == {"only_in": {"staging": [], "production": []}, "different": []}


def test_slots_in_only_one_of_them_and_unmanaged_ones(company: StartCompany) -> None:
    shop = company(
        staging=[document(FRUIT), document(SIZE), document("slot_theirs")],
        production=[document(COLOUR)],
    )
    fruit(shop)
    shop.write(COLOUR, environments={"staging": {"state": "absent"}})
    found = diff(shop, code=2)
    assert {each["slot_id"]: (each["only_in"], each["intent"]) for each in found["slots"]} == {
        COLOUR: ("production", "meant"),
        FRUIT: ("staging", "not_meant"),
    }
    assert found["unmanaged"]["only_in"] == {"staging": [SIZE, "slot_theirs"], "production": []}
    text = shop.run(*BOTH).stdout
    assert f"- {FRUIT}  fruit  (only in staging)" in text
    assert f"+ {COLOUR}  colour  (only in production)" in text
    assert f"Unmanaged slots: 2 only in staging: {SIZE}, slot_theirs." in text


def test_without_access_to_one_of_them_there_is_nothing_to_compare(company: StartCompany) -> None:
    shop = company(staging=[document(FRUIT)], production=[document(FRUIT)])
    fruit(shop)
    (shop.folder / ".env.production").unlink()
    done = shop.run(*BOTH)
    assert done.returncode == 1
    assert "There is no access to production, because none of its variables are set." in done.stderr
    assert "COGNIGY_CLIENT_SECRET__PRODUCTION" in done.stderr
    assert diff(shop, code=1)["error"]["message"].startswith("There is no access to production")
    shop.environment["COGNIGY_CLIENT_SECRET__PRODUCTION"] = "wrong-secret"
    done = shop.run(*BOTH)
    assert done.returncode == 1
    assert "production: The configuration is incomplete:" in done.stderr
    assert "COGNIGY_CLIENT_ID is missing" in done.stderr
    assert "wrong-secret" not in done.stderr


def test_credentials_that_fail_are_an_error(company: StartCompany) -> None:
    shop = company(staging=[document(FRUIT)], production=[document(FRUIT)])
    fruit(shop)
    path = shop.folder / ".env.production"
    path.write_text(path.read_text().replace("secret-production", "wrong-secret"))
    done = shop.run(*BOTH)
    assert done.returncode == 1
    assert "Error: production: " in done.stderr
    assert "wrong-secret" not in done.stdout + done.stderr


def test_names_that_make_no_sense_are_refused(company: StartCompany) -> None:
    shop = company(staging=[document(FRUIT)], production=[document(FRUIT)])
    fruit(shop)
    for arguments, said in (
        (("staging", "prod"), "declares no environment 'prod'"),
        (("stagin", "production"), "Did you mean staging?"),
        (("staging", "staging"), "staging is named twice"),
        (("staging",), "Missing argument"),
    ):
        done = shop.run("diff", *arguments)
        assert done.returncode == 1
        assert said in done.stderr
    assert not any(tenant.requests for tenant in shop.tenants.values())


def test_two_environments_with_the_same_variables_are_refused(company: StartCompany) -> None:
    shop = company(staging=[document(FRUIT)], production=[document(FRUIT)])
    fruit(shop)
    (shop.folder / ".env.production").write_text((shop.folder / ".env.staging").read_text())
    done = shop.run(*BOTH)
    assert done.returncode == 1
    assert "staging and production lead to the same bot" in done.stderr


def test_a_project_without_environments_has_none_to_compare(shell: Shell) -> None:
    shell.write(FRUIT)
    done = shell.run(*BOTH)
    assert done.returncode == 1
    assert "reconciler.yaml declares no environments, so there are none to compare." in done.stderr


def test_a_field_that_a_file_leaves_unmanaged_does_not_count(shell: Shell) -> None:
    settings = SandboxSettings(queue_seconds=0, training_seconds=0)
    slots = shell.folder / "slots"
    slots.mkdir()
    (slots / "reconciler.yaml").write_text(
        json.dumps(
            {
                "api": "cognigy-v2",
                "flow": "Order intake",
                "gate": {"enabled": False},
                "train": {"poll_interval_seconds": 0.02},
                "limits": {"requests_per_minute": 100_000},
                "environments": {"staging": {}, "production": {}},
            }
        )
    )
    with ExitStack() as running:
        for name in ("staging", "production"):
            tenant = SandboxTenant(clock=SystemClock(), settings=settings)
            url = running.enter_context(serve(tenant))
            (shell.folder / f".env.{name}").write_text(
                f"COGNIGY_BASE_URL={url}\nCOGNIGY_API_KEY={settings.users[0].api_key}\n"
                f"COGNIGY_PROJECT_ID={tenant.project_id}\n"
            )
        assert shell.run("pull", "--env", "staging").returncode == 0
        path = slots / "order_number.yaml"
        path.write_text(path.read_text().replace("context_key: order_number", "context_key: other"))
        assert shell.run("apply", "--env", "production", "--yes").returncode == 0
        path.write_text(path.read_text().replace("context_key: other\n", ""))
        done = shell.run(*BOTH, "--format", "json")
        assert done.returncode == 0, done.stderr
        (slot,) = json.loads(done.stdout)["slots"]
        assert [(each["field"], each["intent"]) for each in slot["fields"]] == [
            ("context_key", "unmanaged")
        ]
        done = shell.run("status")
        assert (done.returncode, "6 slots are as desired everywhere." in done.stdout) == (0, True)
