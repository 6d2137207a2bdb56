"""Break the code in places drawn from a seed, and check whether the tests notice.

    python -m tests.mutants [--sample N] [--seed N] [--minutes N] [--seeds N] PATH...

Prints each mutant that survived. Exits 1 if fewer than 95 % of the mutants that are not equivalent
were killed.
"""

from __future__ import annotations

import os
import sys
import time
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from tests.mutants import tool
from tests.mutants.checkout import Checkout
from tests.mutants.judging import Judge, Judgement, UnbrokenFailsError, judgements
from tests.mutants.report import Report
from tests.mutants.sampling import Mutant, files, sample

ROOT = Path(__file__).parents[2]
COUNT = click.IntRange(min=1)


def judged(
    mutants: list[Mutant], *, judge: Judge, python: Path, until: float, workers: int
) -> Report:
    with TemporaryDirectory(prefix="mutants-") as folder:
        checkouts = [
            Checkout.of(ROOT, folder=Path(folder) / str(number), python=python)
            for number in range(workers)
        ]
        judge.learn(sorted({each.path for each in mutants}), checkout=checkouts[0])
        found: list[Judgement] = []
        with click.progressbar(length=len(mutants), label="mutants", file=sys.stderr) as bar:
            for judgement in judgements(
                mutants,
                judge=lambda mutant, checkout: judge.judge(mutant, checkout=checkout),
                checkouts=checkouts,
                is_over=lambda: time.monotonic() > until,
            ):
                if judgement.killer is None:
                    click.echo(f"\nsurvived: {judgement.mutant}", err=True)
                found.append(judgement)
                bar.update(1)
    return Report(found, drawn=len(mutants))


@click.command(help=__doc__)
@click.argument("paths", nargs=-1, required=True)
@click.option("--sample", "size", type=COUNT, default=200, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True, help="What the sample comes from.")
@click.option("--minutes", type=COUNT, default=30, show_default=True, help="None is begun later.")
@click.option("--seeds", type=COUNT, default=200, show_default=True, help="Of the simulation.")
@click.option("--workers", type=COUNT, default=min(2, os.cpu_count() or 1))
@click.option(
    "--python",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    default=Path(sys.executable),
    help="The Python that runs the tests; it does not need Cosmic Ray.",
)
def main(
    paths: tuple[str, ...],
    size: int,
    seed: int,
    minutes: int,
    seeds: int,
    workers: int,
    python: Path,
) -> None:
    until = time.monotonic() + 60 * minutes
    sources = files(paths, root=ROOT)
    drawn = sample(sources, seed=seed, places=tool.places, broken=tool.broken)
    mutants = list(islice(drawn, size))
    click.echo(f"{len(mutants)} mutants of {len(sources)} files, drawn from the seed {seed}")
    judge = Judge(ROOT, seeds)
    try:
        report = judged(
            mutants, judge=judge, python=python.absolute(), until=until, workers=workers
        )
    except UnbrokenFailsError as error:
        raise click.ClickException(
            f"with nothing broken, a test fails already:\n{error}"
        ) from error
    click.echo(str(report))
    sys.exit(0 if report.is_good else 1)


if __name__ == "__main__":
    main()
