"""The output of `reconciler fleet validate`."""

from __future__ import annotations

import json

from tests.cli.conftest import Shell
from tests.support.fleet_folder import slot_text, write, write_fleet

TENANTS = "targets:\n  - {tenant: acme, environments: {staging: , production: }}\n"


def test_a_sound_fleet_is_valid_and_counted(shell: Shell) -> None:
    write_fleet(shell.folder, TENANTS)
    done = shell.run("fleet", "validate")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "Valid: 2 targets, 1 slot, 0 errors, 0 warnings.\n"


def test_a_problem_is_shown_with_its_line_a_caret_and_a_hint(shell: Shell) -> None:
    write_fleet(shell.folder, "include: [customers/*.yaml]\n", acme=TENANTS.replace("ac", "Ac"))
    done = shell.run("fleet", "validate")
    assert done.returncode == 1
    assert done.stdout == (
        "customers/acme.yaml:2:14: error: `targets[0].tenant` is 'Acme', which has an invalid "
        "character or length [bad-value]\n"
        "    2 |   - {tenant: Acme, environments: {staging: , production: }}\n"
        "      |              ^\n"
        "    It must match ^[a-z][a-z0-9-]{0,62}$\n"
        "\n"
        "Not valid: 0 targets, 0 slots, 1 error, 0 warnings.\n"
    )
    assert done.stderr == "`reconciler rule ID` explains a rule and how to fix a violation.\n"


def test_problems_of_slots_and_of_the_fleet_are_shown_together_in_the_order_of_files(
    shell: Shell,
) -> None:
    write(shell.folder, "slots/order.yaml", slot_text("slot_order") + "dependencies: [other]\n")
    write_fleet(shell.folder, f"rollout: {{steps: [{{targets: 1}}]}}\n{TENANTS}")
    done = shell.run("fleet", "validate", "--format", "json")
    report = json.loads(done.stdout)
    assert (done.returncode, report["valid"]) == (0, True)
    assert (report["targets"], report["slots"]) == (2, 1)
    assert [(each["file"], each["rule"]) for each in report["problems"]] == [
        ("fleet.yaml", "incomplete-rollout"),
        ("slots/order.yaml", "unknown-dependency"),
    ]


def test_a_warning_fails_only_on_request(shell: Shell) -> None:
    write_fleet(shell.folder, f"include: [nothing/*.yaml]\n{TENANTS}")
    assert shell.run("fleet", "validate").returncode == 0
    assert shell.run("fleet", "validate", "--strict").returncode == 1


def test_annotations_are_printed_for_a_pull_request(shell: Shell) -> None:
    write_fleet(shell.folder, "rolout: {}\n")
    done = shell.run("fleet", "validate", "--format", "github")
    assert done.stdout.startswith(
        "::error file=fleet.yaml,line=2,col=1,title=unknown-key::unknown key `rolout`%0ADid you "
        "mean `rollout`?\n"
    )


def test_a_missing_file_is_an_error_and_an_object_in_json(shell: Shell) -> None:
    done = shell.run("fleet", "validate", "--file", "other.yaml", "--format", "json")
    assert done.returncode == 1
    report = json.loads(done.stdout)
    assert report["error"]["message"] == "The fleet file other.yaml does not exist."


def test_the_file_is_found_from_a_folder_below(shell: Shell) -> None:
    write_fleet(shell.folder, "include: [customers/*.yaml]\n", acme=TENANTS)
    (shell.folder / ".git").mkdir()
    below = Shell(folder=shell.folder / "customers").run("fleet", "validate")
    assert below.stdout == "Valid: 2 targets, 1 slot, 0 errors, 0 warnings.\n"


def test_it_needs_no_credentials_and_shows_none(shell: Shell) -> None:
    shell.environment["COGNIGY_CLIENT_SECRET"] = "s3cret"
    write_fleet(shell.folder, "defaults: {credentials: ../../s}\n")
    done = shell.run("fleet", "validate")
    assert "not a path and not a secret" in done.stdout
    assert "s3cret" not in done.stdout + done.stderr
