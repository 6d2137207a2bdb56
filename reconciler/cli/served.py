"""The tenants that `reconciler sandbox` serves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click

from reconciler.adapters.clock import SystemClock
from reconciler.errors import ConfigurationError
from reconciler.sandbox.messages import Answering
from reconciler.sandbox.v1.corpus import Corpus
from reconciler.sandbox.v1.seed import seed
from reconciler.sandbox.v1.settings import SandboxSettings
from reconciler.sandbox.v1.store import MemoryStore, SqliteStore, Store
from reconciler.sandbox.v1.tenant import SandboxTenant


@dataclass(frozen=True)
class Served:
    """A tenant, the variables to reach it but for its address, and what stores its last state."""

    tenant: Answering
    variables: dict[str, str]
    keep: Callable[[], None] = lambda: None


def served_v1(
    settings: SandboxSettings, *, state: Path | None, corpus: Path | None, empty: bool
) -> Served:
    """A tenant of cognigy-v1. Raises ConfigurationError."""
    store = _store(state)
    seed(store, () if empty else None)
    tenant = SandboxTenant(
        clock=SystemClock(), settings=settings, store=store, corpus=_corpus(corpus)
    )
    variables = {
        "COGNIGY_CLIENT_ID": settings.client_id,
        "COGNIGY_CLIENT_SECRET": settings.client_secret,
        "COGNIGY_BOT_ID": settings.bot_id,
    }
    return Served(tenant, variables)


def served_v2(
    changes: tuple[str, ...], *, state: Path | None, training_seconds: float, rate: int | None
) -> Served:
    """A tenant of cognigy-v2, whose settings the `changes` alter; `rate` is in requests a minute.
    Raises ConfigurationError and UsageError."""
    try:
        from reconciler.sandbox.v2 import settings, switches, tenant  # noqa: PLC0415 - an optional extra
        from reconciler.sandbox.v2.storage import SqliteStorage  # noqa: PLC0415 - as above
    except ImportError:
        raise missing_extra("regress") from None
    paced = settings.SandboxSettings(training_seconds=training_seconds)
    if rate is not None:
        paced = settings.SandboxSettings(
            training_seconds=training_seconds, requests=rate, window_seconds=60.0
        )
    try:
        chosen = switches.switched(paced, changes)
    except ValueError as error:
        raise click.UsageError(f"--set cannot be used: {error}.") from error
    with _usable(state):
        storage = SqliteStorage(state) if state is not None else None
        served = tenant.SandboxTenant(clock=SystemClock(), settings=chosen, storage=storage)
    variables = {
        "COGNIGY_API_KEY": chosen.users[0].api_key,
        "COGNIGY_PROJECT_ID": served.project_id,
    }
    return Served(served, variables, keep=served.keep)


def missing_extra(*more: str) -> ConfigurationError:
    """The error if the sandbox's libraries are not installed; `more` are those of one API."""
    names = ("Starlette", "uvicorn", *more)
    return ConfigurationError(
        f"The sandbox needs {', '.join(names[:-1])} and {names[-1]}, which are not installed.",
        hint=f"Install them with: pip install {' '.join(names).lower()}",
    )


def _store(state: Path | None) -> Store:
    if state is None:
        return MemoryStore()
    with _usable(state):
        return SqliteStore(state)


@contextmanager
def _usable(state: Path | None) -> Iterator[None]:
    """Raises ConfigurationError if the file cannot hold the state."""
    try:
        yield
    except OSError as error:
        raise ConfigurationError(
            f"The state cannot be stored in {error}.", hint="Choose another --state."
        ) from error
    except ValueError as error:
        raise ConfigurationError(
            f"The state in {state} cannot be used: {error}.",
            hint="Choose another --state, or delete the file to begin anew.",
        ) from error


def _corpus(path: Path | None) -> Corpus:
    if path is None:
        return Corpus.packaged()
    try:
        return Corpus.load(path)
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"The corpus cannot be used: {error}") from error
