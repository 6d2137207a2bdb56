"""`reconciler fleet worker`."""

from __future__ import annotations

from contextlib import nullcontext

import click

from reconciler.cli.interruption import acknowledging
from reconciler.cli.options import verbosity_option
from reconciler.cli.output import say
from reconciler.cli.signals import STOP_SIGNALS
from reconciler.model.fleet import DEFAULT_POOL
from reconciler.model.fleet_run import TargetResult
from reconciler.operations.fleet.worker import WorkerRequest, work_for_fleet
from reconciler.operations.fleet.worker_counts import WorkerCounter, serving
from reconciler.reports.fleet.rows import result_line
from reconciler.reports.fleet.words import DONE


class _Aloud(WorkerCounter):
    """Counts, and says how each target ended."""

    def ended(self, result: TargetResult) -> None:
        """Say so in one line, such as `Applied: verified acme/production, 61 s`."""
        super().ended(result)
        say(f"{DONE[result.action]}: {result_line(result)}", target=result.name)


@click.command("worker", epilog="Example: reconciler fleet worker --pool eu-onprem")
@click.option(
    "--pool",
    metavar="NAME",
    default=DEFAULT_POOL,
    show_default=True,
    help="The pool in fleet.yaml whose targets this worker can reach.",
)
@click.option(
    "--concurrency",
    type=click.IntRange(min=1, max=1000),
    default=100,
    show_default=True,
    help="How many targets to work on at once, each in a thread.",
)
@click.option("--plan-only", is_flag=True, help="Take only jobs that plan.")
@click.option(
    "--until-idle",
    is_flag=True,
    help="End after a minute without a job in the pool and without a run of the fleet.",
)
@click.option(
    "--metrics-port",
    type=click.IntRange(min=0, max=65535),
    help="Serve this worker's metrics at this port, as OpenMetrics.",
)
@click.option(
    "--metrics-host",
    metavar="ADDRESS",
    default="127.0.0.1",
    show_default=True,
    help="The address of this machine to serve them at.",
)
@verbosity_option
def worker_command(
    pool: str,
    concurrency: int,
    plan_only: bool,
    until_idle: bool,
    metrics_port: int | None,
    metrics_host: str,
) -> None:
    """Work on the targets of a pool, as runs of the fleet ask for in the queue of COGNIGY_FLEET.

    It asks the queue for work, so nothing has to reach it. Credentials lie where it runs.

    The first SIGTERM or Ctrl-C begins nothing new: changes in hand are finished or rolled back, the
    rest goes on in another worker, and the exit code is 0. A second one ends it at once. While the
    database is away, it changes nothing and waits.
    """
    request = WorkerRequest(
        pool=pool, concurrency=concurrency, plan_only=plan_only, until_idle=until_idle
    )
    counter = _Aloud(pool=pool, concurrency=concurrency)
    metrics = (
        serving(counter, port=metrics_port, host=metrics_host)
        if metrics_port is not None
        else nullcontext()
    )
    with metrics as url:
        if url is not None:
            say(f"Metrics: {url}")
        work_for_fleet(
            request,
            observer=counter,
            warn=say,
            stop_signals=STOP_SIGNALS,
            announce=acknowledging(None),
        )
