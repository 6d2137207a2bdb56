"""The globs of `include` → the files that they match, each once.

As with slot files, a file or folder whose name begins with `.` or `_` is left out, a link out of
the folder is an error, and one inside it is followed.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from reconciler.adapters.manifests.listing import SUFFIXES
from reconciler.adapters.manifests.text import shown
from reconciler.model.problem import Problem, Source
from reconciler.model.rules.files import IGNORED_FILE, OUTSIDE_FOLDER, UNREADABLE
from reconciler.model.rules.fleet import UNMATCHED_INCLUDE
from reconciler.model.state import Locator


@dataclass(frozen=True, kw_only=True)
class Included:
    """The files, in the order of the globs and then of their names, and all problems. If it is not
    `is_whole`, there may be more files."""

    files: tuple[Path, ...]
    problems: tuple[Problem, ...]
    is_whole: bool


def included_by(globs: Sequence[str], *, fleet_file: Path, locate: Locator) -> Included:
    """What these globs match in the folder of fleet.yaml, which they never match itself. `locate`
    finds a path in fleet.yaml."""
    including = _Including(fleet_file)
    for number, glob in enumerate(globs):
        including.add(glob, source=locate(("include", number)))
    return Included(
        files=tuple(including.files),
        problems=tuple(including.problems),
        is_whole=including.is_whole,
    )


class _Including:
    def __init__(self, fleet_file: Path) -> None:
        self._root = fleet_file.parent
        self._real_root = Path(os.path.realpath(self._root))
        self._seen = {os.path.realpath(fleet_file)}
        self.files: list[Path] = []
        self.problems: list[Problem] = []
        self.is_whole = True

    def add(self, glob: str, *, source: Source) -> None:
        """Add what a glob matches, which fleet.yaml has at `source`."""
        try:
            # Real files come before links, so that a link to one of them adds nothing.
            matched = sorted(_matched(self._root, glob), key=lambda path: (path.is_symlink(), path))
        except OSError as error:  # a name that is too long, or a folder that may not be entered
            self.is_whole = False
            self.problems.append(
                UNREADABLE.problem(
                    source,
                    message=f"{glob[:80]} cannot be looked for: {error.strerror}",
                    hint="Correct the glob, or the permissions of its folders.",
                )
            )
            return
        if not matched:
            self.problems.append(
                UNMATCHED_INCLUDE.problem(
                    source,
                    message=f"no file matches {glob}",
                    hint="Globs are relative to the folder of fleet.yaml, and names that begin "
                    "with . or _ are left out.",
                )
            )
        self.files.extend(sorted(filter(self._is_new, matched)))

    def _is_new(self, path: Path) -> bool:
        """Whether the file is to be read, and has not been matched before."""
        real = os.path.realpath(path)
        if real in self._seen:
            return False
        self._seen.add(real)
        problem = _problem(path, real=Path(real), real_root=self._real_root, root=self._root)
        if problem is not None:
            self.problems.append(problem)
        return problem is None


def _matched(root: Path, glob: str) -> Iterator[Path]:
    for path in root.glob(glob):
        parts = path.relative_to(root).parts
        is_hidden = any(part[0] in "._" for part in parts)
        if not is_hidden and path.suffix.lower() in SUFFIXES and not path.is_dir():
            yield path


def _problem(path: Path, *, real: Path, real_root: Path, root: Path) -> Problem | None:
    source = Source(file=shown(path))
    if real_root not in real.parents:
        return OUTSIDE_FOLDER.problem(
            source,
            message=f"a link to {shown(real)}, which is outside {shown(root)}",
            hint="Copy its target into the folder, or rename the link to begin with _.",
        )
    if path.suffix not in SUFFIXES:
        return IGNORED_FILE.problem(
            source,
            message=f"ignored, because its name ends with {path.suffix}",
            hint=f"Rename it to end with {path.suffix.lower()}",
        )
    return None
