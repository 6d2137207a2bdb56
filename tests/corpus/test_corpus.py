"""Invalid manifests, each with all expected problems: rule, severity and exact position.

A case is a file or folder in cases/; expected.json lists its problems in the order in which
`reconciler validate` prints them. `REGENERATE_CORPUS=1 pytest tests/corpus` writes that file
again; review the difference line by line, because the file is the specification.
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from reconciler.operations.validate import validate

HERE = Path(__file__).parent
CASES = HERE / "cases"
EXPECTED: dict[str, list[str]] = json.loads((HERE / "expected.json").read_text(encoding="utf-8"))
NAMES = sorted(
    case.relative_to(CASES).as_posix() for group in CASES.iterdir() for case in group.iterdir()
)


def found_in(case: Path, folder: Path) -> list[str]:
    """Each problem of a case, copied alone to `folder`, as `file:line:column severity rule`."""
    if case.is_dir():
        shutil.copytree(case, folder, dirs_exist_ok=True)
    else:
        shutil.copy(case, folder / "slot.yaml")
    problems = validate(folder).problems
    prefix = f"{folder.as_posix()}/"
    return [
        f"{str(each.source).removeprefix(prefix)} {each.severity.value} {each.rule}"
        for each in problems
    ]


@pytest.mark.timeout(10)
@pytest.mark.parametrize("name", NAMES)
def test_every_problem_is_reported_at_its_position(name: str, tmp_path: Path) -> None:
    found = found_in(CASES / name, tmp_path)
    if os.environ.get("REGENERATE_CORPUS"):
        EXPECTED[name] = found
        text = json.dumps(EXPECTED, indent=2, sort_keys=True, ensure_ascii=False)
        (HERE / "expected.json").write_text(f"{text}\n", encoding="utf-8", newline="\n")
    assert found
    assert found == EXPECTED[name]


def test_every_expectation_has_a_case() -> None:
    assert sorted(EXPECTED) == NAMES
    assert len(NAMES) >= 60
