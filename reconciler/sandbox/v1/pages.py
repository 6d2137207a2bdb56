"""The pages of the listing, with the defects that the settings ask for."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from reconciler.sandbox.v1.settings import SandboxSettings
from reconciler.sandbox.v1.slots import Document


class Pages:
    """Remembers which of the settings' shifts are still pending."""

    def __init__(self, settings: SandboxSettings) -> None:
        """Start with all of them pending."""
        self._settings = settings
        self._shifts = deque(settings.shifts)

    def cut(self, documents: Sequence[Document], *, offset: int, limit: int) -> list[object]:
        """The page at `offset`, of at most `limit` slots."""
        listed: list[object] = [*documents, *self._settings.strangers]
        if offset and self._shifts:
            shift = self._shifts.popleft()
            listed = listed[1:] if shift == "delete" else [_made_up(0), *listed]
        end = offset + min(limit, self._settings.page_cap or limit)
        page = listed[offset:end]
        if self._settings.endless_pages:
            page += [_made_up(number) for number in range(offset + len(page), end)]
        return page


def _made_up(number: int) -> Document:
    return {
        "slotId": f"slot_made_up_{number}",
        "name": f"made_up_{number}",
        "type": "list",
        "patterns": [],
        "fillStrategy": "strict",
        "dependencies": [],
    }
