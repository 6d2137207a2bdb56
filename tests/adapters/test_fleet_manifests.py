"""fleet.yaml and the files that it includes: what they mean, and what is wrong with them, where."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.adapters.manifests.fleet import FleetManifests, read_fleet_manifests
from reconciler.errors import ManifestError
from reconciler.model.environment import Expectation
from reconciler.model.fleet import (
    Amount,
    FleetDrift,
    FleetLimits,
    FleetRollout,
    LabelLimit,
    Requirement,
    Selector,
    Step,
    Target,
)
from tests.support.fleet_folder import write, write_fleet

WHOLE = """\
include: [customers/*.yaml]
defaults: {slots: bots/./shop/, pool: cloud, credentials: "sec-{tenant}.{environment}",
  labels: {region: eu}}
targets:
  - tenant: acme
    labels: {region: us, ring: canary}
    environments:
      staging:
        expect: {origin: "https://ACME-stg.cognigy.com:443/", bot_id: bot_1}
      production:
        expect: {origin: https://acme.cognigy.com}
        labels: {ring: last}
        pool: on-premises
        credentials: acme-live
        slots: bots/acme
        ids: {slot_order: slot_77aa01}
        promote_from: staging
        soak_hours: 24
rollout:
  steps:
    - {select: "ring=canary,tier!=test", bake_hours: 24, max_parallel: 2, max_failures: 10%}
    - {targets: 1.5%}
    - {targets: 3}
  max_parallel: 20
  max_parallel_per: {label: region, limit: 5}
  max_failures: 2
limits: {max_targets: 500}
drift: {every_minutes: 60, metrics: true}
"""
INCLUDED = "targets:\n  - {tenant: beta, environments: {production: }}\n"


def read(folder: Path, text: str = "", **included: str) -> FleetManifests:
    return read_fleet_manifests(write_fleet(folder, text, **included))


def problems(manifests: FleetManifests) -> list[str]:
    """`file:line:column rule`, by the name of the file."""
    return [
        f"{Path(each.source.file).name}:{each.source.line}:{each.source.column} {each.rule}"
        for each in manifests.problems
    ]


def names(manifests: FleetManifests) -> list[str]:
    return [each.target.name for each in manifests.declared.targets]


def test_a_target_has_what_is_said_for_it_its_tenant_or_all(tmp_path: Path) -> None:
    manifests = read(tmp_path, WHOLE, beta=INCLUDED)
    assert manifests.problems == ()
    staging, production, beta = (each.target for each in manifests.declared.targets)
    assert staging == Target(
        tenant="acme",
        environment="staging",
        labels={"region": "us", "ring": "canary"},
        slots="bots/shop",
        pool="cloud",
        credentials="sec-acme.staging",
        expect=Expectation(origin="https://acme-stg.cognigy.com", bot_id="bot_1"),
    )
    assert production == Target(
        tenant="acme",
        environment="production",
        labels={"region": "us", "ring": "last"},
        slots="bots/acme",
        pool="on-premises",
        credentials="acme-live",
        expect=Expectation(origin="https://acme.cognigy.com"),
        ids={"slot_order": "slot_77aa01"},
        promote_from="staging",
        soak_hours=24,
    )
    assert (beta.name, beta.labels) == ("beta/production", {"region": "eu"})


def test_the_settings_of_the_fleet_are_read(tmp_path: Path) -> None:
    declared = read(tmp_path, WHOLE, beta=INCLUDED).declared
    canaries = Selector(
        requirements=(
            Requirement(key="ring", value="canary"),
            Requirement(key="tier", value="test", negated=True),
        )
    )
    assert declared.rollout == FleetRollout(
        steps=(
            Step(select=canaries, bake_hours=24, max_parallel=2, max_failures=Amount(percent=10)),
            Step(targets=Amount(percent=1.5)),
            Step(targets=Amount(count=3)),
        ),
        max_parallel=20,
        max_parallel_per=LabelLimit(label="region", limit=5),
        max_failures=Amount(count=2),
    )
    assert declared.limits == FleetLimits(max_targets=500)
    assert declared.drift == FleetDrift(every_minutes=60, metrics=True)


@pytest.mark.parametrize("text", ["- {tenant: acme}", "42", "acme"])
def test_a_file_without_keys_is_told_which_to_begin_with(tmp_path: Path, text: str) -> None:
    path = write_fleet(tmp_path, "include: [customers/*.yaml]", beta=text)
    (problem,) = read_fleet_manifests(path).problems
    assert problem.hint == "List the tenants under `targets`."
    path.write_text(text)
    (problem,) = read_fleet_manifests(path).problems
    assert problem.message.startswith("a file must be keys and values")
    assert problem.hint == "Begin it with `version: 1`, and list the tenants under `targets`."


def test_what_is_left_out_is_the_default_with_or_without_its_key(tmp_path: Path) -> None:
    tenant = "targets:\n  - {tenant: acme, environments: {production: }}\n"
    bare = read(tmp_path / "bare", tenant).declared
    empty = read(
        tmp_path / "empty",
        "include:\ndefaults:\nrollout: {steps: , max_failures: }\nlimits:\n"
        "drift: {every_minutes: }\n"
        "targets: [{tenant: acme, labels: , slots: , environments: {production: {expect: }}}]\n",
    )
    assert empty.problems == ()
    assert empty.declared.fleet == bare.fleet
    (target,) = bare.fleet.targets
    assert (target.slots, target.pool, target.credentials) == (
        "slots",
        "default",
        "acme-production",
    )
    assert bare.rollout == FleetRollout()


def test_every_problem_in_any_file_is_found_at_once_with_its_place(tmp_path: Path) -> None:
    manifests = read(
        tmp_path,
        "include: [customers/*.yaml]\n"
        "rollout:\n"
        "  steps:\n"
        "    - {targets: 0.1, max_failure: 1}\n"
        "    - {select: 'a=b c'}\n"
        "  max_parallel_per: {lable: region, limit: 0}\n"
        "limits: {max_targets: '5'}\n",
        a="targets:\n  - tenant: Acme\n    environments: {}\n    team: x\n",
        b="targets: []\ntargets: []\n",
        c="<<<<<<< HEAD\n",
    )
    assert sorted(problems(manifests)) == [
        "a.yaml:2:13 bad-value",
        "a.yaml:3:19 bad-value",
        "a.yaml:4:5 unknown-key",
        "b.yaml:2:1 duplicate-key",
        "c.yaml:1:1 merge-conflict",
        "fleet.yaml:5:17 bad-value",
        "fleet.yaml:5:22 unknown-key",
        "fleet.yaml:6:16 bad-value",
        "fleet.yaml:7:21 missing-key",
        "fleet.yaml:7:22 unknown-key",
        "fleet.yaml:7:44 bad-value",
        "fleet.yaml:8:23 wrong-type",
    ]
    assert not manifests.declared.is_whole


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        (
            "rollout: {max_failures: 0.1}",
            "`rollout.max_failures` is 0.1, but should be a whole number, or a percentage such as "
            "10%",
            "Write it as a percentage: 10%",
        ),
        (
            "rollout: {max_failures: '7'}",
            "`rollout.max_failures` is '7', but should be a whole number, or a percentage such as "
            "10%",
            "Write it without quotes: 7",
        ),
        (
            "rollout: {steps: [{targets: 101%}]}",
            "`rollout.steps[0].targets` is '101%', but should be a whole number, or a percentage "
            "such as 10%",
            "",
        ),
        (
            "rollout: {steps: [{select: a in b}]}",
            "`rollout.steps[0].select` is 'a in b', but 'a in b' is none of key=value, key!=value, "
            "key and !key",
            "Write requirements with a comma between them, all of which must hold, such as "
            "region=eu,tier!=test,canary,!retired.",
        ),
        (
            "rollout: {steps: [{select: {ring: canary}}]}",
            "`rollout.steps[0].select` is {'ring': 'canary'}, but should be a label selector such "
            "as region=eu,tier!=test",
            "",
        ),
        (
            "rollout: {steps: []}",
            "`rollout.steps` is empty",
            "Add one, or leave out the key.",
        ),
        (
            "rollout: {max_parallel_per: {label: region, limit: 3, limits: 3}}",
            "unknown key `rollout.max_parallel_per.limits`",
            "Did you mean `limit`?",
        ),
        ("rolout: {}", "unknown key `rolout`", "Did you mean `rollout`?"),
        (
            "include: [../customers/*.yaml]",
            "`include[0]` is '../customers/*.yaml', but should be a path within the folder of "
            "fleet.yaml",
            "A fleet is one folder, so that all of it can be reviewed and sent as a whole.",
        ),
        (
            "include: [/etc/*.yaml]",
            "`include[0]` is '/etc/*.yaml', but should be a path relative to fleet.yaml",
            "Write it with /, such as slots/ or bots/shop.",
        ),
        (
            "include: ['**.yaml']",
            "`include[0]` is '**.yaml', but should be a glob of files, in which ** is a part of "
            "its own",
            "Such as customers/*.yaml, or customers/**/*.yaml with all folders below.",
        ),
        (
            "defaults: {slots: '..'}",
            "`defaults.slots` is '..', but should be a path within the folder of fleet.yaml",
            "A fleet is one folder, so that all of it can be reviewed and sent as a whole.",
        ),
        (
            "defaults: {credentials: '{tenant}/../x'}",
            "`defaults.credentials` is '{tenant}/../x', but should be a name of at most 64 "
            "letters, digits, '.', '_' and '-'",
            "It is the name of a folder where the credentials lie, not a path and not a secret.",
        ),
        (
            "defaults: {credentials: '{region}'}",
            "`defaults.credentials` is '{region}', but should be a name whose only placeholders "
            "are {tenant} and {environment}",
            "{region} has no meaning here.",
        ),
        (
            f"defaults: {{credentials: {'a' * 65}}}",
            f"`defaults.credentials` is '{'a' * 60}…', but should be a name of at most 64 letters, "
            "digits, '.', '_' and '-'",
            "It is the name of a folder where the credentials lie, not a path and not a secret.",
        ),
        (
            "defaults: {labels: {tenant: x}}",
            "`labels.tenant` cannot be set: it is the name of the target's tenant",
            "Choose another key.",
        ),
        (
            "defaults: {labels: {tier: 1}}",
            "`defaults.labels.tier` must be text, but '1' is a number in YAML",
            'Quote it: "1"',
        ),
    ],
)
def test_a_problem_says_what_is_wrong_and_what_to_write(
    tmp_path: Path, text: str, message: str, hint: str
) -> None:
    (problem,) = read(tmp_path, text).problems
    assert (problem.message, problem.hint) == (message, hint)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("version: 2\nsteps: []\n", "fleet-version"),
        ("version: '1'\n", "wrong-type"),
        ("version: true\n", "wrong-type"),
        ("version: 1\ndefaults: true\n", "wrong-type"),
        ("version: 1\ntargets: [true]\n", "wrong-type"),
        ("version: 1\ntargets: {tenant: acme}\n", "wrong-type"),
        ("targets: []\n", "missing-key"),
        ("# nothing\n", "empty-file"),
        ("version: 1\n---\nversion: 1\n", "bad-value"),
        ("- version\n", "wrong-type"),
    ],
)
def test_a_file_of_another_version_or_of_none_is_one_problem(
    tmp_path: Path, text: str, rule: str
) -> None:
    manifests = read_fleet_manifests(write(tmp_path, "fleet.yaml", text))
    assert [each.rule for each in manifests.problems] == [rule]


