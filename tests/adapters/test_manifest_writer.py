"""Live slots are written as files, and a plan directly afterwards is empty."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from reconciler.adapters.manifests import files, read_manifests, yaml_source
from reconciler.adapters.manifests.documents import DEFAULT
from reconciler.adapters.manifests.existing import read_existing
from reconciler.adapters.manifests.names import file_names
from reconciler.adapters.manifests.scalars import Around, scalar
from reconciler.adapters.manifests.schema import SCHEMA_FILE, schema_text
from reconciler.adapters.manifests.writer import FIRST_LINE, SlotForm, SlotWriter
from reconciler.errors import ManifestError
from reconciler.model.slot import LiveSlot
from reconciler.model.state import LiveState
from reconciler.model.written import Written
from tests.support.build import live, plan

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="POSIX links")

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=60) | st.sampled_from(
    [
        "", " ", "no", "1", "1e3", "0x1F", "2024-01-01", "~", "=", "<<", "- a", "a: b", "a #b",
        "# a", "'", '"', "''", "\\", "\\n", "a\nb", "a\n\n", "\n", " a", "a ", "\ta", "a\tb",
        "a\x85b", "a\u2028b", "\ufeff", "\ufffe", "\U0001fffe", "\x00", "\x7f", "\x1b[2J", "🍎",
        "👩\u200d🍳", "\u202eabc", "---", "...", "--- a", "[", "]", "{}", "&a", "*a", "!a", "|",
        ">", "%a", "@a", "`a", "a,b", "? a", ": a", "a:", "null", "Yes", "x" * 3000,
        r"^[A-Z]{2}-\d{4,6}$", r"^ORD-\d{5}$",
    ]
)  # fmt: skip
slot_ids = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,12}", fullmatch=True)
strategies = st.sampled_from(["bestMatch", "firstMatch", "strict", "fuzzy"])


@st.composite
def live_states(draw: st.DrawFn, ids: Iterable[str] = ()) -> LiveState:
    """Slots without cycles: each depends only on earlier ones."""
    chosen = list(ids) or draw(st.lists(slot_ids, unique=True, max_size=4))
    made: list[LiveSlot] = []
    for slot_id in chosen:
        uses = draw(st.lists(st.sampled_from([each.slot_id for each in made]))) if made else []
        made.append(
            live(
                slot_id,
                *uses,
                name=draw(texts.filter(bool)),
                type=draw(texts.filter(bool)),
                patterns=tuple(draw(st.lists(texts, max_size=5))),
                fill_strategy=draw(strategies),
            )
        )
    return LiveState(made)


def pull(
    folder: Path, slots: Iterable[LiveSlot] | LiveState, *, overwrite: bool = False
) -> list[Written]:
    state = slots if isinstance(slots, LiveState) else LiveState(slots)
    existing = read_existing(folder)
    writer = SlotWriter(folder, live=state, existing=existing, overwrite=overwrite)
    return [writer.write(slot_id) for slot_id in state]


def results(written: Iterable[Written]) -> list[str]:
    return [each.result.value for each in written]


def is_in_sync(folder: Path, state: LiveState) -> bool:
    manifests = read_manifests(folder)
    assert manifests.problems == ()
    return all(
        manifests.desired[slot.slot_id].canonical == slot.canonical for slot in state.values()
    )


def refreshed(folder: Path, before: str, slot: LiveSlot) -> str:
    """The text, byte for byte, of a file with the text `before` after it is refreshed."""
    path = folder / "file.yaml"
    path.write_bytes(before.encode())
    assert results(pull(folder, [slot], overwrite=True)) == ["refreshed"]
    assert is_in_sync(folder, LiveState([slot]))
    return path.read_bytes().decode()


# New files


@given(live_states())
def test_a_second_pull_changes_nothing(state: LiveState) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        assert set(results(pull(folder, state))) <= {"created"}
        if state:
            assert is_in_sync(folder, state)
            assert plan(read_manifests(folder).desired, state.values()).changes == ()
        assert set(results(pull(folder, state))) <= {"unchanged"}


def test_a_new_file_refers_to_its_schema_and_has_its_keys_in_order(tmp_path: Path) -> None:
    slot = live("slot_a", "slot_c", "slot_b", "slot_c", name="order number", patterns=(r"^\d: x$",))
    (written,) = pull(tmp_path, [slot])
    assert written.path == str(tmp_path / "order_number.yaml")
    assert Path(written.path).read_text(encoding="utf-8") == (
        f"{FIRST_LINE}slot_id: slot_a\nname: order number\ntype: regex\n"
        "patterns:\n  - '^\\d: x$'\n"
        "fill_strategy: bestMatch\ndependencies: [slot_b, slot_c]\n"
    )


def test_many_dependencies_are_written_one_per_line(tmp_path: Path) -> None:
    uses = [f"slot_{number:030}" for number in range(4)]
    text = SlotForm(read_existing(tmp_path)).text(live("slot_a", *uses))
    assert f"dependencies:\n  - {uses[0]}\n" in text


@pytest.mark.parametrize(
    ("text", "written"),
    [
        (r"^ORD-\d{5}$", r"^ORD-\d{5}$"),
        ("it's", "it's"),
        ("a: b", "'a: b'"),
        ("# it's", "'# it''s'"),
        ("no", "'no'"),
        ("1e3", "'1e3'"),
        ("y", "'y'"),
        ("", "''"),
        (" a", "' a'"),
        ("🍎", "🍎"),
        ("👩\u200d🍳", "👩\u200d🍳"),
        ("a\tb\\", '"a\\tb\\\\"'),
        ("\u202e", '"\\u202e"'),
        ("\U000e0001", '"\\U000e0001"'),
    ],
)
def test_a_text_is_written_in_the_plainest_possible_style(text: str, written: str) -> None:
    assert scalar(text) == written


@given(texts)
def test_a_scalar_reads_back_in_any_context(text: str) -> None:
    for around, form in ((Around.BLOCK, "k: {}"), (Around.FLOW, "k: [a, {}]"), (Around.JSON, "{}")):
        document = form.replace("{}", scalar(text, around=around))
        (read,), problems = yaml_source.parse(document, file="")
        assert problems == []
        assert read.value in (text, {"k": text}, {"k": ("a", text)})


@pytest.mark.parametrize(
    ("slot", "reason"),
    [
        (live("slot_a", name=None), "`name` is missing"),
        (live("slot_a", type=None), "`type` is missing"),
        (live("slot_a", fill_strategy=None), "`fill_strategy` is missing"),
        (live("slot_a", fill_strategy="other"), "fill_strategy"),
        (live("slot_a", name=""), "`name` is empty"),
        (live("../../etc/passwd"), "slot_id"),
        (live("slot_a", "not an id"), "dependencies"),
        (live("slot_a", patterns=("x" * yaml_source.MAX_BYTES,)), "bytes"),
    ],
)
def test_a_slot_that_no_slot_file_can_express_is_left_out(
    tmp_path: Path, slot: LiveSlot, reason: str
) -> None:
    (written,) = pull(tmp_path, [slot])
    assert written.result.value == "left out"
    assert reason in written.reason
    assert list(tmp_path.iterdir()) == []


# File names


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("order number", "order_number"),
        ("Größe", "Gro_e"),
        ("Gro\u0308e", "Groe"),
        ("注文", "slot_x"),
        ("", "slot_x"),
        ("...", "slot_x"),
        ("_hidden", "hidden"),
        (".hidden. ", "hidden"),
        ("../../etc/passwd", "etc_passwd"),
        ("C:\\x", "C_x"),
        ("con", "slot_con"),
        ("Com1.txt", "slot_Com1.txt"),
        ("COM¹", "slot_COM1"),
        ("Reconciler", "slot_Reconciler"),
        ("console", "console"),
        ("a" * 500, "a" * 100),
    ],
)
def test_a_file_is_named_after_its_slot_as_closely_as_is_safe(name: str, file: str) -> None:
    assert file_names({"slot_x": name}) == {"slot_x": f"{file}.yaml"}


@given(st.dictionaries(slot_ids, texts, max_size=6), st.lists(texts, max_size=3))
@example({"a": "x", "A": "X"}, [])
@example({"a": "x", "b": "X", "c": "x-a"}, ["x-b.yaml"])
def test_file_names_are_distinct_on_any_file_system(
    names: dict[str, str], taken: list[str]
) -> None:
    chosen = list(file_names(names, taken=taken).values())
    folded = {each.lower() for each in chosen} - {each.lower() for each in taken}
    assert len(folded) == len(names)
    for file in chosen:
        assert file[0] not in "._"
        assert file.isascii()
        assert len(file) < 250
        assert file.lower() != "reconciler.yaml"


def test_names_that_collide_get_the_slot_id_in_any_order_of_the_listing() -> None:
    names = {"b": "Order", "a": "order", "c": "c"}
    expected = {"a": "order-a.yaml", "b": "Order-b.yaml", "c": "c.yaml"}
    assert file_names(names) == file_names(dict(sorted(names.items()))) == expected
    second = {"b": "x", "c": "x", "a": "x-b"}
    assert file_names(second) == file_names(dict(sorted(second.items())))
    assert file_names(second)["a"] == "x-b.yaml"


def test_a_file_of_another_slot_is_never_overwritten(tmp_path: Path) -> None:
    pull(tmp_path, [live("slot_a", name="order")])
    before = (tmp_path / "order.yaml").read_bytes()
    (written,) = pull(tmp_path, [live("slot_b", name="ORDER")], overwrite=True)
    assert written.path == str(tmp_path / "ORDER-slot_b.yaml")
    assert (tmp_path / "order.yaml").read_bytes() == before


# Refreshed files

COMMENTED = """\
# what orders are called
slot_id: slot_a

