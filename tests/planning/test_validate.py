"""Every rule that can be checked offline, with the position of its problem."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.adapters.cognigy.v1.capabilities import COGNIGY_V1
from reconciler.adapters.cognigy.v2.capabilities import COGNIGY_V2
from reconciler.model.content import FillerContent
from reconciler.model.problem import Problem, Severity
from reconciler.model.slot import DesiredSlot, Examples, FillerAddress, MatchExample
from reconciler.model.state import DesiredState
from reconciler.planning import slot_patterns
from reconciler.planning.analysis import Analysis
from reconciler.planning.validate import _left_out, validate
from tests.support.build import absent, desired_from, slot

BASE = "slot_id: a\nname: a\ntype: {type}\nfill_strategy: {strategy}\n"
OTHER = "---\nslot_id: b\nname: b\ntype: list\nfill_strategy: strict\n"
GONE = "---\nslot_id: gone\nstate: absent\n"


def problems(folder: Path, text: str) -> list[tuple[str, str, str | None]]:
    """The rule, position and slot of each problem."""
    return [_short(each) for each in validate(desired_from(folder, text), api=COGNIGY_V1)]


def _short(problem: Problem) -> tuple[str, str, str | None]:
    name, line, column = str(problem.source).rsplit(":", 2)
    assert name.endswith("/slots.yaml")
    assert problem.hint
    return problem.rule, f"{line}:{column}", problem.slot_id


def a(text: str, *, kind: str = "regex", strategy: str = "bestMatch") -> str:
    return BASE.format(type=kind, strategy=strategy) + text


@pytest.mark.parametrize(
    ("text", "rule", "place"),
    [
        (a(""), "no-patterns", "1:1"),
        (a("patterns: []\n"), "no-patterns", "5:11"),
        (a("patterns:\n  - ok\n  - ''\n"), "pattern-empty", "7:5"),
        (a(f"patterns: [ok, {'x' * 51}]\n"), "pattern-too-long", "5:16"),
        (a("patterns: ['(']\n"), "pattern-invalid", "5:12"),
        (a("patterns: ['\\p{L}']\n"), "pattern-unicode-escape", "5:12"),
        (a("patterns: ['(){99999999}']\n"), "pattern-too-complex", "5:12"),
        (a("patterns: [x]\ndependencies: [a]\n"), "self-dependency", "6:16"),
        (a("patterns: [x]\ndependencies: [b, b]\n") + OTHER, "repeated-dependency", "6:19"),
        (a("patterns: [x]\ndependencies:\n- b\n- c\n") + OTHER, "unknown-dependency", "8:3"),
        (a("patterns: [x]\ngate: {watch: [b, c]}\n") + OTHER, "unknown-watch", "6:19"),
        (a("patterns: [x]\ndependencies: [gone]\n") + GONE, "absent-dependency", "6:16"),
        (a("patterns: [x]\nexamples:\n  match: [x, y]\n"), "example-not-matched", "7:14"),
        (
            a("patterns: [x.]\nexamples:\n  match:\n  - {text: xyz, value: xyz}\n"),
            "example-wrong-value",
            "8:5",
        ),
        (a("patterns: [x]\nexamples:\n  reject: [y, x]\n"), "example-not-rejected", "7:15"),
        (
            a(f"patterns: [x, ^(a|aa)+$]\nexamples: {{match: [{'a' * 60}b]}}\n"),
            "pattern-catastrophic",
            "5:15",
        ),
        (
            a(f"patterns: [x, '^(a|aa)+(c)\\2$']\nexamples: {{match: [{'a' * 60}b, x]}}\n"),
            "pattern-too-complex",
            "5:15",
        ),
        (a("patterns: [x, '(?i)y']\n"), "pattern-not-ecmascript", "5:15"),
        (a("patterns: [x, 'y{,2}z']\n"), "pattern-not-portable", "5:15"),
        (a("patterns: [x, 'y*']\n"), "pattern-matches-empty", "5:15"),
        (a("patterns: [x, y, x]\n"), "pattern-duplicate", "5:18"),
        (a("patterns: [x, y, x]\n", strategy="firstMatch"), "pattern-duplicate", "5:18"),
        (a("patterns: [x y, x z, x y]\n", kind="list"), "pattern-duplicate", "5:22"),
        (
            a("patterns: ['\\d+', '^\\d{4}$']\n", strategy="firstMatch"),
            "pattern-unreachable",
            "5:19",
        ),
        (
            a("patterns: [x]\nexamples: {match: [x]}\n") + OTHER + "patterns: [X]\n",
            "ambiguous-example",
            "6:20",
        ),
    ],
)
def test_a_broken_rule_is_reported_in_its_place(
    tmp_path: Path, text: str, rule: str, place: str
) -> None:
    assert problems(tmp_path, text) == [(rule, place, "a")]


def test_a_name_with_a_character_that_nobody_sees_is_a_warning(tmp_path: Path) -> None:
    text = a("patterns: [x]\n").replace("name: a", 'name: "a\\u200bb"')
    (problem,) = validate(desired_from(tmp_path, text), api=COGNIGY_V1)
    assert _short(problem) == ("name-invisible-character", "2:7", "a")
    assert problem.message == r"'a\u200bb' contains the invisible character U+200B"
    assert problem.severity is Severity.WARNING


def test_the_name_of_a_flow_is_checked_for_invisible_characters_too() -> None:
    slots = [
        DesiredSlot(
            slot_id=slot_id,
            content=FillerContent(flow="F\x07", name=slot_id, type="age"),
            address=FillerAddress(flow="F\x07", name=slot_id),
        )
        for slot_id in ("b", "c\u2060")
    ]
    found = validate(DesiredState(slots), api=COGNIGY_V2)
    assert [each.rule for each in found] == ["name-invisible-character"] * 3
    assert r"'F\x07'" in found[0].message


def test_slots_of_one_name_in_two_flows_are_distinguished_by_their_ids() -> None:
    slots = [
        DesiredSlot(
            slot_id=slot_id,
            content=FillerContent(flow=slot_id, name="same", type="regex", regex="/x+/"),
            examples=Examples(match=(MatchExample(text="xx"),)),
        )
        for slot_id in ("here", "there")
    ]
    (problem,) = validate(DesiredState(slots), api=COGNIGY_V2)
    assert problem.rule == "ambiguous-example"
    assert problem.message.startswith("here and there both extract 'xx'")


def test_an_unknown_dependency_alone_is_a_warning(tmp_path: Path) -> None:
    text = a("dependencies: [elsewhere]\n")
    found = {
        each.rule: each.severity for each in validate(desired_from(tmp_path, text), api=COGNIGY_V1)
    }
    assert found == {"unknown-dependency": Severity.WARNING, "no-patterns": Severity.ERROR}


def test_a_duplicate_name_is_reported_at_the_second_slot_with_the_place_of_the_first(
    tmp_path: Path,
) -> None:
    text = a("patterns: [x]\n") + OTHER.replace("name: b", "name: a")
    (problem,) = validate(desired_from(tmp_path, text), api=COGNIGY_V1)
    assert _short(problem) == ("duplicate-name", "8:7", "b")
    assert problem.message.endswith("slots.yaml:2:7")


def test_names_are_compared_however_their_accents_are_encoded(tmp_path: Path) -> None:
    text = a("patterns: [x]\n").replace("name: a", "name: caf\u00e9") + OTHER.replace(
        "name: b", "name: cafe\u0301"
    )
    form, taken = validate(desired_from(tmp_path, text), api=COGNIGY_V1)
    assert _short(taken) == ("duplicate-name", "8:7", "b")
    assert taken.message.startswith(
        r"the name 'cafe\u0301' looks like 'caf\u00e9', which is already taken"
    )
    assert _short(form) == ("text-not-nfc", "8:7", "b")
    assert form.severity is Severity.WARNING
    assert r"'cafe\u0301'" in form.message
    assert form.hint.endswith("caf\u00e9")


def test_a_value_that_only_looks_like_the_one_of_the_example_is_shown_with_escapes(
    tmp_path: Path,
) -> None:
    text = a("patterns: [a.b]\nexamples: {match: [{text: a\u00a0b, value: a b}]}\n")
    (problem,) = validate(desired_from(tmp_path, text), api=COGNIGY_V1)
    assert r"extracts 'a\u00a0b' from" in problem.message
    assert problem.message.endswith("not 'a b'")


def test_a_used_up_budget_is_reported_once_at_the_first_pattern_left_out() -> None:
    spent = Analysis(api=COGNIGY_V1, steps=1)
    state = DesiredState(slot(i, patterns=("x", f"^({i}+)+$")) for i in "abc")
    for each in state.values():
        assert each.content is not None
        list(slot_patterns.findings(each.content, spent))
    (problem,) = _left_out(state, spent)
    assert (problem.rule, problem.slot_id) == ("patterns-not-analysed", "b")
    assert problem.severity is Severity.WARNING
    assert "from here on, 2 patterns were not fully checked" in problem.message
    assert list(_left_out(state, Analysis(api=COGNIGY_V1, steps=1))) == []


def test_every_cycle_is_reported_once() -> None:
    ring = [slot("a", "b"), slot("b", "c"), slot("c", "a"), slot("x", "y"), slot("y", "x")]
    found = [
        each
        for each in validate(DesiredState(ring), api=COGNIGY_V1)
        if each.rule == "dependency-cycle"
    ]
    rings = [frozenset(each.message.rsplit(": ", 1)[1].split(" → ")) for each in found]
    assert sorted(rings, key=len) == [{"x", "y"}, {"a", "b", "c"}]


def test_cycles_that_share_a_slot_are_each_reported() -> None:
    for hub in "abc":
        spokes = [each for each in "abc" if each != hub]
        state = DesiredState([slot(hub, *spokes), *(slot(each, hub) for each in spokes)])
        found = [each.rule for each in validate(state, api=COGNIGY_V1)]
        assert found == ["dependency-cycle", "dependency-cycle"]


def test_a_cycle_is_reported_at_its_first_dependency(tmp_path: Path) -> None:
    text = a("patterns: [x]\ndependencies: [b]\n") + OTHER + "dependencies: [a]\n"
    (problem,) = validate(desired_from(tmp_path, text), api=COGNIGY_V1)
    assert _short(problem) in [
        ("dependency-cycle", "6:16", "a"),
        ("dependency-cycle", "12:16", "b"),
    ]


def test_a_slot_of_another_type_needs_no_patterns_and_its_phrases_are_not_checked_as_regexes(
    tmp_path: Path,
) -> None:
    assert problems(tmp_path, a("", kind="list")) == []
    assert problems(tmp_path, a("patterns: ['(', '\\p{L}']\n", kind="list")) == []


def test_an_absent_slot_breaks_no_rules(tmp_path: Path) -> None:
    assert validate(DesiredState([absent("a"), absent("b")]), api=COGNIGY_V1) == ()


def test_problems_are_in_the_order_of_the_slots(tmp_path: Path) -> None:
    text = OTHER.replace("type: list", "type: regex") + "---\n" + a("patterns: ['(', '[']\n")
    assert [each[2] for each in problems(tmp_path, text)] == ["b", "a", "a"]


def test_a_sound_state_has_no_problem(tmp_path: Path) -> None:
    text = a("patterns: [x]\ndependencies: [b]\nexamples: {match: [x], reject: [y]}\n") + OTHER
    assert problems(tmp_path, text) == []


def test_a_pattern_that_is_only_suspicious_is_a_warning() -> None:
    state = DesiredState([slot("a", patterns=("(?i)x", "x{,2}y", "y*", "y*", "yy"))])
    assert {each.severity for each in validate(state, api=COGNIGY_V1)} == {Severity.WARNING}
