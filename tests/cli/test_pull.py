"""`reconciler pull`: writing the slots of a live bot to slots/, over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from reconciler.adapters.manifests import read_manifests
from reconciler.sandbox.v1.tenant import SandboxTenant
from tests.cli.conftest import Bot
from tests.support.world import COLOUR, FRUIT, document

StartBot = Callable[..., Bot]


def hostile(slot_id: str, **fields: Any) -> dict[str, Any]:
    return {**document(slot_id), **fields}


LIVE = [
    hostile(FRUIT, name="the fruit: # 'quoted' \n", patterns=["^a\\d{2}$", "'", '"\t', " x", "no"]),
    hostile(COLOUR, name="🍎", type="yes", dependencies=[FRUIT]),
]


def files(bot: Bot) -> set[str]:
    return {path.name for path in (bot.folder / "slots").iterdir()} - {"reconciler.yaml"}


def only_file(bot: Bot) -> Path:
    (path,) = (
        path for path in (bot.folder / "slots").glob("*.yaml") if path.name != "reconciler.yaml"
    )
    return path


def test_a_plan_directly_after_a_pull_shows_no_changes(bot: StartBot) -> None:
    shop = bot(live=LIVE)
    done = shop.run("pull")
    assert done.returncode == 0, done.stderr
    assert files(shop) == {"_slot.schema.json", "the_fruit_quoted.yaml", f"{COLOUR}.yaml"}
    assert done.stdout.count("created") == 3
    planned = shop.run("plan", "--detailed-exitcode")
    assert planned.returncode == 0, planned.stdout + planned.stderr
    again = shop.run("pull")
    assert again.returncode == 0
    assert again.stdout.count("unchanged") == 3


def test_it_says_that_it_pulls_the_whole_tenant_and_how_to_pull_less(bot: StartBot) -> None:
    shop = bot(live=LIVE)
    done = shop.run("pull")
    assert "2 slots" in done.stderr
    assert "--slot SLOT_ID" in done.stderr


THEIRS = [document(f"slot_theirs_{number:02}") for number in range(40)]


def test_with_existing_slot_files_it_pulls_managed_and_owned_slots_and_counts_the_rest(
    bot: StartBot,
) -> None:
    shop = bot(live=[*LIVE, document("slot_size"), *THEIRS])
    shop.configure(owns=["slot_si*"])
    shop.write(FRUIT)
    done = shop.run("pull", "--force")
    assert done.returncode == 0, done.stderr
    described = read_manifests(shop.folder / "slots").desired
    assert set(described) == {FRUIT, "slot_size"}
    assert (
        "Pulling 2 slots that the files describe or `owns` matches, leaving out 41: " in done.stderr
    )
    assert f"{COLOUR}, slot_theirs_00, " in done.stderr
    assert "slot_theirs_10 and 29 more. --all pulls every slot" in done.stderr
    assert "41 unmanaged" in shop.run("plan").stdout


def test_with_existing_slot_files_all_or_a_single_slot_can_be_requested(
    bot: StartBot,
) -> None:
    shop = bot(live=[*LIVE, *THEIRS])
    shop.write(FRUIT)
    assert shop.run("pull", "--slot", "slot_theirs_07").returncode == 0
    assert set(read_manifests(shop.folder / "slots").desired) == {FRUIT, "slot_theirs_07"}
    assert shop.run("pull", "--all", "--force").returncode == 0
    assert len(read_manifests(shop.folder / "slots").desired) == len(LIVE) + len(THEIRS)
    assert shop.run("plan", "--detailed-exitcode").returncode == 0


def test_the_project_also_decides_what_is_written_to_another_folder(bot: StartBot) -> None:
    shop = bot(live=[*LIVE, *THEIRS])
    shop.write(FRUIT)
    assert shop.run("pull", "--out", "copy").returncode == 0
    assert list(read_manifests(shop.folder / "copy").desired) == [FRUIT]


def test_all_and_a_single_slot_cannot_be_combined(bot: StartBot) -> None:
    done = bot(live=LIVE).run("pull", "--all", "--slot", FRUIT)
    assert done.returncode == 1
    assert "--slot and --all" in done.stderr


def test_it_pulls_only_the_requested_slots(bot: StartBot) -> None:
    shop = bot(live=LIVE)
    done = shop.run("pull", "--slot", COLOUR, "--slot", COLOUR)
    assert done.returncode == 0
    assert files(shop) == {"_slot.schema.json", f"{COLOUR}.yaml"}
    assert "every slot" not in done.stderr
    assert "[unknown-dependency]" in done.stderr


def test_a_slot_that_is_not_live_is_an_error_and_nothing_is_written(bot: StartBot) -> None:
    shop = bot(live=LIVE)
    done = shop.run("pull", "--slot", COLOUR, "--slot", "slot_none")
    assert done.returncode == 1
    assert "slot_none" in done.stderr
    assert files(shop) == set()


def test_it_requests_only_the_scope_for_reading(bot: StartBot) -> None:
    scopes: list[str] = []

    class Listening(SandboxTenant):
        def handle(self, request: Any) -> Any:
            if request.path == "/oauth/token":
                scopes.append(request.body.decode())
            return super().handle(request)

    shop = bot(live=LIVE, kind=Listening)
    assert shop.run("pull").returncode == 0
    assert len(scopes) == 1
    assert "bots%3Aread" in scopes[0]
    assert "write" not in scopes[0]
    assert shop.writes == []


def test_a_file_that_differs_is_kept_and_reported_and_refreshed_with_force(bot: StartBot) -> None:
    shop = bot(live=[document(FRUIT)])
    assert shop.run("pull").returncode == 0
    path = only_file(shop)
    text = path.read_text(encoding="utf-8") + "# mine\nexamples: {match: [apple]}\n"
    before = text.replace("name: ", "name: old ")
    path.write_text(before, encoding="utf-8")
    kept = shop.run("pull")
    assert kept.returncode == 1
    assert f"kept      {path.relative_to(shop.folder)} ({FRUIT}): it differs in name" in kept.stdout
    assert "--force" in kept.stderr
    assert path.read_text(encoding="utf-8") == before
    forced = shop.run("pull", "--force")
    assert forced.returncode == 0
    assert "refreshed" in forced.stdout
    assert path.read_text(encoding="utf-8") == text


def test_it_writes_to_another_folder_on_request(bot: StartBot) -> None:
    shop = bot(live=LIVE)
    assert shop.run("pull", "--out", "adopted").returncode == 0
    assert files(shop) == set()
    assert len(read_manifests(shop.folder / "adopted").desired) == 2


def test_it_creates_a_missing_slots_folder(bot: StartBot) -> None:
    shop = bot(live=LIVE)
    (shop.folder / "slots" / "reconciler.yaml").unlink()
    (shop.folder / "slots").rmdir()
    assert shop.run("pull").returncode == 0
    assert len(read_manifests(shop.folder / "slots").desired) == 2


def test_live_slots_that_break_validation_rules_are_still_written(bot: StartBot) -> None:
    shop = bot(live=[hostile(FRUIT, patterns=["x" * 60])])
    done = shop.run("pull")
    assert done.returncode == 0
    assert len(read_manifests(shop.folder / "slots").desired) == 1
    assert "break validation rules" in done.stderr
    assert only_file(shop).name in done.stderr


def test_a_slot_that_no_file_can_express_is_left_out_and_reported(bot: StartBot) -> None:
    shop = bot(live=[hostile(FRUIT, name=None), document(COLOUR)])
    done = shop.run("pull")
    assert done.returncode == 1
    assert f"left out  {FRUIT}: `name` is missing" in done.stdout
    assert "unmanaged" in done.stderr
    assert list(read_manifests(shop.folder / "slots").desired) == [COLOUR]
    assert shop.run("plan", "--detailed-exitcode").returncode == 0


def test_fields_that_no_file_can_express_are_named(bot: StartBot) -> None:
    shop = bot(live=[hostile(FRUIT, icon="x", **{"hue\u202e": 1}), hostile(COLOUR, icon="y")])
    done = shop.run("pull")
    assert done.returncode == 0
    assert "so they are not managed: hue\\u202e (1 slot), icon (2 slots)." in done.stderr
    assert "no slot file can express" not in bot(live=LIVE).run("pull").stderr


def test_names_cannot_control_the_terminal(bot: StartBot) -> None:
    shop = bot(live=[hostile("slot_\u202e", name="x")])
    done = shop.run("pull")
    assert done.returncode == 1
    assert "\u202e" not in done.stdout + done.stderr
    assert "left out  slot_\\u202e:" in done.stdout


def test_an_invalid_file_stops_it_before_the_first_request(bot: StartBot) -> None:
    shop = bot(live=LIVE)
    (shop.folder / "slots" / "a.yaml").write_text("name: [")
    done = shop.run("pull")
    assert done.returncode == 1
    assert "a.yaml" in done.stderr
    assert list(shop.tenant.requests) == []


def test_pulling_an_empty_tenant_writes_nothing(bot: StartBot) -> None:
    shop = bot()
    done = shop.run("pull")
    assert (done.returncode, done.stdout) == (0, "")
    assert files(shop) == set()


ODD = {"slotId": "slot_odd", "name": "odd", "type": "regex", "patterns": [{"value": "^x$"}]}


def test_an_unreadable_slot_is_left_out_and_does_not_stop_the_pull(bot: StartBot) -> None:
    shop = bot(live=LIVE, strangers=(ODD,))
    done = shop.run("pull")
    assert done.returncode == 0, done.stderr
    assert files(shop) == {"_slot.schema.json", "the_fruit_quoted.yaml", f"{COLOUR}.yaml"}
    assert "slot_odd" in done.stdout + done.stderr
    assert "patterns of an unknown shape" in done.stdout + done.stderr
    planned = shop.run("plan", "--detailed-exitcode")
    assert planned.returncode == 0, planned.stdout + planned.stderr
    assert "slot_odd (patterns of an unknown shape)" in planned.stdout
    assert shop.run("drift").returncode == 0


def test_an_unreadable_slot_is_an_error_if_it_is_requested(bot: StartBot) -> None:
    shop = bot(live=LIVE, strangers=(ODD,))
    done = shop.run("pull", "--slot", "slot_odd")
    assert done.returncode == 1
    assert "it is live with patterns of an unknown shape" in done.stdout + done.stderr
    assert files(shop) == set()


def test_an_unreadable_managed_slot_stops_plan_drift_and_apply(bot: StartBot) -> None:
    shop = bot(live=LIVE, strangers=(ODD,))
    shop.write("slot_odd")
    for command in (["plan"], ["drift"], ["apply", "--yes"]):
        done = shop.run(*command)
        assert done.returncode == 1
        assert (
            "slot_odd cannot be read: it is live with patterns of an unknown shape" in done.stderr
        )
    assert shop.writes == []


def test_a_tenant_that_caps_its_pages_is_pulled_completely(bot: StartBot) -> None:
    live = [document(f"slot_{number:02}") for number in range(25)]
    shop = bot(live=live, page_cap=10, shifts=("delete", "delete"))
    assert shop.run("pull").returncode == 0
    assert len(files(shop)) == 26
    planned = shop.run("plan", "--detailed-exitcode")
    assert planned.returncode == 0, planned.stdout
    assert "25 unchanged" in planned.stdout or "25 slots as desired" in planned.stdout


def test_an_unreadable_managed_slot_fails_the_pull_but_another_teams_does_not(
    bot: StartBot,
) -> None:
    shop = bot(live=LIVE, strangers=(ODD,))
    shop.write(FRUIT)
    done = shop.run("pull", "--force")
    assert done.returncode == 0
    assert "leaving out 2: slot_colour, slot_odd." in done.stderr
    shop.write("slot_odd")
    assert shop.run("pull", "--force").returncode == 1
