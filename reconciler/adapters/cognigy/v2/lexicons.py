"""Which lexicon slots a flow can find: those of the lexicons that are attached to it."""

from __future__ import annotations

from reconciler.adapters.cognigy.paths import segment
from reconciler.adapters.cognigy.v2.calls import Calls, Purpose, Right
from reconciler.adapters.cognigy.v2.directory import Directory, Resource
from reconciler.errors import TenantError
from reconciler.model.closest import closest
from reconciler.model.content import FillerContent


class Lexicons:
    """The lexicons of a project. Each flow, and each lexicon, is read once for a connection."""

    def __init__(self, calls: Calls, *, directory: Directory) -> None:
        self._calls = calls
        self._directory = directory
        self._of_flow: dict[str, frozenset[str]] = {}
        self._of_lexicon: dict[str, frozenset[str]] = {}

    def doubt(self, content: FillerContent) -> str:
        """Why a filler finds no lexicon slot, in any locale; "" if it does, or needs none."""
        if not content.slot:
            return ""
        flow = self._directory.find_flow(content.flow)
        if flow is None:
            return ""  # which stops the plan anyway
        try:
            names = self._attached(flow)
        except TenantError as error:
            return f"its lexicon slot {content.slot!r} was not looked for. {error.message}"
        if content.slot in names:
            return ""
        near = closest(content.slot, names)
        return (
            f"it extracts nothing, because no lexicon attached to the flow {flow.name!r} has a "
            f"slot {content.slot!r}.{f' Did you mean {near!r}?' if near else ''}"
        )

    def _attached(self, flow: Resource) -> frozenset[str]:
        """The slots of the lexicons that are attached in any locale."""
        if flow.id not in self._of_flow:
            lexicons = {
                lexicon for locale in self._directory.locales for lexicon in self._ids(flow, locale)
            }
            self._of_flow[flow.id] = frozenset().union(*map(self._slots, sorted(lexicons)))
        return self._of_flow[flow.id]

    def _ids(self, flow: Resource, locale: Resource) -> list[str]:
        found = self._calls.get(
            f"/flows/{segment(flow.id)}",
            params={"preferredLocaleId": locale.id},
            purpose=Purpose(about=f"Reading the flow {flow.name}", right=Right.READ_FLOWS),
        ).get("attachedLexicons")
        return [each for each in found if isinstance(each, str)] if isinstance(found, list) else []

    def _slots(self, lexicon: str) -> frozenset[str]:
        if lexicon not in self._of_lexicon:
            items = self._calls.all(
                f"/lexicons/{segment(lexicon)}/slots",
                purpose=Purpose(about="Listing the slots of a lexicon", right=Right.READ_LEXICONS),
                of_project=False,
            )
            names = (item.get("name") for item in items)
            self._of_lexicon[lexicon] = frozenset(each for each in names if isinstance(each, str))
        return self._of_lexicon[lexicon]
