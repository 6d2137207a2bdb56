"""A copy of the project, in which one file at a time is broken while tests run."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv*", "node_modules", "__pycache__", ".*_cache", ".hypothesis", "build", "dist"
)


@dataclass(frozen=True)
class Checkout:
    """The copy, and a Python with everything that the tests need."""

    folder: Path
    python: Path

    @classmethod
    def of(cls, project: Path, *, folder: Path, python: Path) -> Checkout:
        """Make a copy in `folder`, which must not exist yet."""
        shutil.copytree(project, folder, ignore=LEFT_OUT)
        return cls(folder, python)

    @contextmanager
    def replaced(self, path: str, code: str) -> Iterator[None]:
        """Replace the code in a file until the block ends."""
        file = self.folder / path
        former = file.read_text(encoding="utf-8")
        self._write(file, code)
        try:
            yield
        finally:
            self._write(file, former)

    @staticmethod
    def _write(file: Path, code: str) -> None:
        """Write the file and delete its compiled version, which Python would use if both sources
        had the same size and were written in the same second."""
        for compiled in (file.parent / "__pycache__").glob(f"{file.stem}.*.pyc"):
            compiled.unlink()
        file.write_text(code, encoding="utf-8")

    def run(
        self, arguments: Sequence[str], *, timeout: float | None
    ) -> subprocess.CompletedProcess[str]:
        """Run Python on this copy.

        Raises:
            subprocess.TimeoutExpired: It took more than `timeout` seconds, and was killed.
        """
        return subprocess.run(  # noqa: S603 - our own arguments
            [str(self.python), *arguments],
            cwd=self.folder,
            env={
                **os.environ,
                "PYTHONPATH": str(self.folder),
                "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
            },
            timeout=timeout,
            capture_output=True,
            text=True,
            check=False,
        )
