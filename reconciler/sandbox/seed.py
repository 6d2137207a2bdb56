"""The live bot as somebody built it by hand, before reconciler came."""

from __future__ import annotations

import json
from collections.abc import Iterable
from importlib.resources import files

from reconciler.sandbox.slots import Document
from reconciler.sandbox.store import Store


def packaged_documents() -> list[Document]:
    """The example bot's live slots, and those of the tenant's other teams."""
    resource = files("reconciler.sandbox") / "data" / "live.json"
    documents: list[Document] = json.loads(resource.read_text(encoding="utf-8"))["slots"]
    return documents


def seed(store: Store, documents: Iterable[Document] | None = None) -> None:
    """Fill a store that nobody has used yet, with the packaged slots unless others are given.

    A store with slots, or one whose bot has been trained and emptied since, is left alone.
    """
    if store.slots() or store.trained() is not None:
        return
    for document in packaged_documents() if documents is None else documents:
        store.put(document)
