"""Content that no target of a fleet gets, because a gate rejected it in one of them."""

from __future__ import annotations

from reconciler.model.base import Frozen


class Quarantine(Frozen):
    """Identities of content, as `content_identity` makes them, and the run of the fleet that keeps
    it away."""

    contents: frozenset[str] = frozenset()
    run_id: str = ""


NO_QUARANTINE = Quarantine()
