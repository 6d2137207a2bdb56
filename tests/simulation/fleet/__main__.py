"""Run many seeds.

    python -m tests.simulation.fleet --seeds N [--from M]

Stops at the first seed that breaks an invariant, and exits with 1.
"""

from __future__ import annotations

import sys
from collections import Counter

import click

from tests.simulation.fleet.runner import run_seed


@click.command(help=__doc__)
@click.option("--seeds", type=click.IntRange(min=1), default=200, show_default=True)
@click.option("--from", "first", type=click.IntRange(min=0), default=0, help="The first seed.")
def main(seeds: int, first: int) -> None:
    happened: Counter[str] = Counter()
    for seed in range(first, first + seeds):
        result = run_seed(seed)
        happened += result.happened
        if result.violation is not None:
            click.echo(f"{result.scenario}\nseed {seed}: {result.violation}")
            sys.exit(1)
    for each in sorted(happened):
        click.echo(f"{each:<44}{happened[each]:>8}")
    click.echo(f"every invariant held in the seeds {first} to {first + seeds - 1}")


if __name__ == "__main__":
    main()
