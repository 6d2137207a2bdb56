"""Plans in files, which are read completely or refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.adapters import json_files
from reconciler.errors import PlanFileError
from reconciler.formats.failure import failure_json
from reconciler.formats.plan import plan_json
from reconciler.operations import saved_plan
from tests.reports.examples import PLAN


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "plan.json"


def refused(path: Path) -> str:
    with pytest.raises(PlanFileError) as caught:
        saved_plan.read(path)
    assert caught.value.exit_code == 1
    assert caught.value.hint
    assert str(path) in caught.value.message
    return caught.value.message


def test_a_saved_plan_is_read_back_unchanged(path: Path) -> None:
    saved_plan.save(path, PLAN)
    assert path.read_text(encoding="utf-8") == plan_json(PLAN) + "\n"
    assert saved_plan.read(path) == PLAN


@pytest.mark.parametrize(
    "text",
    ["", "{", "[1", '{"a": 1}', "[]", "null", "\ufeff{}", "[" * 100_000, '{"format_version": 1}'],
    ids=range(9),
)
def test_anything_but_a_plan_is_refused(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    refused(path)


@pytest.mark.parametrize("value", ["NaN", "1e999", '"\\ud800"', "123" * 2000, "{}"])
def test_values_that_no_plan_contains_are_refused(path: Path, value: str) -> None:
    text = plan_json(PLAN)
    path.write_text(text.replace('"wave": 0', f'"wave": {value}', 1), encoding="utf-8")
    refused(path)


def test_a_file_that_is_not_utf8_or_cannot_be_read_is_refused(path: Path) -> None:
    assert "cannot be read" in refused(path)
    path.write_bytes(b'{"a": "\xff"}')
    assert "not JSON" in refused(path)
    assert "cannot be read" in refused(path.parent)


def test_a_file_is_not_read_beyond_the_limit(path: Path) -> None:
    saved_plan.save(path, PLAN)
    with path.open("ab") as file:
        file.truncate(json_files.TRUSTED_BYTES + 1)
    assert "larger than 100,000,000 bytes" in refused(path)


def test_a_byte_order_mark_is_skipped_and_utf_16_is_reported(path: Path) -> None:
    path.write_text(plan_json(PLAN), encoding="utf-8-sig")
    assert saved_plan.read(path) == PLAN
    for encoding in ("utf-16", "utf-16-be", "utf-32"):
        mark = "\ufeff" if encoding == "utf-16-be" else ""
        path.write_text(mark + plan_json(PLAN), encoding=encoding)
        assert f"is {encoding[:6].upper()} text, not UTF-8" in refused(path)


def test_a_failed_plan_is_refused_with_its_reason(path: Path) -> None:
    path.write_text(failure_json(PlanFileError("401", hint="renew the secret")))
    assert "holds no plan, because none could be made: 401" in refused(path)
