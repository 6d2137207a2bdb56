"""Each example of `reconciler rule ID` is right: the bad one breaks its rule, the good one none."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from reconciler.model.rule import Example
from reconciler.model.rules import GROUPS, RULES
from reconciler.model.rules.engines import PATTERN_NOT_ANALYSED, PATTERNS_NOT_ANALYSED
from reconciler.model.rules.examples import (
    EXAMPLES_NOT_CHECKED,
    EXAMPLES_NOT_COMPARED,
    EXAMPLES_NOT_RUN,
)
from reconciler.model.rules.files import MERGE_CONFLICT
from reconciler.model.rules.keys import MISSING_KEY, OTHER_API
from reconciler.model.rules.names import DUPLICATE_ADDRESS
from reconciler.model.rules.yaml import YAML_CHARACTER, YAML_TOO_LARGE
from reconciler.operations.fleet.validate import validate_fleet
from reconciler.operations.validate import validate

REQUIRED = {
    "slot_id": "slot_8f3a9c2d",
    "name": "order_number",
    "type": "regex",
    "patterns": r"['^ORD-\d{5}$']",
    "fill_strategy": "bestMatch",
}
SHOWN_IN_WORDS = {
    # Each of them needs hundreds of lines, much time, or an invisible character.
    *(YAML_CHARACTER.id, YAML_TOO_LARGE.id),
    *(PATTERN_NOT_ANALYSED.id, PATTERNS_NOT_ANALYSED.id),
    *(EXAMPLES_NOT_CHECKED.id, EXAMPLES_NOT_COMPARED.id, EXAMPLES_NOT_RUN.id),
}
OF_FILLERS = {
    *(rule.id for rule in GROUPS["Regexes of slot fillers"]),
    *(OTHER_API.id, DUPLICATE_ADDRESS.id),
}
"""The rules whose examples are files of version 2."""
OF_ENVIRONMENTS = {rule.id for rule in GROUPS["Environments"]}
OF_FLEETS = {rule.id for rule in GROUPS["Fleets"]}
CUSTOMERS = "targets:\n" + "".join(
    f"  - {{tenant: t{number}, labels: {{ring: {ring}}}, environments: {{production: {{}}}}}}\n"
    for number, ring in enumerate(["canary", *["rest"] * 19])
)
ENVIRONMENTS = "environments: {staging: {}, production: {}}\n"
FILLER = {"slot_id": "order_number", "type": "regex"}
SETTINGS = "api: cognigy-v2\nflow: Order intake\ngate: {playbooks: [Orders]}\n"
WITH_EXAMPLE = [(rule.id, rule.example) for rule in RULES if rule.example is not None]


def as_slot_file(excerpt: str, *, required: Mapping[str, str]) -> str:
    """The excerpt, with the required keys that it leaves out before each of its documents."""
    documents = f"{excerpt}\n".split("---\n")
    return "---\n".join(_completed(each, required=required) for each in documents)


def _completed(document: str, *, required: Mapping[str, str]) -> str:
    if re.search(r"^state: absent$", document, flags=re.MULTILINE):
        return document
    left_out = [
        f"{key}: {value}\n"
        for key, value in required.items()
        if not re.search(rf"^{key}:", document, flags=re.MULTILINE)
    ]
    return "".join(left_out) + document


def broken_rules(folder: Path, excerpt: str, *, rule_id: str) -> set[str]:
    required = FILLER if rule_id in OF_FILLERS else {} if rule_id == MISSING_KEY.id else REQUIRED
    if rule_id in OF_FILLERS:
        (folder / "reconciler.yaml").write_text(SETTINGS, encoding="utf-8")
    if rule_id in OF_ENVIRONMENTS:
        return _broken_in_environments(folder, excerpt)
    if rule_id in OF_FLEETS:
        return _broken_in_a_fleet(folder, excerpt)
    path = folder / "slot.yaml"
    path.write_text(as_slot_file(excerpt, required=required), encoding="utf-8")
    return {problem.rule for problem in validate(folder).problems}


def _broken_in_environments(folder: Path, excerpt: str) -> set[str]:
    """The excerpt is a slot file or, if it says so, reconciler.yaml; the other one is sound."""
    is_settings = excerpt.startswith("# reconciler.yaml")
    (folder / "reconciler.yaml").write_text(excerpt if is_settings else ENVIRONMENTS)
    for slot_id in ("slot_order", "slot_ticket"):
        own = "" if is_settings or slot_id == "slot_ticket" else excerpt
        required = {**REQUIRED, "slot_id": slot_id, "name": slot_id}
        (folder / f"{slot_id}.yaml").write_text(as_slot_file(own, required=required))
    return {problem.rule for problem in validate(folder).problems}


def _broken_in_a_fleet(folder: Path, excerpt: str) -> set[str]:
    """The excerpt is fleet.yaml; without targets of its own, it includes those of customers."""
    for inner, text in (("slots", as_slot_file("", required=REQUIRED)), ("customers", CUSTOMERS)):
        (folder / inner).mkdir(exist_ok=True)
        (folder / inner / "one.yaml").write_text(text, encoding="utf-8")
    rest = "" if re.search("^version:", excerpt, flags=re.MULTILINE) else "version: 1\n"
    if not re.search("^(targets|include):", excerpt, flags=re.MULTILINE):
        rest += "include: [customers/*.yaml]\n"
    (folder / "fleet.yaml").write_text(f"{rest}{excerpt}\n", encoding="utf-8")
    return {problem.rule for problem in validate_fleet(folder / "fleet.yaml").problems}


@pytest.mark.parametrize(
    ("rule_id", "example"), WITH_EXAMPLE, ids=[rule_id for rule_id, _ in WITH_EXAMPLE]
)
def test_the_bad_example_breaks_only_its_rule_and_the_good_one_breaks_none(
    rule_id: str, example: Example, tmp_path: Path
) -> None:
    assert broken_rules(tmp_path, example.bad, rule_id=rule_id) == {rule_id}
    assert broken_rules(tmp_path, example.good, rule_id=rule_id) == set()


def test_every_rule_that_a_few_lines_can_break_has_an_example() -> None:
    about_whole_files = {rule.id for rule in GROUPS["Files"]} - {MERGE_CONFLICT.id}
    about_live_slots = {rule.id for rule in GROUPS["Plans"]}
    without = {rule.id for rule in RULES if rule.example is None}
    assert without == SHOWN_IN_WORDS | about_whole_files | about_live_slots
