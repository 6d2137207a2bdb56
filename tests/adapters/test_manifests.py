"""What a slot file may contain, and the problems that are reported for anything else."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.adapters.manifests import Manifests, read_manifests
from reconciler.model.content import PatternContent
from reconciler.model.gate import GateOverride
from reconciler.model.problem import Problem
from reconciler.model.settings import Settings, Watch
from reconciler.model.slot import DesiredSlot, MatchExample

BASE = "slot_id: a\nname: a\ntype: regex\nfill_strategy: bestMatch\n"
"""Four lines of a valid slot; tests add text from line 5 on."""

FULL = """\
slot_id: slot_8f3a9c2d
name: order_number
type: regex
patterns:
  - ^[A-Z]{2}-\\d{4,6}$
  - ^ORD-\\d{5}$
fill_strategy: bestMatch
dependencies: [slot_customer_id, slot_region_code]
trigger_retrain: false
description: What the order system calls an order
state: present
protect: true
gate: {min_success_rate: 0.80, watch: [slot_ticket_id]}
examples:
  match: [AB-1234, {text: ORD-12345, value: ORD-12345}]
  reject: [ab-1234, ORD-1]
x-owner: {team: [orders, 7]}
"""


def read(folder: Path, text: str | bytes, *, name: str = "slot.yaml") -> Manifests:
    data = text if isinstance(text, bytes) else text.encode()
    (folder / name).write_bytes(data)
    return read_manifests(folder)


def slot_of(folder: Path, text: str | bytes) -> DesiredSlot:
    manifests = read(folder, text)
    assert manifests.problems == ()
    (slot,) = manifests.desired.values()
    return slot


def reported(folder: Path, text: str | bytes, *, name: str = "slot.yaml") -> list[tuple[str, str]]:
    """The position and rule of every problem."""
    return [(_place(each), each.rule) for each in read(folder, text, name=name).problems]


def the_problem(folder: Path, text: str | bytes, *, name: str = "slot.yaml") -> Problem:
    (problem,) = read(folder, text, name=name).problems
    return problem


def _place(problem: Problem) -> str:
    return f"{problem.source.line}:{problem.source.column}"


# Valid files


def test_every_key_is_read(tmp_path: Path) -> None:
    slot = slot_of(tmp_path, FULL)
    assert slot.slot_id == "slot_8f3a9c2d"
    assert slot.content == PatternContent(
        name="order_number",
        type="regex",
        patterns=(r"^[A-Z]{2}-\d{4,6}$", r"^ORD-\d{5}$"),
        fill_strategy="bestMatch",
        dependencies=("slot_customer_id", "slot_region_code"),
    )
    assert (slot.trigger_retrain, slot.protect) == (False, True)
    assert slot.description == "What the order system calls an order"
    assert slot.gate == GateOverride(min_success_rate=0.8, watch=("slot_ticket_id",))
    assert slot.examples.match == (
        MatchExample(text="AB-1234"),
        MatchExample(text="ORD-12345", value="ORD-12345"),
    )
    assert slot.examples.reject == ("ab-1234", "ORD-1")


def test_slots_with_the_same_gate_share_it(tmp_path: Path) -> None:
    gates = ("{max_drop: 0.5}", "{max_drop: 0.5}", "{max_drop: 0.6}")
    text = "---\n".join(
        f"slot_id: s{number}\nname: n{number}\ntype: regex\nfill_strategy: strict\ngate: {gate}\n"
        for number, gate in enumerate(gates)
    )
    first, second, other = read(tmp_path, text).desired.values()
    assert first.gate is second.gate
    assert (first.gate.max_drop, other.gate.max_drop) == (0.5, 0.6)


def test_optional_keys_have_the_documented_defaults(tmp_path: Path) -> None:
    slot = slot_of(tmp_path, BASE)
    assert slot.content is not None
    assert (slot.content.patterns, slot.content.dependencies) == ((), ())
    assert (slot.trigger_retrain, slot.protect, slot.is_absent) == (True, False, False)
    assert slot.gate == GateOverride()


def test_a_key_without_a_value_means_the_default(tmp_path: Path) -> None:
    nulls = (
        "patterns:\ndependencies: ~\ntrigger_retrain: null\nstate:\ndescription:\nprotect:\n"
        "gate: {max_drop: , watch: }\nexamples: {match: null}\n"
    )
    with_nulls = slot_of(tmp_path, BASE + nulls)
    assert with_nulls == slot_of(tmp_path, BASE)


def test_an_absent_slot_needs_only_its_id(tmp_path: Path) -> None:
    slot = slot_of(tmp_path, "slot_id: a\nstate: absent\nprotect: true\n")
    assert slot.is_absent
    assert slot.content is None
    assert slot.protect


def test_an_absent_slot_may_keep_its_other_keys(tmp_path: Path) -> None:
    assert slot_of(tmp_path, BASE + "patterns: [x]\nstate: absent\n").content is None


def test_keys_that_start_with_x_are_the_users_own(tmp_path: Path) -> None:
    slot = slot_of(tmp_path, BASE + "x-note: anything\nx-: [1, {a: 2}]\n")
    assert slot == slot_of(tmp_path, BASE)


def test_anchors_may_be_used_in_moderation(tmp_path: Path) -> None:
    slot = slot_of(tmp_path, BASE + "x-list: &list [b, c]\ndependencies: *list\n")
    assert slot.content is not None
    assert slot.content.dependencies == ("b", "c")


def test_carriage_returns_and_a_leading_byte_order_mark_are_accepted(tmp_path: Path) -> None:
    expected = slot_of(tmp_path, BASE)
    assert slot_of(tmp_path, BASE.replace("\n", "\r\n")) == expected
    assert slot_of(tmp_path, b"\xef\xbb\xbf" + BASE.encode()) == expected


# Problems and their positions


@pytest.mark.parametrize(
    ("text", "place", "rule"),
    [
        ("patern: [x]", "5:1", "unknown-key"),
        ("patern:", "5:1", "unknown-key"),
        ("gate: {max_dorp: }", "5:8", "unknown-key"),
        ("gate: {min_rate: 1}", "5:8", "unknown-key"),
        ("examples: {match: [{txt: a, text: b}]}", "5:21", "unknown-key"),
        ("gate: {x-mine: 1}", "5:8", "unknown-key"),
        ("name: b", "5:1", "duplicate-key"),
        ("gate: {max_drop: 0, max_drop: 1}", "5:21", "duplicate-key"),
        ("patterns: x", "5:11", "wrong-type"),
        ("patterns: {x: y}", "5:11", "wrong-type"),
        ("patterns: [a, [b]]", "5:15", "wrong-type"),
        ("patterns: [a, {b: c}]", "5:15", "wrong-type"),
        ("patterns:\n  -\n", "6:4", "wrong-type"),
        ("patterns: [12]", "5:12", "wrong-type"),
        ("patterns: [2026-03-02]", "5:12", "wrong-type"),
        ("trigger_retrain: maybe", "5:18", "wrong-type"),
        ("trigger_retrain: 1", "5:18", "wrong-type"),
        ("gate: strict", "5:7", "wrong-type"),
        ("gate: {min_success_rate: high}", "5:26", "wrong-type"),
        ("gate: {min_samples: 1.5}", "5:21", "wrong-type"),
        ("gate: {watch: [1]}", "5:16", "wrong-type"),
        ("examples: {match: [{text: 5}]}", "5:27", "wrong-type"),
        ("examples: {reject: [true]}", "5:21", "wrong-type"),
        ("gate: {min_success_rate: 1.01}", "5:26", "bad-value"),
        ("gate: {min_success_rate: .nan}", "5:26", "bad-value"),
        ("gate: {settle_seconds: .inf}", "5:24", "bad-value"),
        ("gate: {max_drop: -.inf}", "5:18", "bad-value"),
        ("gate: {time_range: last 24h}", "5:20", "bad-value"),
        ("gate: {when_inconclusive: 2026-03-02}", "5:27", "bad-value"),
        ("dependencies: [a/b]", "5:16", "bad-value"),
        ("state: gone", "5:8", "bad-value"),
        ("examples: {match: [{value: v}]}", "5:20", "missing-key"),
        ("x-a: !!binary aGk=", "5:6", "yaml-tag"),
        ("patterns: !mine [x]", "5:11", "yaml-tag"),
        ("x-a: !!python/object/apply:os.system [x]", "5:6", "yaml-tag"),
        ("x-a: !!set {x}", "5:6", "yaml-tag"),
        ("x-a: !!int x", "5:6", "yaml-value"),
        ("x-a: " + "1:" * 300 + "1.5", "5:6", "yaml-value"),
        ("x-a: " + "9" * 5000, "5:6", "yaml-value"),
        ("1: x", "5:1", "yaml-key"),
        ("no: x", "5:1", "yaml-key"),
        ("[a]: x", "5:1", "yaml-key"),
        ("\tx-a: b", "5:1", "yaml-syntax"),
        ("x-a: [", "6:1", "yaml-syntax"),
        ("x-a: *nowhere", "5:6", "yaml-syntax"),
        ("x-a: b: c", "5:7", "yaml-syntax"),
        ("x-a: \x00", "5:6", "yaml-character"),
        ("x-ä: ä\x1b", "5:7", "yaml-character"),
    ],
)
def test_a_problem_is_reported_at_its_position(
    tmp_path: Path, text: str, place: str, rule: str
) -> None:
    manifests = read(tmp_path, f"{BASE}{text}\n")
    assert [(_place(each), each.rule) for each in manifests.problems] == [(place, rule)]
    assert not manifests.desired
    assert manifests.problems[0].is_error


@pytest.mark.parametrize("missing", ["slot_id", "name", "type", "fill_strategy"])
def test_a_missing_key_is_named(tmp_path: Path, missing: str) -> None:
    kept = [line for line in BASE.splitlines(keepends=True) if not line.startswith(missing)]
    problem = the_problem(tmp_path, "".join(kept))
    assert (problem.rule, _place(problem)) == ("missing-key", "1:1")
    assert f"`{missing}`" in problem.message
    assert problem.slot_id == (None if missing == "slot_id" else "a")


@pytest.mark.parametrize(
    "slot_id", ["'-a'", "a b", "a/b", "ä", "'.a'", "a" * 129, '"a\\n"', "''", '"a\\e"']
)
def test_an_invalid_slot_id_is_refused(tmp_path: Path, slot_id: str) -> None:
    problem = the_problem(tmp_path, BASE.replace("slot_id: a", f"slot_id: {slot_id}"))
    assert (problem.rule, _place(problem)) == ("bad-value", "1:10")


@pytest.mark.parametrize("slot_id", ["a", "A-1_b.c", "0", "a" * 128])
def test_a_valid_slot_id_is_read(tmp_path: Path, slot_id: str) -> None:
    text = BASE.replace("slot_id: a", f"slot_id: '{slot_id}'")
    assert slot_of(tmp_path, text).slot_id == slot_id


@pytest.mark.parametrize(
    ("written", "kind"),
    [("no", "a boolean"), ("12", "a number"), ("1.50", "a number"), ("2026-03-02", "a date")],
)
def test_a_value_that_yaml_does_not_read_as_text_should_be_quoted_as_written(
    tmp_path: Path, written: str, kind: str
) -> None:
    problem = the_problem(tmp_path, BASE.replace("name: a", f"name: {written}"))
    assert (problem.rule, _place(problem)) == ("wrong-type", "2:7")
    assert problem.message == f"`name` must be text, but {written!r} is {kind} in YAML"
    assert problem.hint == f'Quote it: "{written}"'


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("patern: [x]", "Did you mean `patterns`?"),
        ("fillStrategy: strict", "Did you mean `fill_strategy`?"),
        ("DEPENDENCIES: [b]", "Did you mean `dependencies`?"),
        ("gate: {min_sucess_rate: 1}", "Did you mean `min_success_rate`?"),
        ("something_else: 1", "Remove it."),
    ],
)
def test_an_unknown_key_is_reported_with_the_one_that_may_be_meant(
    tmp_path: Path, text: str, hint: str
) -> None:
    assert the_problem(tmp_path, BASE + text).hint == hint


def test_a_date_is_shown_as_written(tmp_path: Path) -> None:
    problem = the_problem(tmp_path, BASE.replace("bestMatch", "2026-03-02"))
    assert "`fill_strategy` is 2026-03-02, but should be" in problem.message


@pytest.mark.parametrize(
    "text", ["hello", "- a", "12", "true", "2026-03-02", "'no: slot'"], ids=str
)
def test_a_document_that_is_not_a_mapping_is_refused(tmp_path: Path, text: str) -> None:
    problem = the_problem(tmp_path, text)
    assert (problem.rule, _place(problem)) == ("wrong-type", "1:1")
    assert "must be keys and values" in problem.message


@pytest.mark.parametrize(
    "text", ["", "\n", "# nothing\n", "---\n", "---\n---\n...\n", "~"], ids=repr
)
def test_a_file_without_a_slot_is_reported(tmp_path: Path, text: str) -> None:
    assert reported(tmp_path, text) == [("1:1", "empty-file")]


def test_invalid_utf8_is_reported_at_its_position_in_characters(tmp_path: Path) -> None:
    assert reported(tmp_path, "a: b\nname: ää".encode() + b"\xff") == [("2:9", "not-utf8")]
    assert reported(tmp_path, b"\xef\xbb\xbfa: b\nc: \xe4") == [("2:4", "not-utf8")]
    assert reported(tmp_path, b"\xef\xbb\xbfa: \xe4") == [("1:4", "not-utf8")]


@pytest.mark.parametrize("encoding", ["UTF-16", "UTF-32"])
def test_another_encoding_is_named(tmp_path: Path, encoding: str) -> None:
    problem = the_problem(tmp_path, BASE.encode(encoding))
    assert (problem.rule, _place(problem)) == ("not-utf8", "1:1")
    assert problem.message.startswith(f"{encoding} text")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "examples: {match: [1]}",
            "`examples.match[0]` must be text, or keys `text` and `value`, but '1' is a number "
            "in YAML",
        ),
        (
            "examples: {match: [[a]]}",
            "`examples.match[0]` must be text, or keys `text` and `value`, not a list",
        ),
        (
            "examples: {match: [{text: 1}]}",
            "`examples.match[0].text` must be text, but '1' is a number in YAML",
        ),
        ("gate: {min_samples: 1.5}", "`gate.min_samples` must be a whole number, not 1.5"),
        ("patterns: [~]", "`patterns[0]` must be text, not empty"),
    ],
)
def test_a_wrong_type_is_reported_in_the_terms_of_the_file(
    tmp_path: Path, text: str, message: str
) -> None:
    assert the_problem(tmp_path, BASE + text).message == message


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        (r'patterns: ["\d"]', "Use single quotes, where a backslash has no special meaning."),
        ("patterns: [*a]", "Quote text that begins with *."),
        ("patterns:\n  - @a", "Quote text that begins with @"),
        ("gate:\n\tmax_drop: 0", "Indent with spaces: YAML forbids tabs there."),
        (
            "patterns:\n  - [a]b",
            "Quote the whole item: plain text cannot begin with [, { or a quote.",
        ),
        ("patterns: it's", r"Write it as a list: ['it''s']"),
        (r"patterns: \d", r"Write it as a list: ['\d']"),
        ("patterns:\n  - # a", "Add the text, in quotes if it begins with #."),
        ("gate: {min_success_rate: 85}", "Write it as a fraction: 0.85"),
        ("gate: {timeout_seconds: 0o10}", "Write it in decimal, without quotes: 8"),
        ("gate: {max_drop: soon}", ""),
        ("state: Absent", "Did you mean absent?"),
        ("<<: {}", "Merge keys are not supported: write the keys out."),
        ("examples: {match: [{txt: a, text: b}]}", "Did you mean `text`?"),
        ("examples: {rejects: [a]}", "Did you mean `reject`?"),
    ],
)
def test_a_problem_has_a_fitting_hint(tmp_path: Path, text: str, hint: str) -> None:
    assert the_problem(tmp_path, BASE + text).hint == hint


@pytest.mark.parametrize(
    ("text", "place"),
    [("dependencies: [b", "5:15"), ("description: 'b", "5:14"), ("gate: {max_drop: 1", "5:7")],
)
def test_an_open_bracket_or_quote_is_reported_where_it_begins(
    tmp_path: Path, text: str, place: str
) -> None:
    assert reported(tmp_path, f"{BASE}{text}\n") == [(place, "yaml-syntax")]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\x85", "\u2028"], ids=ascii)
def test_a_problem_includes_its_line(tmp_path: Path, end: str) -> None:
    problem = the_problem(tmp_path, f"{BASE}colour: red\nx-a: b\n".replace("\n", end))
    assert (_place(problem), problem.source.excerpt) == ("5:1", "colour: red")


def test_the_valid_part_of_a_line_that_is_not_utf8_is_shown(tmp_path: Path) -> None:
    problem = the_problem(tmp_path, b"a: b\nname: \xc3\xa4\xe4!\n")
    assert problem.source.excerpt == "name: \u00e4\ufffd!"


def test_a_position_that_is_looked_up_later_includes_its_line_too(tmp_path: Path) -> None:
    manifests = read(tmp_path, f"{BASE}---\n{BASE.replace(': a', ': b')}")
    assert manifests.desired.where("b", "name").excerpt == "name: b"


def test_a_duplicate_key_is_reported_with_the_line_and_column_of_the_first(tmp_path: Path) -> None:
    problem = the_problem(tmp_path, f"{BASE}gate: {{max_drop: 0, max_drop: 1}}")
    assert "line 5, column 8" in problem.message


@pytest.mark.parametrize(
    "text",
    [
        "".join(f"k{i}: 1\n" for i in range(50_000)),
        "a: 1\n" * 50_000,
        "x-a: [" + "!t a, " * 50_000 + "]",
    ],
    ids=["unknown", "repeated", "tagged"],
)
@pytest.mark.timeout(10)
def test_at_most_a_thousand_problems_are_reported_per_file(tmp_path: Path, text: str) -> None:
    problems = read(tmp_path, text).problems
    assert len(problems) == 1_001
    assert problems[-1].rule == "too-many-problems"


def test_a_file_of_several_megabytes_is_read(tmp_path: Path) -> None:
    text = f"{BASE}x-a: [{'abcdefghijklmnopqrstuvwxyz, ' * 200_000}]\n"
    assert len(text) > 5_000_000
    assert list(read(tmp_path, text).desired) == ["a"]


def test_long_keys_and_values_are_shortened(tmp_path: Path) -> None:
    problem = the_problem(tmp_path, f"{BASE}{'k' * 900}: 1\n")
    assert len(problem.message) < 120


def test_a_control_character_is_reported_escaped(tmp_path: Path) -> None:
    assert r"'\x1b'" in the_problem(tmp_path, "a: ä\nb: \x1b[2J").message


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("[" * 100_000, "1:33"),
        ("{a: " * 100_000, "1:129"),
        ("- " * 20_000, "1:65"),
        (BASE + "x-a: " + "[" * 32 + "]" * 32, "5:37"),
        ("&a [*a]", "1:1"),
        ("slot_id: a\ngate: &g {watch: *g}", "2:7"),
        ("? &k [*k]\n: 1", "1:3"),
    ],
    ids=["lists", "maps", "blocks", "one too deep", "list in itself", "map in itself", "key"],
)
def test_endless_nesting_is_refused(tmp_path: Path, text: str, place: str) -> None:
    assert reported(tmp_path, text) == [(place, "yaml-too-large")]


def test_nesting_up_to_the_limit_is_read(tmp_path: Path) -> None:
    slot_of(tmp_path, BASE + "x-a: " + "[" * 31 + "]" * 31)


def test_anchors_that_expand_enormously_are_refused_in_any_number_of_documents(
    tmp_path: Path,
) -> None:
    levels = "".join(f"x-{i + 1}: &l{i + 1} [{', '.join([f'*l{i}'] * 10)}]\n" for i in range(9))
    text = f"{BASE}x-0: &l0 [x]\n{levels}"
    problems = reported(tmp_path, "---\n".join([text] * 50))
    assert [rule for _, rule in problems] == ["yaml-too-large"]


def test_the_limit_on_expanded_values_applies_to_all_documents_of_a_file_together(
    tmp_path: Path,
) -> None:
    levels = "".join(f"x-{i + 1}: &l{i + 1} [{', '.join([f'*l{i}'] * 10)}]\n" for i in range(5))
    text = BASE + "x-0: &l0 [x, x, x, x, x, x, x, x, x, x]\n" + levels
    one = read(tmp_path, text)
    assert (len(one.desired), one.problems) == (1, ())
    two = read(tmp_path, f"{text}---\n{text.replace('slot_id: a', 'slot_id: b')}")
    assert [each.rule for each in two.problems] == ["yaml-too-large"]
    assert list(two.desired) == ["a"]


def test_a_file_over_the_size_limit_is_not_read(tmp_path: Path) -> None:
    problem = the_problem(tmp_path, BASE.encode() + b"#" * (8 * 1024 * 1024))
    assert problem.rule == "file-too-large"
    assert "8,388,6" in problem.message


def test_all_problems_of_a_document_are_reported_at_once(tmp_path: Path) -> None:
    text = (
        "slot_id: a b\nname: no\ntype: 1\nfill_strategy: best\ncolour: red\ngate: {max_drop: 2}\n"
    )
    assert sorted(reported(tmp_path, text)) == [
        ("1:10", "bad-value"),
        ("2:7", "wrong-type"),
        ("3:7", "wrong-type"),
        ("4:16", "bad-value"),
        ("5:1", "unknown-key"),
        ("6:18", "bad-value"),
    ]


# Settings


def settings_of(folder: Path, text: str) -> tuple[Settings, tuple[Problem, ...]]:
    (folder / "slot.yaml").write_text(BASE, encoding="utf-8")
    manifests = read(folder, text, name="reconciler.yaml")
    assert list(manifests.desired) == ["a"]
    return manifests.settings, manifests.problems


def test_settings_override_the_defaults_field_by_field(tmp_path: Path) -> None:
    read_settings, problems = settings_of(
        tmp_path,
        "owns: ['our_*']\ngate: {max_drop: 0}\nlimits:\n  max_changes: 3\n  max_attempts:\n"
        "watch: {apply: true, drift_every_minutes: 120}\n",
    )
    assert problems == ()
    assert read_settings.owns == ("our_*",)
    assert (read_settings.gate.max_drop, read_settings.gate.min_success_rate) == (0, 0.85)
    assert (read_settings.limits.max_changes, read_settings.limits.max_attempts) == (3, 5)
    assert read_settings.watch == Watch(apply=True, every_minutes=5, drift_every_minutes=120)


@pytest.mark.parametrize("text", ["", "# all defaults\n", "owns:\ngate:\n"])
def test_empty_settings_are_the_defaults(tmp_path: Path, text: str) -> None:
    assert settings_of(tmp_path, text) == (Settings(), ())


@pytest.mark.parametrize(
    ("text", "place", "rule"),
    [
        ("own: []", "1:1", "unknown-key"),
        ("limits: {max_change: ~}", "1:10", "unknown-key"),
        ("gate: {watch: [a]}", "1:8", "unknown-key"),
        ("rollout: {batch: all}", "1:18", "bad-value"),
        ("limits: {max_attempts: 0}", "1:24", "bad-value"),
        ("watch: {every_minutes: 0}", "1:24", "bad-value"),
        ("watch: {apply: 'true'}", "1:16", "wrong-type"),
        ("limits: {max_attempts: 0x" + "f" * 5000 + "}", "1:24", "bad-value"),
        ("limits: {requests_per_minute: many}", "1:31", "wrong-type"),
        ("owns: '*'", "1:7", "wrong-type"),
        ("x-mine: 1", "1:1", "unknown-key"),
        ("---\nowns: []\n---\nowns: []", "4:1", "bad-value"),
        ("- a", "1:1", "wrong-type"),
    ],
)
def test_a_problem_in_the_settings_is_reported_at_its_position(
    tmp_path: Path, text: str, place: str, rule: str
) -> None:
    _, problems = settings_of(tmp_path, text)
    assert [(_place(each), each.rule) for each in problems] == [(place, rule)]


def test_a_folder_with_only_settings_is_a_project_without_slots(tmp_path: Path) -> None:
    manifests = read(tmp_path, "owns: [mine]", name="reconciler.yaml")
    assert (len(manifests.drafts), manifests.problems) == (0, ())
    assert manifests.settings.owns == ("mine",)


# Arbitrary content

TOKENS = st.sampled_from(
    ["slot_id: ", "name: ", "patterns: ", "gate: ", "- ", "? ", ": ", "\n", "\n  ", "\n---\n",
     "...", "&a ", "*a", "{", "}", "[", "]", "!!int ", "!!float ", "!!str ", "!", "|\n", ">-\n",
     "'", '"',
     "<<: ", "# ", "\t", "\\", "0x", "1:2", "1e5", ".nan", "~", "no", "2026-03-02", "%YAML 1.1\n",
     "\ufeff", "\x00", "\u2028", "\x85", "🎉", "\r", ",", "x-", "=", "absent", "examples: "]
)  # fmt: skip


def survives(data: bytes) -> None:
    with TemporaryDirectory() as folder:
        for name in ("reconciler.yaml", "slot.yaml"):
            (Path(folder) / name).write_bytes(data)
        manifests = read_manifests(Path(folder))
    assert manifests.problems
    for problem in manifests.problems:
        assert problem.source.line >= 1
        assert problem.source.column >= 1


@settings(deadline=None, max_examples=300)
@given(st.lists(TOKENS, max_size=20))
def test_no_text_makes_reading_raise(tokens: list[str]) -> None:
    survives("".join(tokens).encode())


@settings(deadline=None, max_examples=200)
@given(st.binary(max_size=40))
def test_no_bytes_make_reading_raise(data: bytes) -> None:
    survives(data)


VALUES: Any = st.recursive(
    st.sampled_from(
        ["a", "''", "1", "1.5", "true", "~", ".inf", "2026-03-02", "0x1f", "!x y", "-1"]
    ),
    lambda inner: (
        st.lists(inner, max_size=2).map(lambda items: f"[{', '.join(items)}]")
        | st.lists(
            st.tuples(st.sampled_from(["text", "match", "watch", "max_drop", "x-a", "1"]), inner),
            max_size=2,
            unique_by=lambda pair: pair[0],
        ).map(lambda pairs: "{" + ", ".join(f"{key}: {value}" for key, value in pairs) + "}")
    ),
    max_leaves=4,
)
KEYS = ["slot_id", "name", "type", "patterns", "fill_strategy", "dependencies", "trigger_retrain",
        "description", "state", "protect", "gate", "examples", "x-a", "other"]  # fmt: skip


@settings(deadline=None, max_examples=200)
@given(st.dictionaries(st.sampled_from(KEYS), VALUES))
def test_any_value_of_any_key_is_read_or_reported_on_its_line(keys: dict[str, str]) -> None:
    text = "".join(f"{key}: {value}\n" for key, value in keys.items())
    with TemporaryDirectory() as folder:
        manifests = read(Path(folder), text)
    assert manifests.problems or len(manifests.desired) == 1
    assert all(problem.source.line <= max(1, len(keys)) for problem in manifests.problems)
    assert not any("object at 0x" in problem.message for problem in manifests.problems)
