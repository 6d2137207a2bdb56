"""Which files in a folder are read, by their names and suffixes, and which links are followed.

A link that leaves the folder is an error. Otherwise anyone who can add a link to a repository could
make a build machine read one of its own files and show an excerpt of it. A link inside the folder
is followed, but each file is read only once, and under its own path; a file that is ignored because
of its name is read through the link. A folder that contains itself is therefore not an endless
loop.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from reconciler.adapters.manifests.text import shown
from reconciler.errors import ManifestError
from reconciler.model.problem import Problem, Source
from reconciler.model.rule import Rule
from reconciler.model.rules.files import IGNORED_FILE, OUTSIDE_FOLDER

SUFFIXES = (".yaml", ".yml")


@dataclass(frozen=True)
class Listing:
    """The slot files, with those of a folder before its subfolders, and problems with others."""

    files: tuple[Path, ...]
    problems: tuple[Problem, ...]


def list_files(folder: Path, *, base: Path | None = None) -> Listing:
    """The files of a folder, which problems show relative to `base`, if there is one.

    Raises ManifestError if `folder`, or a folder below it, cannot be listed.
    """
    if not folder.is_dir():
        what = "is not a folder" if folder.exists() else "does not exist"
        raise ManifestError(
            f"The slots folder {folder} {what}.",
            hint="Run this in the folder that contains slots/, or pass --slots DIR.",
        )
    walk = _Walk(folder, base=base)
    try:
        walk.enter(folder)
        walk.follow_links()
    except OSError as error:
        raise ManifestError(
            f"{error.filename or folder} cannot be listed: {error.strerror}.",
            hint="Check the folder's permissions.",
        ) from error
    depth = len(folder.parts)
    return Listing(
        files=tuple(sorted(walk.files, key=lambda path: _order(path.parts[depth:]))),
        problems=tuple(walk.problems),
    )


class _Walk:
    """Real files and folders come before links, so that a link to one of them adds nothing."""

    def __init__(self, root: Path, *, base: Path | None) -> None:
        self._root = root
        self._base = base
        self._real_root = os.path.realpath(root)
        self._links: list[Path] = []
        self._seen: set[str] = set()
        self.files: list[Path] = []
        self.problems: list[Problem] = []

    def enter(self, folder: Path) -> None:
        """Collect the files below `folder`, and keep its links for later."""
        real = os.path.realpath(folder)
        pending = [(str(folder), real)]
        while pending:
            parent, real_parent = pending.pop()
            if real_parent in self._seen:
                continue
            self._seen.add(real_parent)
            with os.scandir(parent) as entries:
                for entry in entries:
                    if entry.name[0] in "._":
                        continue
                    if entry.is_symlink():
                        self._links.append(Path(entry.path))
                    elif entry.is_dir():
                        pending.append((entry.path, f"{real_parent}{os.sep}{entry.name}"))
                    else:
                        self._file(Path(entry.path), real=f"{real_parent}{os.sep}{entry.name}")

    def follow_links(self) -> None:
        """Follow all links, including those in folders that were entered through a link."""
        while self._links:
            links, self._links = sorted(self._links), []
            for link in links:
                self._follow(link)

    def _follow(self, link: Path) -> None:
        real = os.path.realpath(link)
        is_folder = link.is_dir()
        if not is_folder and link.suffix.lower() not in SUFFIXES:
            return
        if not self._is_inside(real):
            self._report(
                link,
                OUTSIDE_FOLDER,
                f"a link to {shown(Path(real))}, which is outside "
                f"{shown(self._root, base=self._base)}",
                hint="Copy its target into the folder, or rename the link to begin with _.",
            )
        elif is_folder:
            self.enter(link)
        else:
            self._file(link, real=real)

    def _is_inside(self, real: str) -> bool:
        return Path(self._real_root) in (Path(real), *Path(real).parents)

    def _file(self, path: Path, *, real: str) -> None:
        suffix = path.suffix
        if suffix in SUFFIXES:
            if real not in self._seen:
                self._seen.add(real)
                self.files.append(path)
        elif suffix.lower() in SUFFIXES:
            self._report(
                path,
                IGNORED_FILE,
                f"ignored, because its name ends with {suffix}",
                hint=f"Rename it to end with {suffix.lower()}",
            )

    def _report(self, path: Path, rule: Rule, message: str, *, hint: str) -> None:
        source = Source(file=shown(path, base=self._base))
        self.problems.append(rule.problem(source, message=message, hint=hint))


def _order(parts: Sequence[str]) -> tuple[tuple[bool, str], ...]:
    *parents, name = parts
    return (*((True, each) for each in parents), (False, name))
