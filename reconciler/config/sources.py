"""Where the configuration came from, for a person who asks; never a secret's value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from reconciler.config.parts import Part, Unusable
from reconciler.config.project import project_folder
from reconciler.config.variables import Variables
from reconciler.model.access import LedgerDatabase
from reconciler.model.endpoint import Endpoint


@dataclass(frozen=True)
class Sources:
    """`origins` says for each variable that is set where its value comes from; `withheld` are those
    of .env that are ignored. `ledger` is None if the variables name none that can be used."""

    project: Path
    environment: str | None
    origins: Mapping[str, str]
    withheld: frozenset[str]
    endpoint: Endpoint
    ledger: str | None

    def lines(self) -> Iterator[str]:
        """One fact a line. A variable's value is not shown: it may contain a secret."""
        yield f"Project folder: {self.project}"
        if self.environment is not None:
            yield f"Environment: {self.environment}"
        for name, origin in sorted(self.origins.items()):
            yield f"{name} is set by {origin}."
        for name in sorted(self.withheld):
            yield f"{name} from .env is ignored."
        if self.endpoint.origin:
            endpoint = self.endpoint
            bot = f", {endpoint.kind} {endpoint.bot_id}" if endpoint.bot_id else ""
            yield f"Tenant: {self.endpoint.origin}{bot}"
        if self.ledger is not None:
            yield f"Ledger: {self.ledger}"


def sources_of(
    variables: Variables,
    *,
    environment: str | None,
    endpoint: Endpoint,
    ledger: Part[Path | LedgerDatabase],
) -> Sources:
    """The sources of a configuration."""
    return Sources(
        project=project_folder().resolve(),
        environment=environment,
        origins=variables.origins,
        withheld=variables.withheld,
        endpoint=endpoint,
        ledger=None if isinstance(ledger, Unusable) else _shown(ledger.required()),
    )


def _shown(ledger: Path | LedgerDatabase) -> str:
    return str(ledger.absolute()) if isinstance(ledger, Path) else ledger.location
