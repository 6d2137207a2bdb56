"""The checks that every version has: the address, the clocks and the rate, from what was overheard;
and how a failed check is reported."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import httpx

from reconciler.adapters.cognigy.failures import Wording
from reconciler.adapters.cognigy.overheard import Heard, OverhearingTransport
from reconciler.adapters.cognigy.redaction import KnownSecrets
from reconciler.errors import TenantError
from reconciler.model.check import Check, CheckStatus, failed, passed, unchecked, warned
from reconciler.model.settings import Limits

MOST_ATTEMPTS = 2
"""Of a request: an examination says what is wrong, and does not wait until it passes."""
MOST_SECONDS_APART = 60.0
_FEW_REQUESTS = 10
_ANSWERS_OF_AN_API = frozenset(
    {
        httpx.codes.BAD_REQUEST,
        httpx.codes.UNAUTHORIZED,
        httpx.codes.FORBIDDEN,
        httpx.codes.TOO_MANY_REQUESTS,
    }
)
"""With which it refuses a client that it does not know, or not now."""


def limits_of_an_examination(limits: Limits) -> Limits:
    """The project's limits, without its patience."""
    attempts = min(limits.max_attempts, MOST_ATTEMPTS)
    return limits.model_copy(update={"max_attempts": attempts})


def guarded(
    name: str, checks: Callable[[], Iterable[Check]], *, status: CheckStatus = CheckStatus.FAILED
) -> Iterator[Check]:
    """These checks, and one more of this `name` and `status` if an error ends them."""
    try:
        yield from checks()
    except TenantError as error:
        yield Check(name=name, status=status, detail=error.message, hint=error.hint)


@dataclass(frozen=True)
class Entrance:
    """The address, by the first request to it: what was overheard, and the error in which it ended,
    if it did. `secrets` are those that a page may echo."""

    origin: str
    api: str
    wording: Wording
    secrets: KnownSecrets
    heard: Heard | None
    error: TenantError | None

    def check(self) -> Check:
        """Whether this API answers there, whatever it thinks of our credentials."""
        heard, error = self.heard, self.error
        if heard is not None and heard.leads_to:
            return self._wrong(f"answered {heard.status} and redirects to {heard.leads_to}")
        if heard is not None and heard.page:
            return self._wrong(f"answered {heard.status} with {heard.page}, not with JSON")
        if error is None:
            return passed("address", f"{self.origin} answers as {self.api}.")
        if heard is not None and heard.status in _ANSWERS_OF_AN_API:
            return passed("address", f"{self.origin} answers, but refuses us ({heard.status}).")
        if heard is not None and heard.status in (
            httpx.codes.NOT_FOUND,
            httpx.codes.METHOD_NOT_ALLOWED,
        ):
            return self._wrong(f"answered {heard.status}, so it does not speak {self.api}")
        is_fault = heard is not None and heard.status >= httpx.codes.INTERNAL_SERVER_ERROR
        doubt = " Some tenants answer a wrong address or key so, too." if is_fault else ""
        return failed("address", error.message, hint=f"{error.hint}{doubt}")

    def _wrong(self, what: str) -> Check:
        return failed(
            "address",
            f"{self.origin} {self.secrets.redact(what)}.",
            hint=f"Check {self.wording.places.origin}, and `api` in reconciler.yaml. A proxy or a "
            "login page may have answered instead of the tenant.",
        )


def clock_check(heard: Heard) -> Check:
    """Our clock against the tenant's."""
    ahead = heard.seconds_ahead
    if ahead is None:
        return unchecked("clock", "the tenant's answers have no Date")
    if abs(ahead) <= MOST_SECONDS_APART:
        return passed("clock", "This machine's clock and the tenant's agree within a minute.")
    side = "ahead of" if ahead > 0 else "behind"
    return warned(
        "clock",
        f"This machine's clock is {abs(ahead):.0f} s {side} the tenant's.",
        hint="Correct it: the ledger records its times, and tokens and certificates depend on it.",
    )


def rate_check(
    transport: OverhearingTransport, *, last: Heard, limits: Limits, documented: int
) -> Check:
    """What limit we keep to, and what is left of the tenant's. `documented` is the tenant's, in
    requests a minute."""
    own = limits.requests_per_minute
    left = last.requests_left
    rest = "the tenant does not say how many are left" if left is None else f"{left} are left"
    detail = f"At most {own} requests are sent in any minute; {rest}."
    lower = "Lower limits.requests_per_minute in reconciler.yaml, or give us a quota of our own."
    if transport.refused_for_rate:
        times = transport.refused_for_rate
        return warned("rate", f"{detail} Answers of 429: {times}.", hint=lower)
    if left is not None and left < _FEW_REQUESTS:
        return warned("rate", detail, hint=f"Others use the same tenant. {lower}")
    if own > documented:
        return warned(
            "rate",
            f"{detail} The vendor documents a limit of {documented}.",
            hint="Lower limits.requests_per_minute in reconciler.yaml, unless yours is higher.",
        )
    return passed("rate", detail)
