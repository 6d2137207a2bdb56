from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.errors import ManifestError
from reconciler.operations.project import read_project
from reconciler.operations.validate import validate

GOOD = "slot_id: {0}\nname: {0}\ntype: regex\npatterns: [^x$]\nfill_strategy: bestMatch\n"
WARNED = GOOD + "dependencies: [elsewhere]\n"


def write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


def test_good_files_are_valid_and_counted(tmp_path: Path) -> None:
    report = validate(write(tmp_path, a=GOOD.format("a"), b=GOOD.format("b")))
    assert (report.valid, report.slots, report.problems) == (True, 2, ())


def test_a_warning_is_an_error_only_on_request(tmp_path: Path) -> None:
    write(tmp_path, a=WARNED.format("a"))
    lax, strict = validate(tmp_path), validate(tmp_path, strict=True)
    assert lax.problems == strict.problems
    assert [each.rule for each in lax.problems] == ["unknown-dependency"]
    assert (lax.valid, strict.valid) == (True, False)


def test_problems_are_in_the_order_of_files_and_lines(
    tmp_path: Path,
) -> None:
    write(
        tmp_path,
        a=GOOD.format("a") + "dependencies: [elsewhere]\nfoo: 1\n",
        b="slot_id: b\nbar: 1\n",
    )
    report = validate(tmp_path)
    places = [(each.source.file, each.source.line) for each in report.problems]
    assert places == sorted(places)
    assert {each.rule for each in report.problems} >= {"unknown-dependency", "unknown-key"}
    assert not report.valid


def test_it_is_an_error_if_there_is_nothing_to_read(tmp_path: Path) -> None:
    with pytest.raises(ManifestError):
        validate(tmp_path / "nowhere")


def test_a_project_needs_files_without_errors_and_a_slot(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match="holds no slots yet") as caught:
        read_project(write(tmp_path, reconciler="owns: ['*']\n"))
    assert "reconciler pull" in caught.value.hint
    write(tmp_path, a=WARNED.format("a"), b="slot_id: b\n")
    with pytest.raises(ManifestError) as caught:
        read_project(tmp_path)
    assert caught.value.problems
    (tmp_path / "b.yaml").unlink()
    project = read_project(tmp_path)
    assert project.desired.keys() == {"a"}
    assert project.claims("anything")
