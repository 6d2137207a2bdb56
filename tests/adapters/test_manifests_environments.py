"""What the files say for one environment."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.adapters.manifests import Manifests, read_manifests
from reconciler.model.content import FillerContent, PatternContent
from reconciler.model.environment import Environment
from reconciler.model.gate import GateOverride
from reconciler.model.settings import Snapshot, Watch
from reconciler.model.slot import DesiredSlot

SETTINGS = """\
gate: {min_success_rate: 0.9, max_drop: 0.1}
limits: {requests_per_minute: 50}
watch: {every_minutes: 1}
environments:
  staging:
    watch: {apply: true}
    gate: {min_success_rate: 0.7}
    expect: {origin: https://staging.example.com, bot_id: bot_s}
  production:
    owns: ["*"]
    ids: {slot_order: slot_77aa01}
"""
SLOT = """\
slot_id: slot_order
name: order
type: regex
patterns: ['^ORD-\\d{5}$']
fill_strategy: strict
gate: {max_drop: 0.2}
environments:
  staging:
    patterns: ['^TEST-\\d{5}$', '^ORD-\\d{5}$']
    gate: {min_success_rate: 0.5}
    protect: true
"""
SHARED = SLOT.partition("environments")[0]


def read(folder: Path, *, settings: str = SETTINGS, slot: str = SLOT) -> Manifests:
    (folder / "reconciler.yaml").write_text(settings)
    (folder / "order.yaml").write_text(slot)
    return read_manifests(folder)


def environments(manifests: Manifests) -> tuple[Environment, Environment]:
    assert not manifests.problems
    return manifests.environments["staging"], manifests.environments["production"]


def there(environment: Environment) -> DesiredSlot:
    return environment.overridden["slot_order"]


def test_an_environment_has_what_reconciler_yaml_says_of_it(tmp_path: Path) -> None:
    staging, production = environments(read(tmp_path))
    assert (staging.expect.origin, staging.expect.bot_id) == (
        "https://staging.example.com",
        "bot_s",
    )
    assert production.id_of("slot_order") == "slot_77aa01"
    assert production.id_of("slot_other") == "slot_other"


def test_its_settings_are_the_projects_with_its_own_key_by_key_over_them(tmp_path: Path) -> None:
    manifests = read(tmp_path)
    staging, production = environments(manifests)
    assert (staging.settings.gate.min_success_rate, staging.settings.gate.max_drop) == (0.7, 0.1)
    assert staging.settings.limits == manifests.settings.limits
    assert staging.settings.watch == Watch(apply=True, every_minutes=1)
    assert production.settings.watch == manifests.settings.watch == Watch(every_minutes=1)
    assert production.settings.owns == ("*",)
    assert production.settings.gate == manifests.settings.gate
    assert manifests.settings.owns == ()


def test_a_slot_differs_only_where_its_file_says_so(tmp_path: Path) -> None:
    manifests = read(tmp_path)
    staging, production = environments(manifests)
    content, shared = there(staging).content, manifests.desired["slot_order"].content
    assert isinstance(content, PatternContent)
    assert isinstance(shared, PatternContent)
    assert content.patterns == (r"^TEST-\d{5}$", r"^ORD-\d{5}$")
    assert (content.name, content.fill_strategy) == (shared.name, shared.fill_strategy)
    assert shared.patterns == (r"^ORD-\d{5}$",)
    assert there(staging).protect
    assert not production.overridden


def test_a_slots_gate_is_overridden_key_by_key(tmp_path: Path) -> None:
    staging, _ = environments(read(tmp_path))
    assert there(staging).gate == GateOverride(min_success_rate=0.5, max_drop=0.2)


def test_places_are_those_of_the_line_that_says_it(tmp_path: Path) -> None:
    staging, production = environments(read(tmp_path))
    where = staging.overridden.where
    assert where("slot_order", "patterns", 0).line == 9
    assert where("slot_order", "name").line == 2
    assert where("slot_order", "gate", "min_success_rate").line == 10
    assert where("slot_order", "gate", "max_drop").line == 6
    assert production.where("ids", "slot_order").line == 11


def test_a_slot_may_be_absent_in_one_environment(tmp_path: Path) -> None:
    manifests = read(tmp_path, slot=f"{SHARED}environments: {{production: {{state: absent}}}}\n")
    staging, production = environments(manifests)
    assert there(production).is_absent
    assert not staging.overridden
    assert manifests.desired["slot_order"].content is not None


def test_a_key_without_a_value_is_not_overridden(tmp_path: Path) -> None:
    manifests = read(tmp_path, slot=f"{SHARED}environments: {{production: {{patterns: }}}}\n")
    _, production = environments(manifests)
    assert there(production) == manifests.desired["slot_order"]


@pytest.mark.parametrize(
    ("override", "rule", "message"),
    [
        ("{patterns: x}", "wrong-type", "`patterns` must be a list, not text"),
        ("{fill_strategy: best}", "bad-value", "`fill_strategy` is 'best', but should be"),
        ("{gate: {min_success_rate: 85}}", "bad-value", "`gate.min_success_rate` is 85"),
        ("{slot_id: slot_x}", "not-overridable", "`slot_id` cannot differ between environments"),
        ("{pattern: [x]}", "not-overridable", "`pattern` cannot differ between environments"),
    ],
)
def test_what_is_wrong_with_it_is_found_where_it_is_written(
    tmp_path: Path, override: str, rule: str, message: str
) -> None:
    slot = f"{SHARED}environments:\n  staging: {override}\n"
    (problem,) = read(tmp_path, slot=slot).problems
    assert (problem.rule, problem.source.line) == (rule, 8)
    assert problem.message.startswith(message)


def test_an_environment_without_keys_is_declared_all_the_same(tmp_path: Path) -> None:
    settings = "environments:\n  staging:\n  production:\n    gate:\n"
    manifests = read(tmp_path, settings=settings, slot=SHARED)
    assert not manifests.problems
    assert list(manifests.environments) == ["staging", "production"]


def test_an_environment_that_is_not_declared_is_a_problem(tmp_path: Path) -> None:
    (problem,) = read(tmp_path, slot=SLOT.replace("staging", "stagging")).problems
    assert (problem.rule, problem.source.line) == ("unknown-environment", 8)
    assert problem.hint == "Did you mean staging?"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("staging: {gate: {min_success_rate: 85}}", "`environments.staging.gate.min_success_rate`"),
        ("staging: {expect: {origin: acme}}", "`environments.staging.expect.origin` is 'acme'"),
        ("staging: {ids: {slot_a: 'b/../c'}}", "`environments.staging.ids.slot_a` is 'b/../c'"),
        ("staging: {ids: {slot_a: }}", "`environments.staging.ids.slot_a` must be text"),
        ("Staging: {}", "the name 'Staging' in `environments`"),
        ("staging: {idz: {}}", "unknown key `environments.staging.idz`"),
    ],
)
def test_a_problem_of_an_environment_is_reported_once(
    tmp_path: Path, line: str, message: str
) -> None:
    settings = f"environments:\n  {line}\n"
    (problem,) = read(tmp_path, settings=settings, slot=SHARED).problems
    assert problem.message.startswith(message)
    assert problem.source.line == 2


def test_only_some_environments_may_take_snapshots_before_an_apply(tmp_path: Path) -> None:
    settings = (
        "api: cognigy-v2\nflow: F\nsnapshot: {timeout_seconds: 900}\nenvironments:\n"
        "  staging: {}\n  production: {snapshot: {before_apply: true}}\n"
    )
    slot = "slot_id: slot_order\ntype: email\n"
    staging, production = environments(read(tmp_path, settings=settings, slot=slot))
    assert staging.settings.snapshot == Snapshot(timeout_seconds=900)
    assert production.settings.snapshot == Snapshot(before_apply=True, timeout_seconds=900)


def test_version_1_has_no_snapshots_in_an_environment_either(tmp_path: Path) -> None:
    settings = "environments:\n  staging: {snapshot: {before_apply: true}}\n"
    (problem,) = read(tmp_path, settings=settings, slot=SHARED).problems
    assert problem.rule == "other-api"
    assert problem.message.startswith("`environments.staging.snapshot` belongs to cognigy-v2")


def test_a_slot_filler_may_have_another_regex_and_flow_in_an_environment(tmp_path: Path) -> None:
    manifests = read(
        tmp_path,
        settings="api: cognigy-v2\nflow: Orders\nenvironments: {staging: {}}\n",
        slot="slot_id: order\ntype: regex\nregex: /a/\n"
        "environments: {staging: {regex: /b/, flow: Trial}}\n",
    )
    content = manifests.environments["staging"].overridden["order"].content
    assert isinstance(content, FillerContent)
    assert (content.flow, content.patterns) == ("Trial", ("/b/",))


V2 = "api: cognigy-v2\nflow: Order\nenvironments:\n  staging:\n    expect: {}\n"
FILLER = "slot_id: slot_order\ntype: regex\nregex: /^x$/\n"


def test_a_project_of_version_2_is_expected_by_either_key(tmp_path: Path) -> None:
    for key in ("project_id", "bot_id"):
        settings = V2.format(f"{{{key}: p1}}")
        manifests = read(tmp_path, settings=settings, slot=FILLER)
        assert not manifests.problems
        expect = manifests.environments["staging"].expect
        assert (expect.bot_id, expect.key, expect.origin) == ("p1", key, None)


def test_two_ids_are_too_many(tmp_path: Path) -> None:
    settings = V2.format("{project_id: p1, bot_id: p1}")
    (problem,) = read(tmp_path, settings=settings, slot=FILLER).problems
    assert (problem.rule, problem.source.line) == ("bad-value", 5)
    assert "a bot_id or a project_id, not both" in problem.message


def test_version_1_has_no_projects(tmp_path: Path) -> None:
    settings = SETTINGS.replace("bot_id: bot_s", "project_id: p")
    messages = {each.rule: each.message for each in read(tmp_path, settings=settings).problems}
    assert messages["other-api"].startswith(
        "`environments.staging.expect.project_id` belongs to cognigy-v2"
    )
