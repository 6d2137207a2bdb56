"""Run many seeds, or one.

    python -m tests.simulation.promotion --seeds N [--from M]

Stops at the first seed in which something happens that must not, and exits with 1.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from tests.simulation.promotion.story import Broken, Story


@click.command(help=__doc__)
@click.option("--seeds", type=click.IntRange(min=1), default=200, show_default=True)
@click.option("--from", "first", type=click.IntRange(min=0), default=0, help="The first seed.")
def main(seeds: int, first: int) -> None:
    happened: Counter[str] = Counter()
    for seed in range(first, first + seeds):
        with TemporaryDirectory() as folder:
            story = Story(seed, Path(folder))
            try:
                story.run()
            except Broken as broken:
                click.echo(f"seed {seed}: {broken}")
                sys.exit(1)
        happened += story.happened
    for each in sorted(happened):
        click.echo(f"{each:<40}{happened[each]:>8}")
    click.echo(f"held in the seeds {first} to {first + seeds - 1}")


if __name__ == "__main__":
    main()
