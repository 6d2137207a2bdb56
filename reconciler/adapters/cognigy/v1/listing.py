"""The listing of slots, page by page, so that no slot is missed.

Pages are cut out of a list that may move while it is read, and a tenant may send fewer slots a page
than it was asked for. Therefore

    a page begins with the last slot of the page before    so that a slot which came or went in
                                                           between shows: the pages do not join
    a short page is followed by a look beyond it           for only an empty page is the end; it is
                                                           spared where all that is sought is found

What does not join is read again from the beginning. n slots take about n/99 + 1 requests.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from reconciler.errors import MalformedResponseError, UnavailableError
from reconciler.model.slot import LiveSlot, UnreadableSlot
from reconciler.model.state import LiveState

PAGE_SIZE = 100
"""The vendor's listing limit."""
MOST_PAGES = 1_200
"""Twelve minutes at the vendor's rate, and more slots than a tenant has."""
MOST_READINGS = 3

Entry = LiveSlot | UnreadableSlot | None
"""None is a slot that has no id."""


class Listing:
    """One reading of the pages; `fetch` is a request for the page at an offset.

    `sought` are the slots that it is read for; None is everything.
    """

    def __init__(
        self, fetch: Callable[[int], Sequence[Entry]], *, sought: Collection[str] | None
    ) -> None:
        self.pages = 0
        """How many requests it took, apart from the one that found nothing beyond."""
        self._fetch = fetch
        self._sought = sought
        self._entries: list[Entry] = []
        self._seen: dict[str, tuple[LiveSlot | UnreadableSlot, int]] = {}
        """Each slot, and the number of its page."""
        self._first: Sequence[Entry] = ()

    @classmethod
    def read(
        cls, fetch: Callable[[int], Sequence[Entry]], *, sought: Collection[str] | None
    ) -> Listing:
        """Read all pages. Raises UnavailableError if the list keeps changing, and
        MalformedResponseError if it never ends, or is not a list of slots."""
        reason = ""
        for _ in range(MOST_READINGS):
            listing = cls(fetch, sought=sought)
            try:
                listing._read_pages()
            except _Moved as moved:
                reason = str(moved)
            else:
                return listing
        raise UnavailableError(
            f"Listing the slots: the listing changed each of the {MOST_READINGS} times that it was "
            f"read: {reason}.",
            hint="Slots are being created, changed or deleted at this moment: run it again later. "
            "If that does not help, the tenant's listing is at fault.",
        )

    @property
    def live(self) -> LiveState:
        """The slots in the listing. Raises MalformedResponseError if none of them has an id."""
        slots = [slot for slot, _ in self._seen.values()]
        if self._entries and not slots:
            raise MalformedResponseError(
                f"Listing the slots: the tenant sent {len(self._entries)}, none with a `slotId`.",
                hint="Check the tenant's address.",
            )
        return LiveState(
            (slot for slot in slots if isinstance(slot, LiveSlot)),
            unreadable=(slot for slot in slots if isinstance(slot, UnreadableSlot)),
            unnamed=self._entries.count(None),
        )

    def _read_pages(self) -> None:
        page = self._first = self._page(0)
        self._add(page)
        full = PAGE_SIZE
        """The length of a full page, which is smaller if the tenant caps its pages."""
        while page:
            if len(page) < full:
                if self._is_enough or self._is_nothing_beyond():
                    return
                full = len(page)
            overlap = 1 if full > 1 else 0
            offset = len(self._entries) - overlap
            page = self._page(offset)
            if self._repeats(page):
                raise MalformedResponseError(
                    f"The listing of slots repeats itself at offset {offset}.",
                    hint="The tenant seems to ignore `offset`.",
                )
            if overlap:
                self._require_join(page, offset=offset)
            self._add(page[overlap:])

    @property
    def _is_enough(self) -> bool:
        return self._sought is not None and self._seen.keys() >= set(self._sought)

    def _is_nothing_beyond(self) -> bool:
        beyond = self._page(len(self._entries))
        # A tenant without offsets returns the same slots again.
        is_end = not beyond or self._repeats(beyond)
        self.pages -= is_end
        return is_end

    def _page(self, offset: int) -> Sequence[Entry]:
        if self.pages == MOST_PAGES:
            raise MalformedResponseError(
                f"The listing of slots has no end: {MOST_PAGES:,} pages hold "
                f"{len(self._entries):,} slots, and there are more.",
                hint="The tenant seems to make up pages. Check its address.",
            )
        self.pages += 1
        return self._fetch(offset)

    def _repeats(self, page: Sequence[Entry]) -> bool:
        """Whether this is the first page again, although the offset is another."""
        return len(page) == len(self._first) and all(map(_are_same, page, self._first))

    def _require_join(self, page: Sequence[Entry], *, offset: int) -> None:
        last = self._entries[-1]
        if page and _are_same(page[0], last):
            return
        if page and last and page[0] and page[0].slot_id == last.slot_id:
            raise _Moved(f"{last.slot_id} has different content on two pages")
        raise _Moved(f"the page at offset {offset} does not continue the one before it")

    def _add(self, entries: Sequence[Entry]) -> None:
        for entry in entries:
            self._entries.append(entry)
            if entry is None:
                continue
            former, page = self._seen.setdefault(entry.slot_id, (entry, self.pages))
            if former is not entry and not _are_same(former, entry):
                raise _Moved(f"{entry.slot_id} appears twice, with different content")
            if page != self.pages:
                raise _Moved(f"{entry.slot_id} appears on two pages")


class _Moved(Exception):
    """The pages do not fit together, because the list has changed."""


def _are_same(one: Entry, other: Entry) -> bool:
    """Whether the canonical forms are equal. Other fields, such as a counter or a date, may differ
    at each reading."""
    if isinstance(one, LiveSlot) and isinstance(other, LiveSlot):
        return one.slot_id == other.slot_id and one.canonical == other.canonical
    return one == other
