"""`reconciler sandbox`."""

from __future__ import annotations

from pathlib import Path

import click
from click.core import ParameterSource

from reconciler.cli.options import verbosity_option
from reconciler.cli.output import show
from reconciler.cli.served import missing_extra, served_v1, served_v2
from reconciler.errors import ConfigurationError
from reconciler.sandbox.v1.settings import SandboxSettings

_DEFAULTS = SandboxSettings()
_APIS = ("cognigy-v1", "cognigy-v2")
_ONLY = {
    "cognigy-v1": ("corpus", "empty", "window_seconds", "read_lag_seconds", "normalize"),
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
    help="Keep the tenant's state in this file (SQLite): its slots, what was trained and, with "
    "cognigy-v2, everything else. Otherwise it is lost when the sandbox ends.",
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
        served = served_v2(changes, state=state, training_seconds=training_seconds, rate=rate)
    else:
        settings = SandboxSettings(
            training_seconds=training_seconds,
            window_seconds=window_seconds,
            requests_per_minute=requests_per_minute,
            read_lag_seconds=read_lag_seconds,
            normalizes=normalize,
        )
        served = served_v1(settings, state=state, corpus=corpus, empty=empty)
    try:
        app.run(served.tenant, port, lambda url: show(_instructions(url, served.variables)))
    except OSError as error:
        raise ConfigurationError(
            f"Port {port} cannot be used: {error.strerror}.", hint="Choose another --port."
        ) from error
    finally:
        served.keep()
    return 0


def _check_parameters(context: click.Context, api: str) -> None:
    """Refuse parameters that the API does not have. Raises UsageError."""
    for other, names in _ONLY.items():
        for parameter in context.command.params:
            if other != api and parameter.name in names and _is_given(context, parameter.name):
                raise click.UsageError(f"{parameter.opts[0]} is only for --api {other}.")


def _is_given(context: click.Context, name: str) -> bool:
    return context.get_parameter_source(name) is ParameterSource.COMMANDLINE


def _instructions(url: str, variables: dict[str, str]) -> str:
    exported = {"COGNIGY_BASE_URL": url, **variables}
    lines = [f"  export {name}={value}\n" for name, value in exported.items()]
    return (
        f"The sandbox is running at {url}; stop it with Ctrl-C. In another terminal:\n\n"
        f"{''.join(lines)}"
        "  reconciler plan\n"
    )
