"""The files of a fleet as one value: what was reviewed, and what workers elsewhere get."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cached_property

from pydantic import Field

from reconciler.model.base import Frozen, canonical_json

VERSION = 1
MOST_BYTES = 64 * 1024 * 1024
"""Of the content. A fleet of 5,000 targets has about 2 MB."""


class Bundle(Frozen):
    """fleet.yaml, the files that it includes, and those of all slots folders.

    `files` are their texts by path, relative to the folder of fleet.yaml and with `/`, and
    `fleet_file` is the path of fleet.yaml among them. Nothing says where that folder was.
    """

    fleet_file: str
    files: Mapping[str, str] = Field(default_factory=dict)

    @cached_property
    def content(self) -> bytes:
        """The bundle as bytes, equal for equal files: canonical JSON."""
        return canonical_json(
            {"version": VERSION, "fleet_file": self.fleet_file, "files": dict(self.files)}
        )

    @cached_property
    def digest(self) -> str:
        """`sha256:…` over `content`."""
        return f"sha256:{hashlib.sha256(self.content).hexdigest()}"


def is_inner_path(path: str) -> bool:
    """Whether a path, with `/`, leads into the folder that it is relative to, on any system."""
    parts = path.split("/")
    return not (set(path) & set("\\:\0")) and not any(part in ("", ".", "..") for part in parts)
