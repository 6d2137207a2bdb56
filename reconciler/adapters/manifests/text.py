"""A file's bytes → its text, with positions in it."""

from __future__ import annotations

import re
import stat
from functools import cached_property
from pathlib import Path

from reconciler.adapters.encodings import marked_encoding
from reconciler.model.problem import Source
from reconciler.model.rule import Rule
from reconciler.model.rules.files import FILE_TOO_LARGE, NOT_UTF8, UNREADABLE

_BREAK = re.compile(r"\r\n|[\r\n\x85\u2028\u2029]")
"""The line endings of YAML 1.1, and so of libyaml's marks."""


class FileText:
    """The text of a file. Lines are computed on demand, because most files have no errors."""

    def __init__(self, text: str, *, file: str) -> None:
        self.text = text
        self.file = file

    @cached_property
    def lines(self) -> list[str]:
        """The lines, without their line endings."""
        return _BREAK.split(self.text)

    def at(self, line: int, column: int) -> Source:
        """The position at this line and column, both counted from 1, with the line's text."""
        excerpt = self.lines[line - 1] if line <= len(self.lines) else ""
        return Source(file=self.file, line=line, column=column, excerpt=excerpt)

    def at_offset(self, offset: int) -> Source:
        """The position of the character at `offset`, counted from 0."""
        before = _BREAK.split(self.text[:offset])
        return self.at(len(before), len(before[-1]) + 1)


class UnreadableError(Exception):
    """A file cannot be read as text; `problem` says why."""

    def __init__(self, source: Source, rule: Rule, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.problem = rule.problem(source, message=message, hint=hint)


def shown(path: Path, *, base: Path | None = None) -> str:
    """A path as shown in problems: relative to `base` if there is one, with `/`, and bytes that are
    not valid text escaped."""
    named = path if base is None else path.relative_to(base)
    return named.as_posix().encode("utf-8", errors="backslashreplace").decode()


def read_text(path: Path, *, file: str, most_bytes: int) -> str:
    """The text of `path`, which problems show as `file`. Raises UnreadableError."""
    return decoded(read_bytes(path, file=file, most_bytes=most_bytes), file=file)


def read_bytes(path: Path, *, file: str, most_bytes: int) -> bytes:
    """The bytes of a regular file that is not larger than `most_bytes`. Raises UnreadableError."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):  # reading a pipe would block
            raise UnreadableError(
                Source(file=file), UNREADABLE, "not a regular file", hint="Remove it."
            )
        if status.st_size > most_bytes:
            raise UnreadableError(
                Source(file=file),
                FILE_TOO_LARGE,
                f"{status.st_size:,} bytes, over the limit of {most_bytes:,} for one file",
                hint="Split the file.",
            )
        return path.read_bytes()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise UnreadableError(Source(file=file), UNREADABLE, f"cannot be read: {reason}") from error


def decoded(data: bytes, *, file: str) -> str:
    """The text of UTF-8. Line endings are left to YAML, which accepts all of them. Raises
    UnreadableError."""
    encoding = marked_encoding(data)
    if encoding is not None:
        raise UnreadableError(
            Source(file=file),
            NOT_UTF8,
            f"{encoding} text, not UTF-8",
            hint="Save the file as UTF-8.",
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # The error has its own copy of the bytes, without the byte order mark, valid up to `start`.
        text = FileText(error.object.decode("utf-8", errors="replace"), file=file)
        sound = error.object[: error.start].decode("utf-8")
        raise UnreadableError(
            text.at_offset(len(sound)),
            NOT_UTF8,
            f"the byte 0x{error.object[error.start]:02x} is not valid UTF-8",
            hint="Save the file as UTF-8.",
        ) from error
