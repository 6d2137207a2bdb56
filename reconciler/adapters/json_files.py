"""Saved results of our own commands, or what is passed off as one: JSON files → objects."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from reconciler.adapters.encodings import SAVE_AS_UTF_8, marked_encoding
from reconciler.adapters.files import read_regular
from reconciler.errors import DocumentError
from reconciler.model.base import parsed_json

TRUSTED_BYTES = 100_000_000
"""The limit for a file that a user, or one of our own jobs, wrote."""
HOSTILE_BYTES = 1_000_000
"""The limit for a file that anyone may have written."""


def read_object(path: Path, *, limit: int, hint: str) -> dict[str, Any]:
    """The object in a file of at most `limit` bytes, which are counted before they are parsed.

    `hint` says how to make a file that holds one. Raises DocumentError.
    """
    try:
        content = read_regular(path, limit=limit + 1)
    except OSError as error:
        raise DocumentError(f"{path} cannot be read: {error.strerror}.", hint=hint) from error
    if len(content) > limit:
        raise DocumentError(f"{path} is larger than {limit:,} bytes.", hint=hint)
    encoding = marked_encoding(content)
    if encoding is not None:
        raise DocumentError(f"{path} is {encoding} text, not UTF-8.", hint=SAVE_AS_UTF_8)
    try:
        document = parsed_json(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise DocumentError(f"{path} is not JSON.", hint=hint) from error
    if not isinstance(document, dict):
        raise DocumentError(f"{path} holds no JSON object.", hint=hint)
    return document
