"""What an examination finds out with the live slots: the listing, the single GET, the metrics."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reconciler.adapters.cognigy.entrance import guarded
from reconciler.adapters.cognigy.transport import Session
from reconciler.adapters.cognigy.v1.shapes import strong_etag
from reconciler.adapters.cognigy.v1.tenant import CognigyTenant, slot_path
from reconciler.errors import NotFoundError, TenantError, UnsupportedError
from reconciler.model.check import Check, failed, passed, unchecked, warned
from reconciler.model.gate import NotMeasured
from reconciler.model.listed import listed
from reconciler.model.project import Project
from reconciler.model.state import LiveState
from reconciler.ports import Clock

NAMES = ("listing", "single GET", "bot")
"""Of all checks."""
_MEASURED_SLOTS = 3
"""Any slot may have no metrics; if none of these has, the bot is doubtful."""


class LiveSlots:
    """The slots that a session, with a token for reading, can see."""

    def __init__(
        self, session: Session, *, project: Project, bot_id: str | None, clock: Clock
    ) -> None:
        self._session = session
        self._project = project
        self._bot_id = bot_id
        self._tenant = CognigyTenant(session, bot_id=bot_id, clock=clock)

    def checks(self) -> Iterator[Check]:
        """The listing, then what needs a slot of it."""
        try:
            live = self._tenant.list_slots()
        except TenantError as error:
            yield failed("listing", error.message, hint=error.hint)
            names = ("single GET", "bot")
            yield from (unchecked(name, "the slots cannot be listed") for name in names)
            return
        yield _listing_check(live)
        slot_ids = [*(each for each in self._project.desired if each in live), *live]
        if not slot_ids:
            names = ("single GET", "bot")
            yield from (unchecked(name, "no slot is live") for name in names)
            return
        yield from guarded("single GET", lambda: self._single_get(slot_ids[0]))
        sample = list(dict.fromkeys(slot_ids))[:_MEASURED_SLOTS]
        yield from guarded("bot", lambda: self._metrics(sample))

    def _single_get(self, slot_id: str) -> Iterator[Check]:
        try:
            answer = self._session.read(slot_path(slot_id), about=f"Reading {slot_id}")
        except (NotFoundError, UnsupportedError):
            yield warned(
                "single GET",
                "The tenant has no GET for a single slot, so the listing is read instead.",
                hint="An edit in the console between that read and a write is overwritten.",
            )
            return
        if strong_etag(answer.headers.get("ETag")) is not None:
            yield passed("single GET", "Answers with an ETag, so no edit comes before a write.")
            return
        yield warned(
            "single GET",
            "Answers, but without an ETag.",
            hint="An edit in the console between that read and a write is overwritten.",
        )

    def _metrics(self, slot_ids: Sequence[str]) -> Iterator[Check]:
        bot_id = self._bot_id
        if not bot_id:
            yield warned(
                "bot",
                "COGNIGY_BOT_ID is not set, so no gate can judge a change.",
                hint="Set it to the bot whose metrics judge the changes, or apply with --no-gate.",
            )
            return
        gate = self._project.settings.gate
        for slot_id in slot_ids:
            if not isinstance(self._tenant.measure(gate.metric_of(slot_id)), NotMeasured):
                yield passed("bot", f"{bot_id} has metrics, for example of {slot_id}.")
                return
        yield warned(
            "bot",
            f"{bot_id} has no metrics of {listed(slot_ids)}: there was no traffic, it is being "
            "trained, or there is no such bot.",
            hint="Check COGNIGY_BOT_ID.",
        )


def _listing_check(live: LiveState) -> Check:
    total = f"Live slots: {len(live.ids) + live.unnamed}"
    if not live.unreadable and not live.unnamed:
        return passed("listing", f"{total}.")
    names = listed([*sorted(live.unreadable), *["one without an id"] * live.unnamed])
    return warned(
        "listing",
        f"{total}. Those that cannot be read: {names}.",
        hint="They are left alone. Correct them in the console if they are to be managed.",
    )
