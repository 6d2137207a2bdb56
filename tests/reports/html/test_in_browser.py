"""Every page in a real browser: accessible, fit for a phone and for paper, with nothing loaded."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.reports.html.pages import INJECTED, PAGES
from tests.support.browser import Page

every_page = pytest.mark.parametrize("name", PAGES)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with every page."""
    made = tmp_path_factory.mktemp("pages")
    for name, page in PAGES.items():
        (made / f"{name}.html").write_text(page(), encoding="utf-8")
    return made


@every_page
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [380, 1280])
def test_axe_finds_nothing(
    browser: Page, axe: str, folder: Path, name: str, dark: bool, width: int
) -> None:
    browser.open(folder / f"{name}.html", width=width, dark=dark)
    browser.run(axe)
    found = json.loads(browser.run("axe.run().then(found => JSON.stringify(found.violations))"))
    assert [(each["id"], each["nodes"][0]["html"]) for each in found] == []


@every_page
def test_a_page_loads_nothing_and_runs_nothing(browser: Page, folder: Path, name: str) -> None:
    path = folder / f"{name}.html"
    browser.open(path)
    asked = [
        event["params"]["request"]["url"]
        for event in browser.events
        if event.get("method") == "Network.requestWillBeSent"
    ]
    assert asked == [path.as_uri()]
    complaints = [e for e in browser.events if e.get("method") == "Log.entryAdded"]
    assert complaints == [], "its own security policy forbids something that it does"
    assert browser.run("document.scripts.length") == 0
    assert browser.run("getComputedStyle(document.body).maxWidth") == "1152px", "its style is used"


@every_page
@pytest.mark.parametrize("width", [320, 380, 1280])
def test_a_page_is_never_wider_than_its_window(
    browser: Page, folder: Path, name: str, width: int
) -> None:
    browser.open(folder / f"{name}.html", width=width)
    assert browser.run("document.documentElement.scrollWidth") <= width


@every_page
def test_on_paper_nothing_is_folded_away_and_nothing_is_there_twice(
    browser: Page, folder: Path, name: str
) -> None:
    browser.open(folder / f"{name}.html")
    hidden = (
        "[...document.querySelectorAll('details:not(.alternative)')].filter(each =>"
        " getComputedStyle(each, '::details-content').contentVisibility === 'hidden').length"
    )
    folded = browser.run("document.querySelectorAll('details:not(.alternative, [open])').length")
    assert browser.run(hidden) == folded
    browser.send("Emulation.setEmulatedMedia", media="print")
    assert browser.run(hidden) == 0
    tables = "[...document.querySelectorAll('.alternative')].every(each => !each.offsetHeight)"
    assert browser.run(tables), "the drawings are there"
    assert browser.printed().startswith(b"%PDF")


@every_page
def test_the_keyboard_reaches_the_content_at_once(browser: Page, folder: Path, name: str) -> None:
    browser.open(folder / f"{name}.html")
    browser.press("Tab")
    assert browser.run("document.activeElement.textContent") == "Skip to the content"
    browser.press("Enter")
    assert browser.run("document.activeElement.id") == "main"


def test_the_keyboard_folds_a_change_and_follows_the_graph(browser: Page, folder: Path) -> None:
    browser.open(folder / "plan.html")
    is_open = "document.querySelector('#change-1').open"
    assert browser.run(is_open) is True
    browser.run("document.querySelector('#change-1 summary').focus()")
    browser.press("Enter")
    assert browser.run(is_open) is False
    browser.run("document.querySelector('svg a[href=\"#change-2\"]').focus()")
    browser.press("Enter")
    assert browser.run("location.hash") == "#change-2"


def test_hostile_text_stays_text(browser: Page, folder: Path) -> None:
    for name in PAGES:
        if "hostile" in name:
            browser.open(folder / f"{name}.html")
            assert browser.run("document.querySelectorAll('img, script, iframe').length") == 0
            text = browser.run("document.body.textContent")
            shown = INJECTED.replace("\u202e", "\\u202e").replace("\x1b", "\\x1b")
            assert shown in text
            assert "49" not in text
