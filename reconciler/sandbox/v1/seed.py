"""The live bot as someone built it by hand, before reconciler."""

from __future__ import annotations

import json
from collections.abc import Iterable
from importlib.resources import files

from reconciler.sandbox.v1.slots import Document
from reconciler.sandbox.v1.store import Store


def packaged_documents() -> list[Document]:
    """The live slots of the example bot and of the tenant's other teams."""
    resource = files("reconciler.sandbox.v1") / "data" / "live.json"
    documents: list[Document] = json.loads(resource.read_text(encoding="utf-8"))["slots"]
    return documents


def seed(store: Store, documents: Iterable[Document] | None = None) -> None:
    """Fill an unused store with these slots, or with the packaged ones.

    A store that holds slots, or that has been emptied since its bot was trained, is left alone.
    """
    if store.slots() or store.trained() is not None:
        return
    for document in packaged_documents() if documents is None else documents:
        store.put(document)
