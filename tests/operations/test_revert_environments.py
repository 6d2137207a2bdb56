"""A run in one environment is undone where the files speak of that environment."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.errors import ConfigurationError, Refusal
from reconciler.model.endpoint import Endpoint
from tests.support.file_world import FileWorld
from tests.support.world import COLOUR, FRUIT, SIZE

SETTINGS = """\
owns: ["*"]
limits: {max_delete_fraction: 1}
environments:
  staging: {}
  production:
    ids: {slot_fruit: slot_77}
"""
FRUIT_FILE = """\
slot_id: slot_fruit
name: fruit
type: regex
patterns: ['^apple$', '^pear$']
fill_strategy: bestMatch
environments:
  staging:   # our own tenant
    patterns:
      - '^apple$'   # the first
      - '^plum$'
"""
COLOUR_FILE = """\
slot_id: slot_colour
name: colour
type: regex
patterns: [^red$]
fill_strategy: strict
dependencies: [slot_fruit]
"""


@pytest.fixture
def staging(tmp_path: Path) -> FileWorld:
    world = FileWorld(tmp_path, fruit=FRUIT_FILE, colour=COLOUR_FILE)
    world.write("reconciler", SETTINGS)
    world.run(environment="staging")
    return world


@pytest.fixture
def production(staging: FileWorld, tmp_path: Path) -> FileWorld:
    """Another tenant of the same project, with the same ledger."""
    world = FileWorld(tmp_path, SIZE)
    world.write("reconciler", SETTINGS)
    world.endpoint = Endpoint(origin=staging.endpoint.origin, bot_id="bot_2")
    world.number_runs_from(100)
    world.run(environment="production")
    return world


def test_what_the_file_says_for_the_environment_is_undone_there(staging: FileWorld) -> None:
    staging.edit("fruit", "      - '^plum$'\n", "      - '^fig$'\n      - '^kiwi$'\n")
    run = staging.run(environment="staging")
    report = staging.revert(run)
    assert staging.text("fruit") == FRUIT_FILE
    assert (report.environment, report.also) == ("staging", ())
    assert staging.planned(environment="staging") == {FRUIT: "update"}


def test_what_the_file_says_for_all_is_undone_for_all_and_reported(staging: FileWorld) -> None:
    staging.edit("fruit", "fill_strategy: bestMatch", "fill_strategy: strict")
    report = staging.revert(staging.run(environment="staging"))
    assert staging.text("fruit") == FRUIT_FILE
    assert report.also == ("production",)


def test_both_are_undone_where_they_are(staging: FileWorld) -> None:
    staging.edit("fruit", "'^plum$'", "'^fig$'")
    staging.edit("fruit", "fill_strategy: bestMatch", "fill_strategy: strict")
    staging.revert(staging.run(environment="staging"))
    assert staging.text("fruit") == FRUIT_FILE


def test_a_run_is_undone_by_the_keys_of_its_environment(production: FileWorld) -> None:
    live = production.live("slot_77")
    production.edit("fruit", "['^apple$', '^pear$']", "['^apple$']")
    production.edit("colour", "dependencies: [slot_fruit]\n", "")
    run = production.run(environment="production")
    production.revert(run)
    assert production.text("fruit") == FRUIT_FILE
    assert "dependencies:\n  - slot_fruit\n" in production.text("colour")
    production.run(environment="production")
    assert production.live("slot_77") == live
    assert production.live(COLOUR)["dependencies"] == ["slot_77"]


def test_a_value_that_another_environment_never_had_is_not_written_for_it(
    staging: FileWorld, production: FileWorld
) -> None:
    staging.edit("fruit", FRUIT_FILE[FRUIT_FILE.index("environments") :], "")
    staging.edit("fruit", "'^apple$', ", "")  # what production has had for long
    production.run(environment="production")
    run = staging.run(environment="staging")
    error = staging.refused(run)
    assert "`patterns` is the same in production, where it never had the former" in error.message


def test_a_promoted_change_is_undone_for_both(staging: FileWorld, production: FileWorld) -> None:
    staging.edit("colour", "fill_strategy: strict", "fill_strategy: fuzzy")
    run = staging.run(environment="staging")
    production.run(environment="production")
    assert staging.revert(run).also == ("production",)
    assert staging.text("colour") == COLOUR_FILE
    assert production.planned(environment="production") == {COLOUR: "update"}


@pytest.mark.parametrize("existence", ["created", "deleted"])
def test_whether_a_slot_exists_elsewhere_is_not_guessed(staging: FileWorld, existence: str) -> None:
    staging.write("size", COLOUR_FILE.replace("colour", "size"))
    run = staging.run(environment="staging")
    if existence == "deleted":
        staging.edit("size", "fill_strategy", "state: absent\nfill_strategy")
        run = staging.run(environment="staging")
    error = staging.refused(run)
    assert "would change in production too; write `state` under `environments: staging:`" in (
        error.message
    )


def test_a_slot_that_the_environment_alone_has_becomes_absent_there(staging: FileWorld) -> None:
    text = COLOUR_FILE.replace("colour", "size") + "state: absent\n"
    staging.write("size", f"{text}environments: {{staging: {{state: present}}}}\n")
    run = staging.run(environment="staging")
    staging.revert(run)
    assert staging.text("size") == f"{text}environments: {{staging: {{state: absent}}}}\n"
    staging.run(environment="staging")
    assert staging.live(SIZE) == {}


def test_an_environment_that_is_declared_no_more_is_an_error(staging: FileWorld) -> None:
    staging.edit("fruit", "fill_strategy: bestMatch", "fill_strategy: strict")
    run = staging.run(environment="staging")
    staging.edit("fruit", FRUIT_FILE[FRUIT_FILE.index("environments") :], "")
    staging.write("reconciler", SETTINGS.replace("staging", "test"))
    with pytest.raises(ConfigurationError, match="declares no environment 'staging'"):
        staging.revert(run)


def test_a_run_of_no_environment_is_not_undone_in_a_project_with_several(tmp_path: Path) -> None:
    world = FileWorld(
        tmp_path,
        colour=COLOUR_FILE,
        fruit=COLOUR_FILE.replace("colour", "fruit").replace("[slot_fruit]", "[]"),
    )
    run = world.run()
    world.write("reconciler", SETTINGS)
    with pytest.raises(Refusal, match="names no environment"):
        world.revert(run)
