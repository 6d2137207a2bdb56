"""What the files of a project may say, for each API: slot documents and settings as they are
written, which become the nouns of `reconciler.model`.

    shared  what the documents of every API have in common
    v1      patterns and a fill strategy, judged by a success rate
    v2      slot fillers of a flow, judged by playbooks
"""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.adapters.manifests.documents import v1, v2
from reconciler.adapters.manifests.documents.shared import Documents

__all__ = ["DEFAULT", "DOCUMENTS", "Documents"]

DEFAULT = v1.DOCUMENTS
"""The documents of a project whose reconciler.yaml names no API."""
DOCUMENTS: Mapping[str, Documents] = {each.api: each for each in (v1.DOCUMENTS, v2.DOCUMENTS)}
"""By the name of the API, as `api:` in reconciler.yaml says it."""
