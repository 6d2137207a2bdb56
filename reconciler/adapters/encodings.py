"""What the first bytes of a file say of its encoding."""

from __future__ import annotations

import codecs

_MARKS = {
    codecs.BOM_UTF32_LE: "UTF-32",  # begins as UTF-16's does
    codecs.BOM_UTF32_BE: "UTF-32",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
}

SAVE_AS_UTF_8 = (
    "Windows PowerShell's `>` writes UTF-16: use `--out FILE` where the command has it, or "
    "`| Out-File -Encoding utf8 FILE`."
)
"""How to save what one of our commands prints."""


def marked_encoding(data: bytes) -> str | None:
    """The encoding, other than UTF-8, that a byte order mark names."""
    return next((name for mark, name in _MARKS.items() if data.startswith(mark)), None)
