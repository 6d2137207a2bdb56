"""Which mutants are judged: a sample, drawn from a seed."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from random import Random

CONTEXT = 2  # lines of context in a diff


@dataclass(frozen=True)
class Way:
    """One way to break a file: the n-th place where an operator applies."""

    operator: str
    occurrence: int


@dataclass(frozen=True)
class Place:
    """A position where a file can be broken, and every way to break it there."""

    path: str
    line: int
    ways: tuple[Way, ...]


@dataclass(frozen=True)
class Mutant:
    """A file that is broken in one place."""

    path: str
    line: int
    operator: str
    source: str
    code: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}  {self.operator.removeprefix('core/')}"

    def diff(self, *, context: int = CONTEXT) -> str:
        """The change as a unified diff, without the file names."""
        lines = difflib.unified_diff(
            self.source.splitlines(), self.code.splitlines(), lineterm="", n=context
        )
        return "\n".join(islice(lines, 2, None))

    @property
    def change(self) -> tuple[str, str]:
        """The changed lines before and after; any white space counts as a single space."""
        lines = self.diff(context=0).splitlines()
        before, after = (
            " ".join(" ".join(line[1:] for line in lines if line.startswith(sign)).split())
            for sign in "-+"
        )
        return before, after


def files(paths: tuple[str, ...], *, root: Path) -> dict[str, str]:
    """The source of the Python files at these paths and in these folders, by path from the root.

    Raises:
        FileNotFoundError: A path does not exist.
    """
    found: dict[str, str] = {}
    for path in paths:
        start = root / path
        for file in sorted(start.rglob("*.py")) if start.is_dir() else [start]:
            found[file.relative_to(root).as_posix()] = file.read_text(encoding="utf-8")
    return found


def sample(
    sources: Mapping[str, str],
    *,
    seed: int,
    places: Callable[[str, str], list[Place]],
    broken: Callable[[str, Way], str | None],
) -> Iterator[Mutant]:
    """One mutant for each place, in an order drawn from the seed; take as many as you like.

    Every place is equally likely, however many ways there are to break it. So the mutants that were
    judged before time ran out are a fair sample too.
    """
    dice = Random(seed)
    drawn = [place for path, source in sorted(sources.items()) for place in places(path, source)]
    dice.shuffle(drawn)
    for place in drawn:
        source = sources[place.path]
        for way in dice.sample(place.ways, len(place.ways)):
            code = broken(source, way)
            if code is not None:
                yield Mutant(place.path, place.line, way.operator, source, code)
                break
