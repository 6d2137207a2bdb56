"""A list, page by page: whole, or an error."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.adapters.cognigy.v2.listing import MOST_READINGS, Page, parse_page, whole_list
from reconciler.errors import MalformedResponseError

ABOUT = "Listing the things"


def items(*ids: str) -> list[dict[str, Any]]:
    return [{"_id": each} for each in ids]


class Pages:
    """Answers by `skip`, each reading from its own script of pages."""

    def __init__(self, *readings: list[Page]) -> None:
        self.readings = list(readings)
        self.asked: list[int] = []

    def __call__(self, skip: int) -> Page:
        if skip == 0 and self.asked:
            self.readings.pop(0)
        self.asked.append(skip)
        pages = self.readings[0]
        return pages.pop(0)


def whole(*readings: list[Page]) -> tuple[list[str], list[int]]:
    """The ids, and what was asked for."""
    pages = Pages(*readings)
    return [each["_id"] for each in whole_list(pages, about=ABOUT)], pages.asked


def test_an_empty_list_takes_one_request() -> None:
    assert whole([Page([], 0)]) == ([], [0])


def test_pages_follow_one_another_until_the_total() -> None:
    pages = [Page(items("a", "b"), 3), Page(items("c"), 3)]
    assert whole(pages) == (["a", "b", "c"], [0, 2])


@given(total=st.integers(0, 30), size=st.integers(1, 12))
def test_a_list_is_whole_whatever_the_size_of_its_pages(total: int, size: int) -> None:
    every = items(*map(str, range(total)))
    assert whole_list(lambda skip: Page(every[skip : skip + size], total), about=ABOUT) == every


@pytest.mark.parametrize(
    ("moved", "reason"),
    [
        ([Page(items("a"), 2), Page(items("a"), 2)], "a appears twice"),
        ([Page(items("a"), 2), Page([], 2)], "1 items, but a total of 2"),
        ([Page(items("a", "b"), 1)], "2 items of a total of 1"),
        ([Page(items("a"), 2), Page(items("b"), 3)], "a total of 2, then one of 3"),
    ],
)
def test_what_does_not_add_up_is_read_again_and_is_an_error_if_it_never_does(
    moved: list[Page], reason: str
) -> None:
    good = [Page(items("a", "b"), 2)]
    assert whole(list(moved), good)[0] == ["a", "b"]
    with pytest.raises(MalformedResponseError, match=reason):
        whole(*(list(moved) for _ in range(MOST_READINGS)))


def test_a_list_without_an_end_is_an_error() -> None:
    def made_up(skip: int) -> Page:
        return Page(items(str(skip)), 10**9)

    with pytest.raises(MalformedResponseError, match="1,200 pages"):
        whole_list(made_up, about=ABOUT)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({}, "`items`"),
        ({"items": None, "total": 0}, "`items`"),
        ({"_embedded": {"things": []}, "total": 0}, "`items`"),
        ({"items": []}, "`total`"),
        ({"items": [], "total": None}, "`total`"),
        ({"items": [], "total": True}, "`total`"),
        ({"items": [], "total": -1}, "`total`"),
        ({"items": [], "total": "0"}, "`total`"),
        ({"items": [{}], "total": 1}, "`_id`"),
        ({"items": [{"_id": ""}], "total": 1}, "`_id`"),
        ({"items": [{"_id": 5}], "total": 1}, "`_id`"),
        ({"items": [None], "total": 1}, "`_id`"),
    ],
)
def test_a_page_of_another_shape_is_an_error(body: dict[str, Any], said: str) -> None:
    with pytest.raises(MalformedResponseError, match=said):
        parse_page(body, about=ABOUT)
