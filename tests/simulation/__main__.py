"""Run many seeds, or replay one.

    python -m tests.simulation --seeds N [--from M] [--api A] [--workers W]
    python -m tests.simulation --seed N [--api A] [--trace]

Each seed draws the API that it is about, unless --api names one.
Stops at the first seed that breaks an invariant, prints its trace, and exits with 1.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial

import click

from tests.simulation.runner import Result, run_block, run_seed, temporary_folder
from tests.simulation.subjects import SUBJECTS

SEEDS_AT_ONCE = 20


def run_blocks(
    blocks: Sequence[Sequence[int]], *, api: str | None, workers: int
) -> Iterator[list[Result]]:
    """The results in the order of the seeds."""
    run = partial(run_block, api=api)
    if workers == 1:
        yield from map(run, blocks)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context) as pool:
        yield from pool.map(run, blocks)


def summary(counts: Counter[str]) -> str:
    """How often each kind of thing happened, one per line."""
    width = max(map(len, counts), default=0)
    return "\n".join(f"{kind:<{width}}  {counts[kind]:>8}" for kind in sorted(counts))


@click.command(help=__doc__)
@click.option("--seeds", type=click.IntRange(min=1), default=2000, show_default=True)
@click.option("--from", "first", type=click.IntRange(min=0), default=0, help="The first seed.")
@click.option("--seed", "one", type=click.IntRange(min=0), help="Run only this seed.")
@click.option("--api", type=click.Choice([*SUBJECTS]), help="The API, instead of a drawn one.")
@click.option("--trace", is_flag=True, help="With --seed: print the trace even if it passes.")
@click.option("--workers", type=click.IntRange(min=1), default=min(2, os.cpu_count() or 1))
def main(
    seeds: int, first: int, one: int | None, api: str | None, trace: bool, workers: int
) -> None:
    if one is not None:
        with temporary_folder() as folder:
            result = run_seed(one, folder, api=api, traced=trace)
        click.echo(str(result))
        sys.exit(1 if result.violation is not None else 0)
    numbers = range(first, first + seeds)
    blocks = [numbers[start : start + SEEDS_AT_ONCE] for start in range(0, seeds, SEEDS_AT_ONCE)]
    counts: Counter[str] = Counter()
    with click.progressbar(length=seeds, label="seeds", file=sys.stderr) as bar:
        for results in run_blocks(blocks, api=api, workers=workers):
            for result in results:
                counts += result.counts
                if result.violation is not None:
                    click.echo(f"\n{result}")
                    sys.exit(1)
            bar.update(len(results))
    click.echo(summary(counts))
    click.echo(f"every invariant held in the seeds {first} to {first + seeds - 1}")


if __name__ == "__main__":
    main()
