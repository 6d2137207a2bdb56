"""The pictures are still what a run shows; `make pictures` makes them again."""

from __future__ import annotations

import html
import re
from pathlib import Path

from tests.pictures.__main__ import COMMENT, GATE
from tests.pictures.scenes import ROOT, bad_pattern, reviewed_plan


def described(picture: Path) -> str:
    """The text that a picture says it shows."""
    (found,) = re.findall(r"<desc>(.*?)</desc>", picture.read_text(encoding="utf-8"), re.DOTALL)
    return html.unescape(found)


def timeless(text: str) -> str:
    """The text without durations and times, which no two runs share, and with rates to a percent:
    how many users a tenant has heard by then is a matter of milliseconds."""
    text = re.sub(r"\d+(\.\d+)?(?= s\b)|\d\d:\d\d(:\d\d)?", "N", text)
    return re.sub(r"(\d\.\d\d)\d\b", r"\1", text)


def test_the_film_ends_with_what_a_run_shows(tmp_path: Path) -> None:
    *_, last = bad_pattern(tmp_path, settle_seconds=0.4)
    assert timeless(described(GATE)) == timeless(last.text)


def test_the_comment_is_the_one_about_that_plan(tmp_path: Path) -> None:
    assert described(COMMENT) == reviewed_plan(tmp_path)


def test_a_picture_loads_nothing_and_runs_no_script() -> None:
    for picture in (GATE, COMMENT):
        text = picture.read_text(encoding="utf-8")
        assert "<script" not in text
        assert not re.search(r"""(?:src|href)=["'](?!#|https://github\.com/acme/)""", text)


def test_the_readme_shows_each_picture() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for picture in (GATE, COMMENT):
        assert f"]({picture.relative_to(ROOT)})" in readme
