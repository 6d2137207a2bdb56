"""Colour and liveness are two switches."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from reconciler.config.terminal import can_replace_lines, choose_color, color_choice


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "TERM"):
        monkeypatch.delenv(name, raising=False)
    yield
    choose_color("auto")


@pytest.mark.parametrize(
    ("variables", "color"),
    [
        ({}, None),
        ({"NO_COLOR": "1"}, False),
        ({"NO_COLOR": ""}, None),
        ({"FORCE_COLOR": "1"}, True),
        ({"FORCE_COLOR": "0"}, None),
        ({"CLICOLOR_FORCE": "1"}, True),
        ({"NO_COLOR": "1", "FORCE_COLOR": "1", "CLICOLOR_FORCE": "1"}, False),
        ({"TERM": "dumb"}, False),
        ({"TERM": "dumb", "FORCE_COLOR": "1"}, True),
    ],
)
def test_the_environment_decides_about_color(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], color: bool | None
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert color_choice() is color


@pytest.mark.parametrize(("choice", "color"), [("always", True), ("never", False), ("auto", False)])
def test_the_option_decides_before_the_environment(
    monkeypatch: pytest.MonkeyPatch, choice: str, color: bool
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    choose_color(choice)
    assert color_choice() is color


def test_without_color_there_is_progress_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert can_replace_lines()
    monkeypatch.setenv("TERM", "dumb")
    assert not can_replace_lines()
