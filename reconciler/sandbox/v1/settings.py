"""The settings of the sandbox: its clients, its timing, and its features."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

READ_BOTS = "cognigy:bots:read"
WRITE_SLOTS = "cognigy:slots:write"
RETRAIN = "cognigy:nlp:retrain"
ALL_SCOPES = frozenset({READ_BOTS, WRITE_SLOTS, RETRAIN})


@dataclass(frozen=True, kw_only=True)
class SandboxClient:
    """One OAuth client, and the most scopes that it can be granted."""

    client_id: str
    client_secret: str = field(repr=False)
    scopes: frozenset[str] = ALL_SCOPES


READER = SandboxClient(
    client_id="sandbox-reader",
    client_secret="sandbox-reader-secret",
    scopes=frozenset({READ_BOTS}),
)


@dataclass(frozen=True, kw_only=True)
class SandboxSettings:
    """The sandbox's behaviour. All durations are seconds of the injected clock.

    The defaults suit a gate that waits 15 seconds before it measures: after 2 seconds of training
    and a window of 10, only the new model is measured. The window's 1000 utterances are four
    whole rounds of the packaged corpus, so a rate changes only for a reason.

    Raises `ValueError` for a combination that no tenant could have.
    """

    # The writing client; by default, `other_clients` may only read.
    client_id: str = "sandbox"
    client_secret: str = field(default="sandbox-secret", repr=False)
    scopes: frozenset[str] = ALL_SCOPES
    other_clients: tuple[SandboxClient, ...] = (READER,)

    bot_id: str = "bot_webshop"
    foreign_slots: frozenset[str] = frozenset({"slot_hr_leave_type"})

    token_lifetime_seconds: int = 3600
    requests_per_minute: int = 100
    page_limit: int = 100

    training_seconds: float = 2.0
    window_seconds: float = 10.0
    traffic_per_second: float = 100.0

    put_response: int = 200
    # The response to a route that this tenant lacks; the contract allows 404 and 405.
    absent_route_status: int = 405

    # Behaviour of some tenants that a client has to cope with.
    decimal_counts: bool = False  # sampleCount is 500.0, the same number in JSON as 500
    # Reads show the slots as they were this long ago; writes never lag.
    read_lag_seconds: float = 0.0
    # Names are stored trimmed and in lower case, patterns trimmed; the response shows that.
    normalizes: bool = False
    # What a compressing server in front of the tenant appends to an ETag; with `marks_identity`,
    # even if the client asked for an uncompressed response.
    etag_mark: str = ""
    marks_identity: bool = False
    page_cap: int | None = None  # the most slots in a page, whatever `limit` asks for
    # What happens at the front of the listing before each page after the first, one shift a page;
    # each is undone before the next page.
    shifts: tuple[Literal["insert", "delete"], ...] = ()
    endless_pages: bool = False  # the listing never ends: it continues with made-up slots
    strangers: tuple[object, ...] = ()  # appended to the listing, whatever their shape

    # Features that the contract assumes but does not require.
    create_on_put: bool = True
    single_get: bool = True
    delete: bool = True
    etag: bool = True
    retry_after: bool = True

    def __post_init__(self) -> None:
        """Refuse values with which the sandbox would not behave like any tenant."""
        if self.put_response not in (200, 204):
            raise ValueError(f"put_response must be 200 or 204, not {self.put_response}")
        if self.absent_route_status not in (404, 405):
            raise ValueError(
                f"absent_route_status must be 404 or 405, not {self.absent_route_status}"
            )
        if not 1 <= self.page_limit <= 100:
            raise ValueError(f"page_limit must be 1 to 100, not {self.page_limit}")
        if self.page_cap is not None and self.page_cap < 1:
            raise ValueError(f"page_cap must be at least 1, not {self.page_cap}")
        if self.requests_per_minute < 1 or self.token_lifetime_seconds < 1:
            raise ValueError("requests_per_minute and token_lifetime_seconds must be at least 1")
        if self.training_seconds < 0 or self.window_seconds <= 0 or self.traffic_per_second <= 0:
            raise ValueError(
                "training_seconds must be >= 0; window_seconds and traffic_per_second > 0"
            )
        if self.read_lag_seconds < 0:
            raise ValueError(f"read_lag_seconds must be >= 0, not {self.read_lag_seconds}")
        identities = [client.client_id for client in self.clients]
        if len(set(identities)) != len(identities):
            raise ValueError(f"two clients share an id: {', '.join(sorted(identities))}")

    @property
    def clients(self) -> tuple[SandboxClient, ...]:
        """Every client that may ask for a token, the writing one first."""
        writer = SandboxClient(
            client_id=self.client_id, client_secret=self.client_secret, scopes=self.scopes
        )
        return (writer, *self.other_clients)