def test_another_version_is_refused_with_what_this_tool_reads(tmp_path: Path) -> None:
    (problem,) = read_fleet_manifests(write(tmp_path, "fleet.yaml", "version: 2\n")).problems
    assert problem.message == "`version` is 2, but this reconciler reads version 1"


def test_a_missing_fleet_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match=r"fleet.yaml does not exist") as caught:
        read_fleet_manifests(tmp_path / "fleet.yaml")
    assert "--file" in caught.value.hint


def test_a_tenant_with_a_problem_hides_no_other_tenant(tmp_path: Path) -> None:
    manifests = read(
        tmp_path,
        "targets:\n"
        "  - {tenant: Acme, environments: {production: {}}}\n"
        "  - {tenant: beta, environments: {production: {}}}\n",
    )
    assert names(manifests) == ["beta/production"]
    (target,) = manifests.declared.targets
    assert str(target.where()).endswith("fleet.yaml:4:35")


def test_the_place_of_a_key_is_where_it_is_said_for_the_target(tmp_path: Path) -> None:
    manifests = read(
        tmp_path,
        "include: [customers/*.yaml]\ndefaults:\n  pool: cloud\n",
        acme="targets:\n"
        "  - tenant: acme\n"
        "    slots: bots\n"
        "    environments:\n"
        "      production:\n"
        "        expect: {bot_id: b}\n",
    )
    (target,) = manifests.declared.targets
    places = {
        key: target.where(*key.split(".")) for key in ("expect.bot_id", "slots", "pool", "ids")
    }
    assert {
        key: (Path(place.file).name, place.line, place.column) for key, place in places.items()
    } == {
        "expect.bot_id": ("acme.yaml", 6, 26),
        "slots": ("acme.yaml", 3, 12),
        "pool": ("fleet.yaml", 4, 9),
        "ids": ("acme.yaml", 5, 7),
    }


