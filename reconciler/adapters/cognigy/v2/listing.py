"""A list, page by page by `skip`, until there are `total` items.

A list that lacks an item looks like one from which somebody deleted it. Therefore a list that does
not add up is read again, and is an error if it never does: pages that name different totals, an
item twice, a page too many or too few.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reconciler.errors import MalformedResponseError

PAGE_SIZE = 100
"""The most that the tenant sends at once."""
MOST_PAGES = 1_200
"""Twelve minutes at 100 requests a minute."""
MOST_READINGS = 3


@dataclass(frozen=True)
class Page:
    """A part of a list, and how many items all of it has."""

    items: Sequence[Mapping[str, Any]]
    total: int


def parse_page(body: Mapping[str, Any], *, about: str) -> Page:
    """Raises MalformedResponseError for anything but `items`, each with an `_id`, and `total`."""
    items, total = body.get("items"), body.get("total")
    if not isinstance(items, list):
        # HAL, which some tenants speak, has its items elsewhere.
        raise MalformedResponseError(
            f"{about}: the tenant answered without a list of `items`.",
            hint="Check the tenant's address.",
        )
    if not isinstance(total, int) or isinstance(total, bool) or total < 0:
        raise MalformedResponseError(
            f"{about}: the tenant sent {len(items)} items, but no `total`, so nobody can tell "
            "whether they are all.",
            hint="Nothing is done with a part of a list.",
        )
    for item in items:
        if not isinstance(item, Mapping) or not isinstance(item.get("_id"), str) or not item["_id"]:
            raise MalformedResponseError(f"{about}: the tenant sent an item without an `_id`.")
    return Page(items=items, total=total)


def whole_list(fetch: Callable[[int], Page], *, about: str) -> list[Mapping[str, Any]]:
    """All items, in the tenant's order; `fetch` reads the page that skips so many.

    Raises MalformedResponseError where they do not add up, each time that they are read.
    """
    reason = ""
    for _ in range(MOST_READINGS):
        try:
            return _read(fetch)
        except _DoesNotAddUp as moved:
            reason = str(moved)
    raise MalformedResponseError(
        f"{about}: the list did not add up any of the {MOST_READINGS} times that it was read: "
        f"{reason}.",
        hint="Nothing is done with a part of a list. If others are at work in this project, run it "
        "again later.",
    )


def _read(fetch: Callable[[int], Page]) -> list[Mapping[str, Any]]:
    items: dict[str, Mapping[str, Any]] = {}
    page = fetch(0)
    total = page.total
    for _ in range(MOST_PAGES):
        for item in page.items:
            if item["_id"] in items:
                raise _DoesNotAddUp(f"{item['_id']} appears twice")
            items[item["_id"]] = item
        if len(items) > total:
            raise _DoesNotAddUp(f"{len(items)} items of a total of {total}")
        if len(items) == total:
            return list(items.values())
        if not page.items:
            raise _DoesNotAddUp(f"{len(items)} items, but a total of {total}")
        page = fetch(len(items))
        if page.total != total:
            raise _DoesNotAddUp(f"a total of {total}, then one of {page.total}")
    raise _DoesNotAddUp(f"{len(items)} items on {MOST_PAGES:,} pages, of a total of {total:,}")


class _DoesNotAddUp(Exception):
    """The pages are not those of one list."""
