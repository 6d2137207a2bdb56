"""What differs between two environments, as Markdown."""

from __future__ import annotations

from reconciler.reports.markdown_live_difference import live_difference_markdown
from tests.reports import golden
from tests.reports.live_differences import DIFFERENT, SAME
from tests.reports.terminal import harmless


def test_a_difference_as_markdown() -> None:
    shown = live_difference_markdown(DIFFERENT)
    harmless(shown)
    golden.check("live_difference.md", shown)


def test_without_differences_there_is_only_the_count() -> None:
    assert live_difference_markdown(SAME).splitlines()[2:] == [
        "**Nothing differs that the files do not mean to differ**. 1 slot is the same."
    ]