name:   'order'   # the name
x-owner: {team: [orders, 7], since: 2024-01-01}
type: regex
patterns:  # in order
    # two letters
    - ^A$   # a
    - "^B$"   # b
    # and the last
    - ^C$
fill_strategy: bestMatch
description: >
    folded
    text
examples: {match: [A], reject: [b]}
gate: {min_success_rate: 0.80}
protect: true
# the end
"""


def commented(**fields: Any) -> LiveSlot:
    return live("slot_a", **{"name": "order", "patterns": ("^A$", "^B$", "^C$"), **fields})


@pytest.mark.parametrize(
    ("fields", "old", "new"),
    [
        ({"name": "it: s"}, "'order'", "'it: s'"),
        ({"type": "list"}, "type: regex", "type: list"),
        ({"fill_strategy": "fuzzy"}, "fill_strategy: bestMatch", "fill_strategy: fuzzy"),
        ({"patterns": ("^A$", "^X$", "^C$")}, '"^B$"', '"^X$"'),
        ({"patterns": ("^B$", "^C$")}, "    - ^A$   # a\n", ""),
        ({"patterns": ("^A$", "^B$")}, "    - ^C$\n", ""),
        ({"patterns": ("^X$", "^A$", "^B$", "^C$")}, "    - ^A$", "    - ^X$\n    - ^A$"),
        ({"patterns": ("^A$", "^B$", "^C$", "^D$", "^E$")}, "^C$\n", "^C$\n    - ^D$\n    - ^E$\n"),
        ({"patterns": ("^A$", "^X$", "^B$", "^C$")}, "# a\n", "# a\n    - ^X$\n"),
        (
            {"dependencies": ("slot_c",)},
            "fill_strategy: bestMatch\n",
            "fill_strategy: bestMatch\ndependencies:\n  - slot_c\n",
        ),
    ],
)
def test_a_refresh_changes_only_the_characters_that_differ(
    tmp_path: Path, fields: dict[str, Any], old: str, new: str
) -> None:
    assert COMMENTED.count(old) == 1
    text = refreshed(tmp_path, COMMENTED, commented(**fields))
    assert text == COMMENTED.replace(old, new)


def test_a_list_that_becomes_empty_keeps_the_comments_between_its_items(tmp_path: Path) -> None:
    text = refreshed(tmp_path, COMMENTED, commented(patterns=(), type="list"))
    assert "patterns: []  # in order\n    # two letters\n    # and the last\nfill_s" in text


def test_line_endings_and_a_byte_order_mark_are_kept(tmp_path: Path) -> None:
    before = "\ufeff" + COMMENTED.replace("\n", "\r\n")
    text = refreshed(tmp_path, before, commented(patterns=("^A$", "^B$", "^C$", "^D$")))
    assert text == before.replace("- ^C$\r\n", "- ^C$\r\n    - ^D$\r\n")


BARE = "slot_id: slot_a\nname: order\ntype: regex\nfill_strategy: bestMatch\n"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("patterns: []  # none\n", "patterns:  # none\n  - a\n  - b\n"),
        ("patterns:\n", "patterns:\n  - a\n  - b\n"),
        ("patterns:", "patterns:\n  - a\n  - b"),
        ("patterns: [b, 'x, y']\n", "patterns: [a, b]\n"),
        ("patterns: [ 'a', 'x' ]  # two\n", "patterns: [ 'a', 'b' ]  # two\n"),
        ('patterns: ["b"]\n', 'patterns: ["a", "b"]\n'),
        ("patterns: [\n  a,\n  x,\n  y,\n]\n", "patterns: [\n  a,\n  b,\n]\n"),
        ("patterns: ['#', 'x']\n", "patterns: ['a', 'b']\n"),
        ("patterns:\n- 'a'\n", "patterns:\n- 'a'\n- 'b'\n"),
        ('patterns:\n- "b"\n', 'patterns:\n- "a"\n- "b"\n'),
        (
            "patterns: [  # first\n  b,  # second\n]\n",
            "patterns: [  # first\n  a, b,  # second\n]\n",
        ),
        ("patterns: [a, # x\n  c]\n", "patterns: [a, # x\n  b]\n"),
        ("patterns: [a  # x\n  ]\n", "patterns: [a, b  # x\n  ]\n"),
        ("patterns: [x, a,  # x\n  b]\n", "patterns: [ a,  # x\n  b]\n"),
        ("patterns: [a, b,  # x\n  c]\n", "patterns: [a, b,  # x\n  ]\n"),
        ("patterns:\n- a\n- >-\n  long\n  text\n", "patterns:\n- a\n- b\n"),
        ("patterns:\n-\n  a\n- # why\n  c\n", "patterns:\n-\n  a\n- # why\n  b\n"),
        ("patterns:\n- a\n- b\n-\n  c # x\n# end", "patterns:\n- a\n- b\n# end"),
    ],
)
def test_a_list_keeps_its_style(tmp_path: Path, written: str, expected: str) -> None:
    slot = live("slot_a", name="order", patterns=("a", "b"))
    assert refreshed(tmp_path, BARE + written, slot) == BARE + expected


def test_a_missing_key_is_inserted_in_order(tmp_path: Path) -> None:
    before = "slot_id: slot_a  # one\nname: order # two\ntype: regex\nfill_strategy: bestMatch"
    text = refreshed(tmp_path, before, live("slot_a", "slot_b", name="order", patterns=("a",)))
    assert text == (
        "slot_id: slot_a  # one\nname: order # two\ntype: regex\npatterns:\n  - a\n"
        "fill_strategy: bestMatch\ndependencies:\n  - slot_b"
    )


def test_json_stays_json(tmp_path: Path) -> None:
    before = '{"slot_id": "slot_a", "name": "o", "type": "regex", "fill_strategy": "strict"}'
    text = refreshed(
        tmp_path, before, live("slot_a", name='a"\n', patterns=("^a$", "b"), fill_strategy="strict")
    )
    assert text == (
        '{"slot_id": "slot_a", "name": "a\\"\\n", "type": "regex", "patterns": ["^a$", "b"], '
        '"fill_strategy": "strict"}'
    )


def test_only_one_of_several_documents_is_refreshed(tmp_path: Path) -> None:
    other = BARE.replace("slot_a", "slot_b").replace("order", "other")
    before = f"# top\n---\n{other}---\n{BARE}...\n---\n{other.replace('slot_b', 'slot_c')}"
    text = refreshed(tmp_path, before, live("slot_a", name="new", patterns=()))
    assert text == before.replace("name: order", "name: new")


def test_dependencies_in_another_order_are_not_a_difference(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(BARE + "patterns: [a]\ndependencies: [slot_c, slot_b]\n")
    slot = live("slot_a", "slot_b", "slot_c", name="order", patterns=("a",))
    assert results(pull(tmp_path, [slot], overwrite=True)) == ["unchanged"]
    more = live("slot_a", "slot_a0", "slot_b", "slot_c", name="order", patterns=("a",))
    pull(tmp_path, [more], overwrite=True)
    assert "[slot_c, slot_b, slot_a0]" in (tmp_path / "a.yaml").read_text()


def test_an_absent_slot_that_is_live_becomes_present_when_overwriting(tmp_path: Path) -> None:
    slot = live("slot_a", name="order")
    text = refreshed(tmp_path, "# gone?\nslot_id: slot_a\nstate: absent  # really\n", slot)
    assert text.startswith("# gone?\nslot_id: slot_a\nname: order\ntype: regex\npatterns:\n")
    assert text.endswith("state: present  # really\n")


def test_a_file_that_differs_is_kept_unless_overwriting(tmp_path: Path) -> None:
    path = tmp_path / "any name.yml"
    path.write_text(COMMENTED)
    (written,) = pull(tmp_path, [commented(name="new", type="list")])
    assert (written.result.value, written.path) == ("kept", str(path))
    assert "name, type" in written.reason
    assert path.read_text() == COMMENTED


def test_a_file_without_a_difference_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(COMMENTED)
    before = path.stat()
    assert results(pull(tmp_path, [commented()], overwrite=True)) == ["unchanged"]
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


@pytest.mark.parametrize(
    "text",
    [
        f"{BARE.replace('order', '&n order')}patterns: [a]\ndescription: *n\n",
        f"{BARE}patterns: !!seq\n- b\n",
        f"{BARE}patterns: &p\n- b\n",
    ],
)
def test_a_file_that_cannot_be_edited_in_place_is_kept_and_reported(
    tmp_path: Path, text: str
) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(text)
    (written,) = pull(tmp_path, [live("slot_a", name="new", patterns=("a",))], overwrite=True)
    assert written.result.value == "kept"
    assert "by hand" in written.reason
    assert path.read_text() == text


@settings(max_examples=150)
@given(live_states(["slot_a", "slot_b"]), live_states(["slot_a", "slot_b"]))
def test_any_state_can_be_refreshed_to_any_other(before: LiveState, after: LiveState) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        pull(folder, before)
        assert set(results(pull(folder, after, overwrite=True))) <= {"refreshed", "unchanged"}
        assert is_in_sync(folder, after)
        assert all(path.suffix == ".yaml" for path in folder.iterdir())


items = st.sampled_from(["a", "b", "c", "d", "x, y", "# e", "^[a]$"])
lists = st.lists(items, max_size=5)


@settings(max_examples=300)
@given(
    lists,
    lists,
    st.sampled_from(["block", "commented block", "flow", "commented flow", "json"]),
)
def test_any_list_can_become_any_other_in_any_style_without_losing_separate_comments(
    before: list[str], after: list[str], form: str
) -> None:
    quoted = [f'"{item}"' for item in before]
    body = {
        "block": "".join(f"\n- {item}" for item in quoted) or " []",
        "commented block": "".join(f"\n  # own\n  - {item}  # too" for item in quoted) or " []",
        "flow": f" [{', '.join(quoted)}]",
        "commented flow": " [ # own\n  " + "".join(f"{item}, # own\n  " for item in quoted) + "]",
        "json": f" [{', '.join(quoted)}]",
    }[form]
    text = f"{BARE}patterns:{body}\nprotect: true\n"
    if form == "json":
        keys = [f'"{each.replace(": ", chr(34) + ": " + chr(34))}"' for each in BARE.splitlines()]
        text = "{" + ", ".join([*keys, f'"patterns":{body}', '"protect": true']) + "}"
    with TemporaryDirectory() as name:
        folder, slot = Path(name), live("slot_a", name="order", patterns=tuple(after))
        path = folder / "file.yaml"
        path.write_text(text)
        assert set(results(pull(folder, [slot], overwrite=True))) <= {"refreshed", "unchanged"}
        assert is_in_sync(folder, LiveState([slot]))
        written = path.read_text()
        assert read_manifests(folder).desired["slot_a"].protect
        assert written.count("# own") == text.count("# own")


# Links and permissions


@POSIX
def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    folder, outside = tmp_path / "slots", tmp_path / "outside.yaml"
    folder.mkdir()
    outside.write_text(COMMENTED)
    slot = commented(name="new")
    state = LiveState([slot])
    (folder / "a.yaml").write_text(COMMENTED)
    existing = read_existing(folder)
    (folder / "a.yaml").unlink()
    (folder / "a.yaml").symlink_to(outside)
    (written,) = [SlotWriter(folder, live=state, existing=existing, overwrite=True).write("slot_a")]
    assert written.result.value == "kept"
    assert "link" in written.reason
    assert outside.read_text() == COMMENTED


@POSIX
def test_a_new_file_does_not_take_the_name_of_a_dangling_link(tmp_path: Path) -> None:
    (tmp_path / "order.yaml").symlink_to(tmp_path.parent / "elsewhere.yaml")
    names = file_names({"slot_a": "order"}, taken=files.names_in(tmp_path))
    assert names == {"slot_a": "order-slot_a.yaml"}


@POSIX
def test_a_link_within_the_folder_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "_real.yaml").write_text(COMMENTED)
    link = tmp_path / "a.yaml"
    link.symlink_to("_real.yaml")
    assert results(pull(tmp_path, [commented(name="new")], overwrite=True)) == ["refreshed"]
    assert link.is_symlink()
    assert "new" in (tmp_path / "_real.yaml").read_text()


@POSIX
def test_a_refreshed_file_keeps_its_permissions(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(COMMENTED)
    path.chmod(0o640)
    pull(tmp_path, [commented(name="new")], overwrite=True)
    assert path.stat().st_mode & 0o777 == 0o640


def test_a_path_that_is_not_a_folder_and_a_file_that_cannot_be_written_are_errors(
    tmp_path: Path,
) -> None:
    path = tmp_path / "file"
    path.write_text("")
    with pytest.raises(ManifestError, match="not a folder"):
        read_existing(path)
    with pytest.raises(ManifestError, match="cannot be written"):
        files.write(path / "a.yaml", b"")
    (tmp_path / "a.yaml").mkdir()
    with pytest.raises(ManifestError, match="cannot be written"):
        files.write(tmp_path / "a.yaml", b"")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a.yaml", "file"]


def test_a_folder_with_an_invalid_file_is_refused_because_it_may_define_a_slot(
    tmp_path: Path,
) -> None:
    (tmp_path / "a.yaml").write_text("slot_id: slot_a\n")
    with pytest.raises(ManifestError) as caught:
        read_existing(tmp_path)
    assert "missing-key" in {problem.rule for problem in caught.value.problems}


def test_a_folder_with_only_settings_is_read(tmp_path: Path) -> None:
    (tmp_path / "reconciler.yaml").write_text("limits: {max_attempts: 7}\n")
    assert read_existing(tmp_path).settings.limits.max_attempts == 7
    (tmp_path / "reconciler.yaml").write_text("limits: {max_attempts: x}\n")
    with pytest.raises(ManifestError):
        read_existing(tmp_path)
    (tmp_path / "reconciler.yaml").write_bytes(b"\xff")
    with pytest.raises(ManifestError):
        read_existing(tmp_path)


# The schema next to the slots


def schema_result(folder: Path, *, overwrite: bool = False) -> str:
    writer = SlotWriter(
        folder, live=LiveState(), existing=read_existing(folder), overwrite=overwrite
    )
    return writer.write_schema().result.value


def test_the_schema_is_written_and_ignored_by_the_reader(tmp_path: Path) -> None:
    assert schema_result(tmp_path) == "created"
    assert schema_result(tmp_path) == "unchanged"
    assert (tmp_path / SCHEMA_FILE).read_text(encoding="utf-8") == schema_text(DEFAULT)
    assert dict(read_existing(tmp_path).desired) == {}


def test_an_older_schema_is_refreshed_and_a_foreign_one_is_kept(tmp_path: Path) -> None:
    path = tmp_path / SCHEMA_FILE
    path.write_text('{"$id": "urn:slot-reconciler:schema:slot:1"}')
    assert schema_result(tmp_path) == "refreshed"
    for text in ("{}", "[]", "nonsense"):
        path.write_text(text)
        assert schema_result(tmp_path) == "kept"
        assert path.read_text() == text
    assert schema_result(tmp_path, overwrite=True) == "refreshed"


@POSIX
def test_a_schema_that_is_a_link_out_of_the_folder_is_kept(tmp_path: Path) -> None:
    outside = tmp_path / "outside.json"
    outside.write_text("{}")
    folder = tmp_path / "slots"
    folder.mkdir()
    (folder / SCHEMA_FILE).symlink_to(outside)
    assert schema_result(folder, overwrite=True) == "kept"
    assert outside.read_text() == "{}"
