"""`reconciler sandbox`."""

from __future__ import annotations

from pathlib import Path

import click
from click.core import ParameterSource

from reconciler.adapters.clock import SystemClock
from reconciler.cli.options import verbosity_option
from reconciler.cli.output import show
from reconciler.errors import ConfigurationError
from reconciler.sandbox.messages import Answering
from reconciler.sandbox.v1.corpus import Corpus
from reconciler.sandbox.v1.seed import seed
from reconciler.sandbox.v1.settings import SandboxSettings
from reconciler.sandbox.v1.store import MemoryStore, SqliteStore, Store
from reconciler.sandbox.v1.tenant import SandboxTenant

_DEFAULTS = SandboxSettings()
_APIS = ("cognigy-v1", "cognigy-v2")
_ONLY = {
    "cognigy-v1": ("state", "corpus", "empty", "window_seconds", "read_lag_seconds", "normalize"),
    "cognigy-v2": ("changes",),
}
"""The parameters that only one of the APIs has."""


@click.command("sandbox", epilog="Example: reconciler sandbox --port 8080 --state sandbox.db")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8080,
    show_default=True,
    help="The port on 127.0.0.1; 0 picks a free one.",
)
@click.option(
    "--api",
    type=click.Choice(_APIS),
    default=_APIS[0],
    show_default=True,
    help="The API that it speaks.",
)
@click.option(
    "--state",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="With cognigy-v1: keep the slots in this file (SQLite); otherwise they are lost when the "
    "sandbox ends. With cognigy-v2 they always are, together with what was trained and run; pull "
    "them before it ends, and apply them to the next one.",
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
@click.option(
    "--set",
    "changes",
    multiple=True,
    metavar="NAME=VALUE",
    help="With cognigy-v2: change how it behaves, as in late_run_seconds=5; can be repeated.",
)
@verbosity_option
@click.pass_context
def sandbox_command(
    context: click.Context,
    port: int,
    api: str,
    state: Path | None,
    corpus: Path | None,
    empty: bool,
    training_seconds: float,
    window_seconds: float,
    requests_per_minute: int,
    read_lag_seconds: float,
    normalize: bool,
    changes: tuple[str, ...],
) -> int:
    """Serve a local sandbox tenant to try reconciler with.

    It listens on loopback and behaves as the API's description says. With cognigy-v1, its success
    rates are computed by matching the slots' patterns against a small corpus of utterances; with
    cognigy-v2, its playbooks run the slot fillers on the text of their steps.
    """
    _check_parameters(context, api)
    try:
        from reconciler.sandbox import app  # noqa: PLC0415 - an optional extra
    except ImportError:
        raise missing_extra() from None
    if api == "cognigy-v2":
        rate = requests_per_minute if _is_given(context, "requests_per_minute") else None
        tenant, variables = _v2(changes, training_seconds=training_seconds, rate=rate)
    else:
        settings = SandboxSettings(
            training_seconds=training_seconds,
            window_seconds=window_seconds,
            requests_per_minute=requests_per_minute,
            read_lag_seconds=read_lag_seconds,
            normalizes=normalize,
        )
        tenant, variables = _v1(settings, state=state, corpus=corpus, empty=empty)
    try:
        app.run(tenant, port, lambda url: show(_instructions(url, variables)))
    except OSError as error:
        raise ConfigurationError(
            f"Port {port} cannot be used: {error.strerror}.", hint="Choose another --port."
        ) from error
    return 0


def _check_parameters(context: click.Context, api: str) -> None:
    """Refuse parameters that the API does not have. Raises UsageError."""
    for other, names in _ONLY.items():
        for parameter in context.command.params:
            if other != api and parameter.name in names and _is_given(context, parameter.name):
                raise click.UsageError(f"{parameter.opts[0]} is only for --api {other}.")


def _is_given(context: click.Context, name: str) -> bool:
    return context.get_parameter_source(name) is ParameterSource.COMMANDLINE


def _v1(
    settings: SandboxSettings, *, state: Path | None, corpus: Path | None, empty: bool
) -> tuple[Answering, dict[str, str]]:
    """A tenant, and the variables to reach it, but for its address."""
    store = _store(state)
    seed(store, () if empty else None)
    tenant = SandboxTenant(
        clock=SystemClock(), settings=settings, store=store, corpus=_corpus(corpus)
    )
    return tenant, {
        "COGNIGY_CLIENT_ID": settings.client_id,
        "COGNIGY_CLIENT_SECRET": settings.client_secret,
        "COGNIGY_BOT_ID": settings.bot_id,
    }


def _v2(
    changes: tuple[str, ...], *, training_seconds: float, rate: int | None
) -> tuple[Answering, dict[str, str]]:
    """A tenant, and the variables to reach it, but for its address."""
    try:
        from reconciler.sandbox.v2 import settings, switches, tenant  # noqa: PLC0415 - as above
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
    served = tenant.SandboxTenant(clock=SystemClock(), settings=chosen)
    return served, {
        "COGNIGY_API_KEY": chosen.users[0].api_key,
        "COGNIGY_PROJECT_ID": served.project_id,
    }


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


def _instructions(url: str, variables: dict[str, str]) -> str:
    exported = {"COGNIGY_BASE_URL": url, **variables}
    lines = [f"  export {name}={value}\n" for name, value in exported.items()]
    return (
        f"The sandbox is running at {url}; stop it with Ctrl-C. In another terminal:\n\n"
        f"{''.join(lines)}"
        "  reconciler plan\n"
    )
