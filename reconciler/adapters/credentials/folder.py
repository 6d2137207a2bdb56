"""Credentials in files: NAME/client_id and so on, or NAME_client_id, in one folder.

Kubernetes writes a Secret as links into a folder that it replaces as a whole by moving the link
`..data`; systemd and Docker write one file a field.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from reconciler.errors import ConfigurationError
from reconciler.model.credentials import FIELDS, FoundCredentials
from reconciler.model.secret import Secret

MAX_BYTES = 10_000
"""Of one field: the longest keys that tenants hand out have some hundred characters."""
_MOST_READINGS = 5


def in_folder(folder: Path, name: str) -> FoundCredentials | None:
    """The credentials with this name as they are now, or None. Raises ConfigurationError for a file
    that cannot be read."""
    own = folder / name
    if _is_folder(own):
        paths = {field: own / field for field in FIELDS}
        return FoundCredentials(_unmixed(own, paths), places=_places(paths))
    paths = {field: folder / f"{name}_{field}" for field in FIELDS}
    fields = _fields(paths)
    return FoundCredentials(fields, places=_places(paths)) if fields else None


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError as error:  # the folder above it may not be searched
        raise _unreadable(path, error) from None


def _unmixed(own: Path, paths: Mapping[str, Path]) -> Mapping[str, Secret]:
    """The fields of one version: read again if the folder was replaced meanwhile."""
    for _ in range(_MOST_READINGS):
        before = _version(own)
        fields = _fields(paths)
        if _version(own) == before:
            return fields
    raise ConfigurationError(
        f"The credentials in {own} were replaced again and again while they were read.",
        hint="Look for what writes them.",
    )


def _version(own: Path) -> str | None:
    """What tells one version of a folder from the next, if it is replaced as a whole."""
    try:
        return str((own / "..data").readlink())
    except OSError:
        return None


def _fields(paths: Mapping[str, Path]) -> Mapping[str, Secret]:
    read = {field: _text(path) for field, path in paths.items()}
    return {field: Secret(text) for field, text in read.items() if text}


def _text(path: Path) -> str:
    """The text without its last line end; "" without the file."""
    try:
        if not path.is_file():
            return ""
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except FileNotFoundError:  # it has just been replaced
        return ""
    except OSError as error:
        raise _unreadable(path, error) from None
    if len(content) > MAX_BYTES:
        raise ConfigurationError(
            f"{path} has more than {MAX_BYTES} bytes, so it cannot be part of credentials.",
            hint="Put one value into each file.",
        )
    try:
        return content.decode("utf-8").rstrip("\r\n")
    except UnicodeDecodeError:  # its message quotes what it could not read
        raise ConfigurationError(
            f"{path} is not UTF-8 text.", hint="Write the value as text."
        ) from None


def _unreadable(path: Path, error: OSError) -> ConfigurationError:
    return ConfigurationError(
        f"The credentials in {path} cannot be read: {type(error).__name__}.",
        hint="Let the user that reconciler runs as read them.",
    )


def _places(paths: Mapping[str, Path]) -> Mapping[str, str]:
    return {field: str(path) for field, path in paths.items()}
