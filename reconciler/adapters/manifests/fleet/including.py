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
from reconciler.model.rules.files import IGNORED_FILE, OUTSIDE_FOLDER


@dataclass(frozen=True, kw_only=True)
class Included:
    """The files, in the order of the globs and then of their names, and problems with others.
    `unmatched` are the positions of the globs that match no file."""

    files: tuple[Path, ...]
    unmatched: tuple[int, ...]
    problems: tuple[Problem, ...]


def included_by(globs: Sequence[str], *, fleet_file: Path) -> Included:
    """What these globs match in the folder of fleet.yaml, which they never match itself."""
    root = fleet_file.parent
    real_root = Path(os.path.realpath(root))
    seen = {os.path.realpath(fleet_file)}
    files: list[Path] = []
    unmatched: list[int] = []
    problems: list[Problem] = []
    for number, glob in enumerate(globs):
        matched = sorted(_matched(root, glob), key=lambda path: (path.is_symlink(), path))
        if not matched:
            unmatched.append(number)
        found: list[Path] = []
        for path in matched:
            real = os.path.realpath(path)
            if real in seen:
                continue
            seen.add(real)
            problem = _problem(path, real=Path(real), real_root=real_root, root=root)
            if problem is None:
                found.append(path)
            else:
                problems.append(problem)
        files.extend(sorted(found))
    return Included(files=tuple(files), unmatched=tuple(unmatched), problems=tuple(problems))


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
