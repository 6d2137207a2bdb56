"""A headless browser, and axe-core in it. Without them these tests are skipped, but fail in CI."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest

from tests.support.browser import Page, browsing, executable

AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"


def _missing(what: str, *, known_by: str) -> NoReturn:
    """In CI, only .ci/run may decide to do without it."""
    if os.environ.get("CI") == "true" and known_by not in os.environ:
        pytest.fail(what)
    pytest.skip(what)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    program = executable()
    if program is None:
        _missing("no Chromium is installed", known_by="WITHOUT_BROWSER")
    with browsing(program, profile=tmp_path_factory.mktemp("profile")) as page:
        yield page


@pytest.fixture(scope="module")
def axe() -> str:
    """The script of axe-core, which defines `axe`."""
    if not AXE.is_file():
        _missing("axe-core is not installed: make axe", known_by="WITHOUT_AXE")
    return AXE.read_text(encoding="utf-8")
