"""The files of a fleet → a fleet that can be planned from."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.errors import DocumentError, ManifestError
from reconciler.model.problem import Problem
from reconciler.operations.fleet.files import FleetFiles, read_bundle, read_fleet
from tests.support.fleet_folder import slot_text, write, write_fleet

TENANT = "targets:\n  - {tenant: acme, environments: {production: {}}}\n"
ORIGIN = "https://acme.cognigy.com"
PROMOTED = """\
targets:
  - tenant: acme
    environments:
      staging: {{{}}}
      production: {{promote_from: {}}}
"""
"""A tenant, with what staging says, and where production is promoted from."""


def refused(path: Path) -> tuple[Problem, ...]:
    with pytest.raises(ManifestError) as caught:
        read_fleet(path)
    assert caught.value.message == f"{path} cannot be used as it is."
    return caught.value.problems


def problem_of(path: Path) -> tuple[str, str, str]:
    """The rule, place and message of the only error."""
    (problem,) = refused(path)
    source = problem.source
    return problem.rule, f"{Path(source.file).name}:{source.line}", problem.message


def warnings_of(files: FleetFiles) -> list[tuple[str, int, str]]:
    return [(each.rule, each.source.line, each.message) for each in files.warnings]


def test_a_fleet_is_read_with_the_project_of_each_slots_folder(tmp_path: Path) -> None:
    write(tmp_path, "bots/shop/order.yaml", slot_text("slot_shop"))
    write(tmp_path, "slots/order.yaml", slot_text("slot_order"))
    files = read_fleet(
        write_fleet(
            tmp_path,
            "targets:\n"
            "  - {tenant: acme, environments: {production: {slots: bots/shop/}}}\n"
            "  - {tenant: beta, environments: {production: {}, staging: {slots: ./slots}}}\n",
        )
    )
    assert list(files.fleet.by_name) == ["acme/production", "beta/production", "beta/staging"]
    assert {name: list(each.desired) for name, each in files.projects.items()} == {
        "bots/shop": ["slot_shop"],
        "slots": ["slot_order"],
    }
    there = files.project_of(files.fleet.by_name["beta/staging"])
    assert list(there.desired) == ["slot_order"]
    assert there.environment is not None
    assert (there.environment.name, list(there.environments)) == (
        "staging",
        ["production", "staging"],
    )
    assert files.warnings == ()


def test_targets_are_completed_by_what_reconciler_yaml_says(tmp_path: Path) -> None:
    write(
        tmp_path,
        "slots/reconciler.yaml",
        "environments:\n"
        "  staging: {}\n"
        "  production: {promote_from: staging, soak_hours: 24, ids: {slot_order: x1}}\n",
    )
    write(tmp_path, "slots/order.yaml", slot_text("slot_order"))
    files = read_fleet(
        write_fleet(
            tmp_path,
            "targets:\n"
            "  - tenant: acme\n"
            "    environments:\n"
            f"      staging: {{expect: {{origin: {ORIGIN}}}}}\n"
            "      production:\n",
        )
    )
    production = files.fleet.by_name["acme/production"]
    assert (production.promote_from, production.soak_hours) == ("staging", 24)
    assert production.ids == {"slot_order": "x1"}


def test_a_fleet_without_targets_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match="declares no targets yet"):
        read_fleet(write_fleet(tmp_path))


def test_problems_of_slots_are_reported_once_however_many_targets_have_them(
    tmp_path: Path,
) -> None:
    write(tmp_path, "slots/order.yaml", slot_text("slot_order") + "colour: red\n")
    path = write_fleet(
        tmp_path,
        "targets:\n  - {tenant: acme, environments: {staging: , production: }}\n"
        "  - {tenant: Beta, environments: {production: }}\n",
    )
    assert [each.rule for each in refused(path)] == ["bad-value", "unknown-key"]


def test_an_environment_of_one_tenant_is_declared_once_in_all_files(tmp_path: Path) -> None:
    path = write_fleet(tmp_path, f"include: [customers/*.yaml]\n{TENANT}", acme=TENANT)
    rule, place, message = problem_of(path)
    assert (rule, place) == ("duplicate-target", "acme.yaml:2")
    assert message == f"acme/production is already declared at {path}:4:35"


def test_a_tenant_may_be_in_two_files_with_other_environments(tmp_path: Path) -> None:
    files = read_fleet(
        write_fleet(
            tmp_path,
            f"include: [customers/*.yaml]\n{TENANT}",
            acme=TENANT.replace("production", "staging"),
        )
    )
    assert [each.name for each in files.fleet.of_tenant("acme")] == [
        "acme/production",
        "acme/staging",
    ]


def test_two_targets_cannot_expect_one_bot(tmp_path: Path) -> None:
    path = write_fleet(
        tmp_path,
        "targets:\n"
        "  - tenant: acme\n"
        "    environments:\n"
        f"      staging: {{expect: {{origin: {ORIGIN}, bot_id: b1}}}}\n"
        f"      qa: {{expect: {{origin: {ORIGIN}, bot_id: b2}}}}\n"
        "      production:\n"
        "        expect: {origin: 'https://ACME.cognigy.com:443/', bot_id: b1}\n",
    )
    rule, place, message = problem_of(path)
    assert (rule, place) == ("shared-endpoint", "fleet.yaml:8")
    assert message == (
        f"acme/production expects b1 of {ORIGIN}, as acme/staging does at {path}:5:25"
    )


def test_two_targets_with_the_same_credentials_cannot_have_the_same_bot(tmp_path: Path) -> None:
    text = (
        "defaults: {credentials: shared}\n"
        "targets:\n"
        "  - tenant: acme\n"
        "    environments:\n"
        "      staging: {expect: {bot_id: b1}}\n"
        "      production: {expect: {bot_id: b2}}\n"
        "      qa: {expect: {bot_id: b1}, pool: elsewhere}\n"
    )
    assert read_fleet(write_fleet(tmp_path, text))
    path = write_fleet(tmp_path, text.replace("b2", "b1"))
    assert problem_of(path) == (
        "shared-endpoint",
        "fleet.yaml:7",
        "acme/production expects b1 with the credentials shared, as acme/staging does at "
        f"{path}:6:25",
    )


def test_two_targets_with_the_same_credentials_and_nothing_else_are_refused(tmp_path: Path) -> None:
    path = write_fleet(tmp_path, "defaults: {credentials: shared}\n" + PROMOTED.format("", "qa"))
    assert [each.rule for each in refused(path)] == ["shared-endpoint", "promotion"]


def test_promotion_to_the_same_bot_is_one_problem(tmp_path: Path) -> None:
    expected = f"expect: {{origin: {ORIGIN}, bot_id: b1}}"
    text = PROMOTED.format(expected, f"staging, {expected}")
    assert problem_of(write_fleet(tmp_path, text))[0] == "shared-endpoint"


def test_targets_that_nothing_tells_apart_are_one_problem(tmp_path: Path) -> None:
    path = write_fleet(
        tmp_path,
        "defaults: {credentials: '{tenant}'}\n"
        "targets:\n"
        "  - tenant: acme\n"
        "    environments: {staging: {expect: {bot_id: b1}}, qa: {}, production: {}}\n"
        "  - {tenant: beta, environments: {production: {}}}\n",
    )
    assert problem_of(path) == (
        "shared-endpoint",
        "fleet.yaml:2",
        "acme/staging, acme/qa, acme/production have the same credentials, acme, but acme/qa, "
        "acme/production do not say which bot they expect",
    )


def test_a_target_is_promoted_from_another_environment_of_its_tenant(tmp_path: Path) -> None:
    path = write_fleet(tmp_path, PROMOTED.format("", "stagin"))
    assert problem_of(path) == (
        "promotion",
        "fleet.yaml:6",
        "production is promoted from stagin, which is not declared",
    )


def test_an_environment_of_another_tenant_is_not_one_to_be_promoted_from(tmp_path: Path) -> None:
    other = "  - {tenant: beta, environments: {qa: {expect: {origin: https://beta.example.com}}}}\n"
    path = write_fleet(tmp_path, PROMOTED.format("", "qa") + other)
    assert problem_of(path)[0] == "promotion"


def test_no_target_is_promoted_from_itself_through_others(tmp_path: Path) -> None:
    expected = f"expect: {{origin: {ORIGIN}}}"
    path = write_fleet(
        tmp_path,
        "targets:\n"
        "  - tenant: acme\n"
        "    environments:\n"
        f"      a: {{promote_from: b, {expected}}}\n"
        f"      b: {{promote_from: a, {expected}}}\n",
    )
    assert [(each.rule, each.source.line) for each in refused(path)] == [
        ("promotion", 5),
        ("promotion", 6),
    ]


def test_promotion_needs_the_origin_of_its_source_whose_ledger_is_found_by_it(
    tmp_path: Path,
) -> None:
    path = write_fleet(tmp_path, PROMOTED.format("", "staging"))
    rule, place, message = problem_of(path)
    assert (rule, place) == ("promotion-origin", "fleet.yaml:6")
    assert message == (
        "acme/production is promoted from staging, which does not say which origin it expects"
    )
    known = f"expect: {{origin: {ORIGIN}}}"
    assert read_fleet(write_fleet(tmp_path, PROMOTED.format(known, "staging")))


def test_a_folder_without_slots_is_a_problem_where_it_is_named(tmp_path: Path) -> None:
    path = write_fleet(tmp_path, f"defaults: {{slots: nowhere}}\n{TENANT}")
    rule, place, message = problem_of(path)
    assert (rule, place) == ("slots-folder", "fleet.yaml:2")
    assert message == f"The slots folder {tmp_path / 'nowhere'} does not exist."
    (tmp_path / "nowhere").mkdir()
    assert problem_of(path)[0] == "slots-folder"
    write(tmp_path, "nowhere/reconciler.yaml", "owns: []\n")
    assert "holds no slots yet" in problem_of(path)[2]


def test_a_folder_that_many_targets_lack_is_one_problem(tmp_path: Path) -> None:
    path = write_fleet(
        tmp_path,
        "targets:\n"
        "  - {tenant: acme, slots: gone, environments: {production: {}}}\n"
        "  - {tenant: beta, slots: ./gone/, environments: {production: {}}}\n",
    )
    assert problem_of(path)[:2] == ("slots-folder", "fleet.yaml:3")


def test_a_slots_folder_that_is_a_link_out_of_the_fleet_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "elsewhere/order.yaml", slot_text("slot_order"))
    folder = tmp_path / "fleet"
    folder.mkdir()
    (folder / "slots").symlink_to(tmp_path / "elsewhere")
    path = folder / "fleet.yaml"
    path.write_text(f"version: 1\n{TENANT}")
    assert "is a link out of the folder" in problem_of(path)[2]


def test_an_environment_must_be_declared_where_any_is(tmp_path: Path) -> None:
    write(tmp_path, "slots/reconciler.yaml", "environments: {staging: {}, productive: {}}\n")
    write(tmp_path, "slots/order.yaml", slot_text("slot_order"))
    (problem,) = refused(write_fleet(tmp_path, TENANT))
    assert problem.rule == "unknown-environment"
    assert problem.message == "slots/reconciler.yaml declares no environment 'production'"
    assert problem.hint == "Did you mean productive?"


def test_ids_belong_to_slots_of_the_folder(tmp_path: Path) -> None:
    ids = TENANT.replace("{}", "{ids: {slot_ordre: x1}}")
    (problem,) = refused(write_fleet(tmp_path, ids))
    assert (problem.rule, problem.hint) == ("environment-id", "Did you mean slot_order?")
    assert (problem.source.line, problem.source.column) == (3, 66)


def test_more_targets_than_a_run_may_have_are_a_warning_with_both_numbers(tmp_path: Path) -> None:
    two = "targets:\n  - {tenant: acme, environments: {staging: , production: }}\n"
    files = read_fleet(write_fleet(tmp_path, f"limits: {{max_targets: 1}}\n{two}"))
    message = "the fleet has 2 targets, over the limit of 1 for one run"
    assert warnings_of(files) == [("too-many-targets", 2, message)]
    assert not read_fleet(write_fleet(tmp_path, f"limits: {{max_targets: 2}}\n{two}")).warnings


def fleet_of(count: int, *, labels: str = "", rollout: str) -> str:
    tenants = "".join(
        f"  - {{tenant: t{number}, labels: {{{labels}}}, environments: {{production: }}}}\n"
        for number in range(count)
    )
    return f"rollout:\n{rollout}targets:\n{tenants}"


def test_a_step_that_selects_nothing_is_a_warning(tmp_path: Path) -> None:
    rollout = "  steps:\n    - {select: 'ring=canari'}\n    - {select: tenant=t1}\n    - {}\n"
    files = read_fleet(write_fleet(tmp_path, fleet_of(2, rollout=rollout)))
    assert warnings_of(files) == [("empty-step", 4, "no target is selected by ring=canari")]
    assert files.warnings[0].hint.startswith("Correct the selector")


def test_a_step_that_selects_nothing_suggests_the_label_that_was_probably_meant(
    tmp_path: Path,
) -> None:
    rollout = "  steps: [{select: ring=canari}, {}]\n"
    files = read_fleet(write_fleet(tmp_path, fleet_of(2, labels="ring: canary", rollout=rollout)))
    assert [each.hint for each in files.warnings] == ["Did you mean ring=canary?"]


@pytest.mark.parametrize(
    ("steps", "reached"),
    [
        ("[{targets: 1%}, {targets: 10%}]", "2 of 20"),
        ("[{targets: 19}]", "19 of 20"),
        ("[{select: ring=canary}]", "20 of 20"),
        ("[{select: tenant=t0}, {select: tenant=t1}]", "2 of 20"),
        ("[{targets: 100%}]", "20 of 20"),
        ("[{targets: 20}]", "20 of 20"),
    ],
)
def test_targets_that_no_step_reaches_are_a_warning(
    tmp_path: Path, steps: str, reached: str
) -> None:
    text = fleet_of(20, labels="ring: canary", rollout=f"  steps: {steps}\n")
    found = warnings_of(read_fleet(write_fleet(tmp_path, text)))
    message = f"after the last step, {reached} targets are changed"
    assert found == ([] if reached == "20 of 20" else [("incomplete-rollout", 3, message)])


def test_targets_without_the_label_that_limits_them_are_a_warning(tmp_path: Path) -> None:
    rollout = "  max_parallel_per: {label: region, limit: 5}\n"
    text = fleet_of(2, rollout=rollout) + (
        "  - {tenant: beta, labels: {region: eu}, environments: {production: }}\n"
    )
    ((rule, line, message),) = warnings_of(read_fleet(write_fleet(tmp_path, text)))
    assert (rule, line) == ("unlabelled-target", 3)
    assert message == (
        "2 of 3 targets have no label region, so they are not limited by it: "
        "t0/production, t1/production"
    )


@pytest.mark.parametrize(
    ("included", "rule"),
    [
        ("targets: [{tenant: acme, environments: {qa: {expect: {}}}]\n", "yaml-syntax"),
        ("targets: [{tenant: acme, environments: {qa: {expected: {}}}}]\n", "unknown-key"),
        ("", "empty-file"),
    ],
)
def test_nothing_is_said_to_be_missing_where_something_could_not_be_read(
    tmp_path: Path, included: str, rule: str
) -> None:
    path = write_fleet(
        tmp_path,
        "include: [customers/*.yaml]\n"
        "rollout: {steps: [{select: ring=canary}], max_parallel_per: {label: region, limit: 1}}\n"
        + PROMOTED.format("", "qa"),
        acme=included,
    )
    assert [each.rule for each in refused(path)] == [rule]


def test_the_digest_is_that_of_the_files_wherever_they_are(tmp_path: Path) -> None:
    text = f"include: [customers/*.yaml]\ndefaults: {{slots: ./slots/}}\n{TENANT}"
    beta = TENANT.replace("acme", "beta")
    one = read_fleet(write_fleet(tmp_path / "one", text, beta=beta))
    other = read_fleet(write_fleet(tmp_path / "other", text, beta=beta))
    assert one.bundle.digest == other.bundle.digest
    assert sorted(one.bundle.files) == ["customers/beta.yaml", "fleet.yaml", "slots/order.yaml"]
    write(tmp_path, "other/slots/_draft.yaml", "not: read")
    assert read_fleet(other.path).bundle == one.bundle
    write(tmp_path, "other/slots/order.yaml", slot_text("slot_order") + "# changed\n")
    assert read_fleet(other.path).bundle.digest != one.bundle.digest


def test_a_bundle_is_read_as_the_fleet_that_it_was_made_from(tmp_path: Path) -> None:
    write(tmp_path, "slots/reconciler.yaml", "limits: {requests_per_minute: 50}\n")
    write(tmp_path, "slots/order.yaml", "\ufeff" + slot_text("slot_order"))
    beta = TENANT.replace("acme", "beta")
    files = read_fleet(write_fleet(tmp_path, f"include: [customers/*.yaml]\n{TENANT}", beta=beta))
    read = read_bundle(files.bundle.content, digest=files.bundle.digest)
    assert read.bundle == files.bundle
    assert read.fleet == files.fleet
    for target in files.fleet.targets:
        here, there = files.project_of(target), read.project_of(target)
        assert (there.desired.digest, there.settings) == (here.desired.digest, here.settings)
    place = read.locators["beta/production"](("slots",))
    assert (str(place), read.path) == ("customers/beta.yaml:2:35", Path("fleet.yaml"))
    assert read.projects["slots"].desired.where("slot_order").file == "slots/order.yaml"


def test_a_bundle_of_another_digest_is_not_read(tmp_path: Path) -> None:
    bundle = read_fleet(write_fleet(tmp_path, TENANT)).bundle
    with pytest.raises(DocumentError):
        read_bundle(bundle.content, digest="sha256:0")


def test_ids_cannot_be_set_for_slots_that_are_found_by_name(tmp_path: Path) -> None:
    write(
        tmp_path, "slots/reconciler.yaml", "api: cognigy-v2\nflow: Order\ngate: {playbooks: [P]}\n"
    )
    write(tmp_path, "slots/order.yaml", "slot_id: slot_order\ntype: regex\nregex: /^x$/\n")
    (problem,) = refused(write_fleet(tmp_path, TENANT.replace("{}", "{ids: {slot_order: x1}}")))
    assert problem.rule == "other-api"
    assert problem.message == (
        "`ids` cannot be set for acme/production: the slots in slots are for cognigy-v2, which "
        "has no such ids"
    )


def test_a_project_is_expected_where_there_are_projects(tmp_path: Path) -> None:
    expecting = TENANT.replace("{}", "{expect: {project_id: p1}}")
    (problem,) = refused(write_fleet(tmp_path, expecting))
    assert (problem.rule, problem.hint) == ("other-api", "Write `bot_id` instead.")
    assert problem.message == (
        "`project_id` cannot be expected of acme/production: the slots in slots are for "
        "cognigy-v1, which has no projects"
    )
    write(tmp_path, "slots/reconciler.yaml", "api: cognigy-v2\nflow: Order\n")
    write(tmp_path, "slots/order.yaml", "slot_id: slot_order\ntype: regex\nregex: /^x$/\n")
    (target,) = read_fleet(write_fleet(tmp_path, expecting)).fleet.targets
    assert (target.expect.bot_id, target.expect.key) == ("p1", "project_id")


LONG = "a" * 300


@pytest.mark.parametrize(
    ("text", "rule", "message"),
    [
        (f"include: [{LONG}]\n", "unreadable", f"{LONG[:80]} cannot be looked for: "),
        (f"include: ['{LONG}/*.yaml']\n", "unreadable", f"{LONG[:80]} cannot be looked for: "),
        (f"defaults: {{slots: {LONG}}}\n", "slots-folder", f"/{LONG} cannot be read: "),
        ("defaults: {slots: fleet.yaml}\n", "slots-folder", "fleet.yaml is not a folder."),
        ("defaults: {slots: ./}\n", "bad-value", "'./', but should be a folder below that of"),
    ],
)
def test_a_path_that_cannot_be_one_is_a_problem(
    tmp_path: Path, text: str, rule: str, message: str
) -> None:
    found = problem_of(write_fleet(tmp_path, text + TENANT))
    assert found[:2] == (rule, "fleet.yaml:2")
    assert message in found[2]


def test_a_path_of_fleet_yaml_that_cannot_be_one_is_an_error(tmp_path: Path) -> None:
    (problem,) = refused(tmp_path / LONG)
    assert problem.rule == "unreadable"
