"""The paths of requests."""

from __future__ import annotations

from urllib.parse import quote


def segment(text: str) -> str:
    """`text` as one segment of a path; one of dots alone would climb out of the path."""
    quoted = quote(text, safe="")
    return quoted.replace(".", "%2E") if set(text) <= {"."} else quoted
