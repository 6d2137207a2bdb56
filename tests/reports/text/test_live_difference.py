"""What differs between two environments, as text."""

from __future__ import annotations

import click

from reconciler.reports.text.layout import columns_of
from reconciler.reports.text.live_difference import live_difference_text
from tests.reports import golden
from tests.reports.live_differences import DIFFERENT, SAME
from tests.reports.terminal import harmless


def test_a_difference_as_text() -> None:
    shown = live_difference_text(DIFFERENT, width=80)
    harmless(shown)
    golden.check("live_difference.txt", shown)


def test_without_differences_there_is_only_the_count() -> None:
    shown = live_difference_text(SAME)
    assert click.unstyle(shown).splitlines() == [
        "Difference of the live slots, from staging to production",
        "",
        "Nothing differs that the files do not mean to differ. 1 slot is the same.",
    ]
    assert click.style(
        "Nothing differs that the files do not mean to differ", fg="green", bold=True
    ) in (shown)


def test_what_is_not_meant_is_shown_as_bad() -> None:
    shown = live_difference_text(DIFFERENT)
    said = "2 slots differ in ways that the files do not mean"
    assert click.style(said, fg="red", bold=True) in shown
    assert click.style("- slot_new", fg="red", bold=True) in shown
    assert click.style("+ slot_order", fg="green", bold=True) in shown


def test_sentences_fit_the_terminal() -> None:
    for line in click.unstyle(live_difference_text(DIFFERENT, width=60)).splitlines():
        assert columns_of(line) <= 60
