"""The files from which GitHub Actions reads a job's summary and a step's outputs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from reconciler.errors import DocumentError


@dataclass(frozen=True)
class JobFiles:
    """The two files of a step; what is written to one that is None is dropped."""

    summary: Path | None = None
    outputs: Path | None = None

    def summarise(self, text: str) -> None:
        """Add a paragraph to the job's summary. Raises DocumentError."""
        _append(self.summary, f"{text}\n")

    def set_output(self, name: str, value: str) -> None:
        """Set an output of the step. Raises DocumentError."""
        _append(self.outputs, f"{name}={value}\n")


def _append(path: Path | None, text: str) -> None:
    if path is None:
        return
    try:
        with path.open("a", encoding="utf-8", errors="backslashreplace", newline="\n") as file:
            file.write(text)
    except OSError as error:
        raise DocumentError(f"{path} cannot be written: {error.strerror}.") from error