def test_an_included_file_has_only_targets(tmp_path: Path) -> None:
    manifests = read(
        tmp_path, "include: [customers/*.yaml]\n", a=f"version: 1\ninclude: [x]\n{INCLUDED}"
    )
    assert sorted(problems(manifests)) == ["a.yaml:1:1 unknown-key", "a.yaml:2:1 unknown-key"]
    assert all("belongs in fleet.yaml" in each.message for each in manifests.problems)
    assert names(manifests) == ["beta/production"]


def test_an_empty_included_file_is_a_problem(tmp_path: Path) -> None:
    manifests = read(tmp_path, "include: [customers/*.yaml]\n", a="# soon\n")
    assert problems(manifests) == ["a.yaml:1:1 empty-file"]


def test_included_files_are_read_once_in_the_order_of_globs_and_names(tmp_path: Path) -> None:
    def tenant(name: str) -> str:
        return INCLUDED.replace("beta", name)

    write(tmp_path, "more/deep/er.yml", tenant("deep"))
    write(tmp_path, "customers/_draft.yaml", tenant("draft"))
    write(tmp_path, ".git/x.yaml", tenant("git"))
    write(tmp_path, "customers/README.md", "hello")
    manifests = read(
        tmp_path,
        "include: [more/**/*, customers/*, '**/*.yml', '*.yaml']\n",
        b=tenant("b"),
        a=tenant("a"),
    )
    assert manifests.problems == ()
    assert names(manifests) == ["deep/production", "a/production", "b/production"]
    assert list(manifests.files) == [
        "fleet.yaml",
        "more/deep/er.yml",
        "customers/a.yaml",
        "customers/b.yaml",
    ]


