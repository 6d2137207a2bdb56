"""What the files of a project may say, for each API: slot documents and settings as they are
written, which become the nouns of `reconciler.model`.

    shared  what the documents of every API have in common
    v1      patterns and a fill strategy, judged by a success rate
    v2      slot fillers of a flow, judged by playbooks
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module

from reconciler.adapters.manifests.documents import v1
from reconciler.adapters.manifests.documents.shared import Documents

__all__ = ["DEFAULT", "DOCUMENTS", "Documents"]

_MODULES = {"cognigy-v1": "v1", "cognigy-v2": "v2"}


class _Loading(Mapping[str, Documents]):
    """Imports the documents of an API when they are needed: a project has only one API."""

    def __getitem__(self, api: str) -> Documents:
        found: Documents = import_module(f"{__name__}.{_MODULES[api]}").DOCUMENTS
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(_MODULES)

    def __len__(self) -> int:
        return len(_MODULES)


DEFAULT = v1.DOCUMENTS
"""The documents of a project whose reconciler.yaml names no API."""
DOCUMENTS: Mapping[str, Documents] = _Loading()
"""By the name of the API, as `api:` in reconciler.yaml says it."""
