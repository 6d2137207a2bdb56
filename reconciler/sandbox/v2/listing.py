"""Listings: pages by `skip` or by cursor, with the defects that the settings ask for."""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.sandbox.messages import Refused, Request, Response
from reconciler.sandbox.routing import number
from reconciler.sandbox.v2.calls import Call, Document, answer
from reconciler.sandbox.v2.settings import SandboxSettings

DEFAULT_LIMIT = 25
MAX_LIMIT = 100


def listed(call: Call, items: Sequence[Document], *, settings: SandboxSettings) -> Response:
    """The page that the query asks for; raises `Refused` (400) for a query that makes no sense."""
    request = call.request
    limit = number(request, "limit", default=DEFAULT_LIMIT, least=1)
    if limit > MAX_LIMIT:
        raise Refused(400, f"limit must be at most {MAX_LIMIT}, not {limit}")
    items = _sorted(items, request.query.get("sort", ""))
    start = _start(request, items, limit)
    page = items[start : start + min(limit, settings.page_cap or limit)]
    end = start + len(page)
    suffix = "Cursor" if settings.cursor_names == "nextCursor" else ""
    content: Document = {
        "items": list(page),
        f"next{suffix}": page[-1]["_id"] if page and end < len(items) else None,
        f"previous{suffix}": page[0]["_id"] if page and start else None,
    }
    if settings.totals:
        content["total"] = len(items) + settings.total_surplus
    return answer(content)


def _start(request: Request, items: Sequence[Document], limit: int) -> int:
    ids = [item["_id"] for item in items]
    if after := request.query.get("next"):
        return ids.index(after) + 1 if after in ids else len(ids)
    if before := request.query.get("previous"):
        return max(0, ids.index(before) - limit) if before in ids else 0
    return number(request, "skip", default=0, least=0)


def _sorted(items: Sequence[Document], sort: str) -> Sequence[Document]:
    if not sort:
        return items
    field, _, direction = sort.partition(":")
    if direction not in ("asc", "desc"):
        raise Refused(400, f"sort must be FIELD:asc or FIELD:desc, not {sort}")
    return sorted(items, key=lambda item: str(item.get(field, "")), reverse=direction == "desc")