def test_a_glob_that_matches_no_file_is_a_warning_where_it_is_written(tmp_path: Path) -> None:
    manifests = read(tmp_path, "include: [costumers/*.yaml, customers/*.yaml]\n", a=INCLUDED)
    (problem,) = manifests.problems
    assert (problem.rule, problem.severity.value) == ("unmatched-include", "warning")
    assert problems(manifests) == ["fleet.yaml:2:11 unmatched-include"]
    assert manifests.declared.is_whole


def test_a_file_whose_suffix_is_not_in_lower_case_is_a_warning(tmp_path: Path) -> None:
    write(tmp_path, "customers/A.YAML", INCLUDED)
    manifests = read(tmp_path, "include: [customers/*]\n")
    assert [each.rule for each in manifests.problems] == ["ignored-file"]


def test_a_link_out_of_the_folder_is_an_error_and_one_inside_is_followed(tmp_path: Path) -> None:
    outside = write(tmp_path, "secret/token.yaml", "token: s3cret\n")
    folder = tmp_path / "fleet"
    write(folder, "shared/beta.yaml", INCLUDED)
    (folder / "customers").mkdir()
    (folder / "customers" / "out.yaml").symlink_to(outside)
    (folder / "customers" / "in.yaml").symlink_to(folder / "shared" / "beta.yaml")
    (folder / "linked").symlink_to(outside.parent)
    manifests = read(folder, "include: [customers/*.yaml, linked/*.yaml, shared/*.yaml]\n")
    assert [each.rule for each in manifests.problems] == ["outside-folder"]
    assert "s3cret" not in str(manifests.problems)
    assert names(manifests) == ["beta/production"]


def test_what_cannot_be_read_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "customers").mkdir()
    (tmp_path / "customers" / "broken.yaml").symlink_to(tmp_path / "nowhere.yaml")
    (tmp_path / "customers" / "latin.yaml").write_bytes(b"targets: \xe9\n")
    manifests = read(tmp_path, "include: [customers/*]\n")
    assert sorted(each.rule for each in manifests.problems) == ["not-utf8", "unreadable"]
    assert not manifests.declared.is_whole
