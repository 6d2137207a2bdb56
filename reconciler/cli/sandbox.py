"""`reconciler sandbox`."""

from __future__ import annotations

from pathlib import Path

import click

from reconciler.adapters.clock import SystemClock
from reconciler.cli.options import verbosity_option
from reconciler.cli.output import show
from reconciler.errors import ConfigurationError
from reconciler.sandbox.v1.corpus import Corpus
from reconciler.sandbox.v1.seed import seed
from reconciler.sandbox.v1.settings import SandboxSettings
from reconciler.sandbox.v1.store import MemoryStore, SqliteStore, Store
from reconciler.sandbox.v1.tenant import SandboxTenant

_DEFAULTS = SandboxSettings()


@click.command("sandbox", epilog="Example: reconciler sandbox --port 8080 --state sandbox.db")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8080,
    show_default=True,
    help="The port on 127.0.0.1; 0 picks a free one.",
)
@click.option(
    "--state",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Keep the slots in this file (SQLite); otherwise they are lost when the sandbox ends.",
)
@click.option(
    "--corpus",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    metavar="FILE",
    help="The utterances from which success rates are computed (JSON).",
)
@click.option("--empty", is_flag=True, help="Start without any slots.")
@click.option(
    "--training-seconds",
    type=click.FloatRange(0),
    show_default=True,
    default=_DEFAULTS.training_seconds,
    help="How long a retraining takes.",
)
@click.option(
    "--window-seconds",
    type=click.FloatRange(0, min_open=True),
    show_default=True,
    default=_DEFAULTS.window_seconds,
    help="How many seconds of traffic a success rate covers.",
)
@click.option(
    "--requests-per-minute",
    type=click.IntRange(1),
    show_default=True,
    default=_DEFAULTS.requests_per_minute,
    help="The rate limit, above which the sandbox answers 429.",
)
@click.option(
    "--read-lag-seconds",
    type=click.FloatRange(0),
    show_default=True,
    default=_DEFAULTS.read_lag_seconds,
    help="How far reads lag behind writes.",
)
@click.option(
    "--normalize",
    is_flag=True,
    help="Store names in lower case, and names and patterns without leading and trailing blanks.",
)
@verbosity_option
def sandbox_command(
    port: int,
    state: Path | None,
    corpus: Path | None,
    empty: bool,
    training_seconds: float,
    window_seconds: float,
    requests_per_minute: int,
    read_lag_seconds: float,
    normalize: bool,
) -> int:
    """Serve a local sandbox tenant to try reconciler with.

    It listens on loopback and behaves as the vendor guide says. Its success rates are computed by
    matching the slots' patterns against a small corpus of utterances.
    """
    settings = SandboxSettings(
        training_seconds=training_seconds,
        window_seconds=window_seconds,
        requests_per_minute=requests_per_minute,
        read_lag_seconds=read_lag_seconds,
        normalizes=normalize,
    )
    try:
        from reconciler.sandbox import app  # noqa: PLC0415 - an optional extra
    except ImportError:
        raise missing_extra() from None
    store = _store(state)
    seed(store, () if empty else None)
    tenant = SandboxTenant(
        clock=SystemClock(),
        settings=settings,
        store=store,
        corpus=_corpus(corpus),
    )
    try:
        app.run(tenant, port, lambda url: show(_instructions(url, settings)))
    except OSError as error:
        raise ConfigurationError(
            f"Port {port} cannot be used: {error.strerror}.", hint="Choose another --port."
        ) from error
    return 0


def missing_extra() -> ConfigurationError:
    """The error if the server's libraries are not installed."""
    return ConfigurationError(
        "The sandbox needs Starlette and uvicorn, which are not installed.",
        hint="Install them with: pip install starlette uvicorn",
    )


def _store(state: Path | None) -> Store:
    if state is None:
        return MemoryStore()
    try:
        return SqliteStore(state)
    except OSError as error:
        raise ConfigurationError(
            f"The state cannot be stored in {error}.", hint="Choose another --state."
        ) from error


def _corpus(path: Path | None) -> Corpus:
    if path is None:
        return Corpus.packaged()
    try:
        return Corpus.load(path)
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"The corpus cannot be used: {error}") from error


def _instructions(url: str, settings: SandboxSettings) -> str:
    return (
        f"The sandbox is running at {url}; stop it with Ctrl-C. In another terminal:\n\n"
        f"  export COGNIGY_BASE_URL={url}\n"
        f"  export COGNIGY_CLIENT_ID={settings.client_id}\n"
        f"  export COGNIGY_CLIENT_SECRET={settings.client_secret}\n"
        f"  export COGNIGY_BOT_ID={settings.bot_id}\n"
        "  reconciler plan\n"
    )
