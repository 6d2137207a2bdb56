"""An object → the JSON that our commands print."""

from __future__ import annotations

import json
from typing import Any

from reconciler.model.visible import escaped


def printed(document: Any) -> str:
    """Indented JSON without control characters, safe for a terminal and a GitHub Actions runner.

    They are escaped, as are lone surrogates, which UTF-8 cannot encode: to a JSON parser an escape
    means the same.
    """
    text = json.dumps(document, indent=2, ensure_ascii=False)
    safe = "\n".join(escaped(line, by=_json_escape) for line in text.split("\n"))
    return safe.replace("##[", "#\\u0023[")


def printed_line(document: Any) -> str:
    """The same as one line of plain ASCII, without its line break: JSON Lines have one document
    each."""
    return json.dumps(document).replace("##[", "#\\u0023[").replace("\x7f", "\\u007f")


def _json_escape(character: str) -> str:
    return "\\u007f" if character == "\x7f" else json.dumps(character)[1:-1]
