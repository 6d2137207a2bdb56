"""`reconciler demo`: the main workflow, step by step, against a local sandbox tenant.

`v1` and `v2` tell the story of each API; each step is shown and run by `walkthrough`.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import click

from reconciler.cli.demo.walkthrough import Story
from reconciler.cli.options import verbosity_option
from reconciler.cli.served import missing_extra
from reconciler.config.project import slots_folder
from reconciler.operations.schema import API_NAMES, api_of


@click.command("demo", epilog="Example: reconciler demo --api cognigy-v2")
@click.option(
    "--api",
    type=click.Choice(API_NAMES),
    help="The API of the sandbox tenant; by default that of ./slots, or cognigy-v1.",
)
@click.option("--fleet", is_flag=True, help="A fleet of twelve tenants, of which two are canaries.")
@click.option(
    "--database",
    metavar="URL",
    help="With --fleet: a PostgreSQL database of its own for the queue of two workers, of which "
    "one is killed.",
)
@verbosity_option
def demo_command(api: str | None, fleet: bool, database: str | None) -> int:
    """Walk through the main workflow: validate, plan, apply, a gated rollback, and drift.

    With cognigy-v1, it uses the project's slots or, without any, the packaged examples. With
    cognigy-v2, it adopts the packaged example bot, whose playbooks judge the changes. It works on a
    temporary copy and against a sandbox tenant on loopback, so nothing of yours is changed.

    With --fleet, a bad pattern is stopped by the canaries of a fleet, and the fix rolls out.
    """
    if fleet and api is not None:
        raise click.UsageError("--fleet and --api cannot be combined.")
    if database is not None and not fleet:
        raise click.UsageError("--database needs --fleet.")
    try:
        from reconciler.sandbox import app  # noqa: PLC0415 - an optional extra
    except ImportError:
        raise missing_extra() from None
    with tempfile.TemporaryDirectory(prefix="reconciler-demo-") as folder:
        if database is not None:
            from reconciler.cli.demo import pool  # noqa: PLC0415 - the others need less

            pool.tell(Path(folder), app.serve_all, database=database)
        elif fleet:
            from reconciler.cli.demo import fleet as story  # noqa: PLC0415 - as above

            story.tell(Path(folder), app.serve_all)
        else:
            _story(api or api_of(slots_folder()))(Path(folder), app.serve)
    return 0


def _story(api: str) -> Story:
    if api == "cognigy-v1":
        from reconciler.cli.demo import v1  # noqa: PLC0415 - the other needs more libraries

        return v1.tell
    try:
        from reconciler.cli.demo import v2  # noqa: PLC0415 - an optional extra
    except ImportError:
        raise missing_extra("regress") from None
    return v2.tell
