"""Which files in a folder are read, and how they are combined."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from reconciler.adapters.cognigy.v1.capabilities import COGNIGY_V1
from reconciler.adapters.manifests import read_manifests
from reconciler.errors import ManifestError
from reconciler.model.settings import Settings
from reconciler.planning.validate import validate

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="POSIX files")
NOT_ROOT = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read anything"
)


def text(slot_id: str) -> str:
    return f"slot_id: {slot_id}\nname: {slot_id}\ntype: list\nfill_strategy: strict\n"


def write(folder: Path, **files: str) -> None:
    """`a__b_yml="…"` writes a/b.yml."""
    for name, content in files.items():
        stem, _, suffix = name.replace("__", "/").rpartition("_")
        path = folder / f"{stem}.{suffix}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")


def ids(folder: Path) -> list[str]:
    manifests = read_manifests(folder)
    assert manifests.problems == ()
    return list(manifests.desired)


def places(folder: Path) -> list[str]:
    """`file:line:column rule` of every problem, with the file relative to the folder."""
    prefix = f"{folder.as_posix()}/"
    problems = read_manifests(folder).problems
    assert all(str(each.source).startswith(prefix) for each in problems)
    return [f"{each.source} {each.rule}".removeprefix(prefix) for each in problems]


def test_yaml_files_at_any_depth_are_read_in_order_of_folder_and_name(tmp_path: Path) -> None:
    write(
        tmp_path,
        b_yaml=text("b"),
        a_yml=text("a"),
        team__c_yaml=text("c"),
        team__deep__er__d_yml=text("d"),
    )
    assert ids(tmp_path) == ["a", "b", "c", "d"]


def test_a_folders_files_come_before_its_subfolders(tmp_path: Path) -> None:
    write(tmp_path, z_yaml=text("z"), team__a_yaml=text("a"), team__b__c_yaml=text("c"))
    assert ids(tmp_path) == ["z", "a", "c"]


def test_a_file_may_contain_several_slots_each_with_its_position(tmp_path: Path) -> None:
    write(tmp_path, all_yaml=f"# first\n---\n{text('a')}---\n---\n{text('b')}...\n")
    manifests = read_manifests(tmp_path)
    assert list(manifests.desired) == ["a", "b"]
    assert str(manifests.desired.where("a", "name")) == f"{tmp_path.as_posix()}/all.yaml:4:7"
    assert str(manifests.desired.where("b", "name")) == f"{tmp_path.as_posix()}/all.yaml:10:7"
    assert manifests.desired.where("b", "patterns", 3).line == 9


def test_hidden_and_underscored_names_and_other_suffixes_are_ignored(tmp_path: Path) -> None:
    write(
        tmp_path,
        a_yaml=text("a"),
        _b_yaml="nonsense",
        _team__c_yaml="nonsense",
        notes_txt="nonsense",
        d_json="nonsense",
        e_yaml_bak="nonsense",
    )
    for name in (".b.yaml", ".git/c.yaml", ".yaml"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("nonsense", encoding="utf-8")
    assert ids(tmp_path) == ["a"]


def test_settings_are_read_only_at_the_root(tmp_path: Path) -> None:
    write(tmp_path, a_yaml=text("a"), reconciler_yaml="owns: [a]\n")
    assert read_manifests(tmp_path).settings.owns == ("a",)
    write(tmp_path, reconciler_yaml="", team__reconciler_yaml="owns: [b]\n")
    manifests = read_manifests(tmp_path)
    assert manifests.settings == Settings()
    assert places(tmp_path) == ["team/reconciler.yaml:1:1 misplaced-settings"]


def test_a_slot_file_elsewhere_may_have_the_name_of_the_settings_file(tmp_path: Path) -> None:
    write(tmp_path, team__reconciler_yaml=text("a"), reconciler_yml=text("b"))
    assert ids(tmp_path) == ["b", "a"]


def test_an_ignored_suffix_in_capitals_is_reported(tmp_path: Path) -> None:
    write(tmp_path, a_yaml=text("a"), b_YAML="nonsense", _c_YML="nonsense")
    assert places(tmp_path) == ["b.YAML:1:1 ignored-file"]
    assert not read_manifests(tmp_path).problems[0].is_error


def test_a_folder_with_only_suffixes_in_capitals_is_not_reported_as_empty(tmp_path: Path) -> None:
    write(tmp_path, b_YML=text("b"))
    assert places(tmp_path) == ["b.YML:1:1 ignored-file"]


def test_all_problems_of_all_files_are_reported_at_once(tmp_path: Path) -> None:
    write(
        tmp_path,
        a_yaml=text("a") + "colour: red\n",
        b_yaml="- [\n",
        c_yaml="",
        d_yaml=text("d"),
        reconciler_yaml="own: []\n",
        team__e_yaml=text("e").replace("strict", "loose"),
    )
    (tmp_path / "f.yaml").write_bytes(b"\xff")
    assert places(tmp_path) == [
        "a.yaml:5:1 unknown-key",
        "b.yaml:2:1 yaml-syntax",
        "c.yaml:1:1 empty-file",
        "f.yaml:1:1 not-utf8",
        "reconciler.yaml:1:1 unknown-key",
        "team/e.yaml:4:16 bad-value",
    ]
    assert list(read_manifests(tmp_path).desired) == ["d"]


def test_a_valid_document_next_to_an_invalid_one_is_read(tmp_path: Path) -> None:
    write(tmp_path, all_yaml=f"{text('a')}---\nslot_id: b\n---\n{text('c')}")
    manifests = read_manifests(tmp_path)
    assert list(manifests.desired) == ["a", "c"]
    assert {each.slot_id for each in manifests.problems} == {"b"}


def test_a_duplicate_slot_id_is_reported_with_both_positions(tmp_path: Path) -> None:
    write(tmp_path, a_yaml="# mine\n" + text("x"), b_yaml=text("y") + "---\n" + text("x"))
    (problem,) = read_manifests(tmp_path).problems
    assert problem.rule == "duplicate-slot-id"
    assert str(problem.source) == f"{tmp_path.as_posix()}/b.yaml:6:10"
    assert f"{tmp_path.as_posix()}/a.yaml:2:10" in problem.message
    assert problem.slot_id == "x"


def test_every_repetition_of_a_slot_id_is_reported(tmp_path: Path) -> None:
    write(tmp_path, all_yaml="---\n".join([text("x")] * 3))
    assert places(tmp_path) == [
        "all.yaml:6:10 duplicate-slot-id",
        "all.yaml:11:10 duplicate-slot-id",
    ]


def test_a_document_with_problems_still_claims_its_slot_id(tmp_path: Path) -> None:
    write(tmp_path, a_yaml=text("x") + "colour: red\n", b_yaml=text("x"))
    assert places(tmp_path) == ["a.yaml:5:1 unknown-key", "b.yaml:1:10 duplicate-slot-id"]


# Missing folders and unreadable files


def test_a_missing_folder_is_reported_with_a_hint(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match="nowhere does not exist") as caught:
        read_manifests(tmp_path / "nowhere")
    assert "--slots" in caught.value.hint


def test_a_file_is_not_accepted_as_the_folder(tmp_path: Path) -> None:
    write(tmp_path, a_yaml=text("a"))
    with pytest.raises(ManifestError, match="is not a folder"):
        read_manifests(tmp_path / "a.yaml")


def test_an_empty_folder_is_reported(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match="contains no slot files"):
        read_manifests(tmp_path)


def test_a_folder_that_is_named_like_a_file_is_still_a_folder(tmp_path: Path) -> None:
    write(tmp_path, a_yaml=text("a"))
    (tmp_path / "x.yaml").mkdir()
    (tmp_path / "x.yaml" / "b.yaml").write_text(text("b"), encoding="utf-8")
    assert ids(tmp_path) == ["a", "b"]


@POSIX
def test_a_pipe_or_dangling_link_is_reported_without_blocking(tmp_path: Path) -> None:
    write(tmp_path, a_yaml=text("a"))
    os.mkfifo(tmp_path / "b.yaml")
    (tmp_path / "d.yaml").symlink_to("nowhere.yaml")
    (tmp_path / "e.yaml").symlink_to("e.yaml")
    assert places(tmp_path) == [
        "b.yaml:1:1 unreadable",
        "d.yaml:1:1 unreadable",
        "e.yaml:1:1 unreadable",
    ]


@POSIX
def test_a_link_to_a_file_is_followed_and_a_folder_inside_itself_is_not(tmp_path: Path) -> None:
    write(tmp_path, team__a_yaml=text("a"))
    (tmp_path / "real.txt").write_text(text("b"), encoding="utf-8")
    (tmp_path / "b.yaml").symlink_to("real.txt")
    (tmp_path / "team" / "again").symlink_to(tmp_path, target_is_directory=True)
    assert ids(tmp_path) == ["b", "a"]


@POSIX
def test_a_link_that_leaves_the_folder_is_an_error_and_not_followed(tmp_path: Path) -> None:
    slots = tmp_path / "slots"
    write(tmp_path, slots__a_yaml=text("a"), elsewhere__b_yaml=text("b"))
    (slots / "b.yaml").symlink_to("../elsewhere/b.yaml")
    (slots / "team").symlink_to("../elsewhere", target_is_directory=True)
    (slots / "null.yaml").symlink_to("/dev/null")
    manifests = read_manifests(slots)
    assert list(manifests.desired) == ["a"]
    assert places(slots) == [
        "b.yaml:1:1 outside-folder",
        "null.yaml:1:1 outside-folder",
        "team:1:1 outside-folder",
    ]
    assert "elsewhere/b.yaml" in manifests.problems[0].message
    assert all(problem.is_error for problem in manifests.problems)


@POSIX
def test_a_link_that_is_ignored_may_lead_anywhere(tmp_path: Path) -> None:
    slots = tmp_path / "slots"
    write(tmp_path, slots__a_yaml=text("a"), b_yaml=text("b"))
    (slots / "notes.txt").symlink_to("../b.yaml")
    (slots / "_b.yaml").symlink_to("../b.yaml")
    (slots / ".team").symlink_to("..", target_is_directory=True)
    assert ids(slots) == ["a"]


@POSIX
def test_a_folder_whose_name_has_the_same_prefix_is_outside(tmp_path: Path) -> None:
    write(tmp_path, slots__a_yaml=text("a"), slots2__b_yaml=text("b"))
    (tmp_path / "slots" / "b.yaml").symlink_to("../slots2/b.yaml")
    assert places(tmp_path / "slots") == ["b.yaml:1:1 outside-folder"]


@POSIX
def test_a_file_is_read_once_under_its_own_path_even_if_there_are_links_to_it(
    tmp_path: Path,
) -> None:
    write(tmp_path, m__z_yaml=text("z"))
    (tmp_path / "a.yaml").symlink_to("m/z.yaml")
    (tmp_path / "b").symlink_to("m", target_is_directory=True)
    (tmp_path / "c.yaml").symlink_to("a.yaml")
    assert ids(tmp_path) == ["z"]
    assert read_manifests(tmp_path).desired.where("z").file.endswith("/m/z.yaml")


@POSIX
def test_a_file_that_its_name_excludes_is_read_through_a_link_as_in_a_mounted_volume(
    tmp_path: Path,
) -> None:
    """Kubernetes mounts a ConfigMap as links into a hidden folder, which is itself a link."""
    write(tmp_path, **{"..2026__a_yaml": text("a")})
    (tmp_path / "..data").symlink_to("..2026", target_is_directory=True)
    (tmp_path / "a.yaml").symlink_to("..data/a.yaml")
    (tmp_path / "team").symlink_to("..data", target_is_directory=True)
    assert ids(tmp_path) == ["a"]


@POSIX
def test_the_folder_itself_may_be_a_link(tmp_path: Path) -> None:
    write(tmp_path, real__a_yaml=text("a"))
    (tmp_path / "slots").symlink_to("real", target_is_directory=True)
    (tmp_path / "real" / "b.yaml").symlink_to("a.yaml")
    assert ids(tmp_path / "slots") == ["a"]


@POSIX
@pytest.mark.skipif(sys.platform == "darwin", reason="its file names are always UTF-8")
def test_a_problem_in_a_file_whose_name_is_not_valid_text_is_reported(tmp_path: Path) -> None:
    write(tmp_path, a_yaml=text("a"))
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/b\xff.yaml")).write_text("", encoding="utf-8")
    (problem,) = read_manifests(tmp_path).problems
    assert problem.rule == "empty-file"
    assert problem.source.file.isprintable()


@NOT_ROOT
def test_a_file_without_read_permission_is_reported(tmp_path: Path) -> None:
    write(tmp_path, a_yaml=text("a"), b_yaml=text("b"))
    (tmp_path / "b.yaml").chmod(0)
    assert places(tmp_path) == ["b.yaml:1:1 unreadable"]


@NOT_ROOT
def test_a_folder_without_read_permission_is_reported(tmp_path: Path) -> None:
    write(tmp_path, a_yaml=text("a"), team__b_yaml=text("b"))
    (tmp_path / "team").chmod(0)
    try:
        with pytest.raises(ManifestError, match="cannot be listed"):
            read_manifests(tmp_path)
    finally:
        (tmp_path / "team").chmod(0o700)


def test_the_valid_parts_of_a_slot_with_problems_are_a_draft(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(
        "slot_id: a\nname: 7\ntype: regex\npatterns: [(]\nfill_strategy: best\n"
        "dependencies: [b]\nexamples: {match: [x]}\n"
    )
    manifests = read_manifests(tmp_path)
    assert dict(manifests.desired) == {}
    draft = manifests.drafts["a"]
    assert draft.content is not None
    assert (draft.content.patterns, draft.content.dependencies) == (("(",), ("b",))
    assert {problem.rule for problem in validate(manifests.drafts, api=COGNIGY_V1)} == {
        "pattern-invalid",
        "unknown-dependency",
    }


@pytest.mark.parametrize("fault", ["patterns: [1]", "patterns: a", "pattern: [a]"])
def test_patterns_with_a_problem_are_not_also_reported_as_missing(
    tmp_path: Path, fault: str
) -> None:
    (tmp_path / "a.yaml").write_text(
        f"slot_id: a\nname: a\ntype: regex\n{fault}\nfill_strategy: strict\n"
    )
    assert validate(read_manifests(tmp_path).drafts, api=COGNIGY_V1) == ()


@pytest.mark.parametrize("text", ["name: a\n", "slot_id: -a\n", "slot_id: [a]\n", "- a\n"])
def test_without_a_valid_id_there_is_no_draft(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.yaml").write_text(text)
    assert dict(read_manifests(tmp_path).drafts) == {}
