"""Detecting a file's encoding from its first bytes."""

from __future__ import annotations

import codecs

_MARKS = {
    codecs.BOM_UTF32_LE: "UTF-32",  # starts with the mark of UTF-16, so it comes first
    codecs.BOM_UTF32_BE: "UTF-32",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
}

SAVE_AS_UTF_8 = (
    "Windows PowerShell's `>` writes UTF-16: use `--out FILE` if the command has it, or "
    "`| Out-File -Encoding utf8 FILE`."
)
"""A hint on how to save the output of our commands."""


def marked_encoding(data: bytes) -> str | None:
    """The encoding that a byte order mark names, if there is one and it is not UTF-8."""
    return next((name for mark, name in _MARKS.items() if data.startswith(mark)), None)
