"""Credentials by name, as they were found: the fields of a secret, not yet checked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from reconciler.model.secret import Secret

FIELDS = ("client_id", "client_secret", "origin", "bot_id", "api_key", "project_id")
"""The files of a secret, and the keys of a helper's answer. The origin lies with the secret, so
that nothing else decides where it is sent."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")


@dataclass(frozen=True)
class FoundCredentials:
    """The fields that were found, none of them empty, and where each of FIELDS is or would be, for
    messages."""

    fields: Mapping[str, Secret]
    places: Mapping[str, str]


def is_credentials_name(text: str) -> bool:
    """Whether the text may be the name of credentials: a single part of a path, never `..`."""
    return _NAME.fullmatch(text) is not None
