"""Files of a fleet → a bundle, and a bundle → a folder."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from reconciler.adapters.files import create_itself
from reconciler.errors import DocumentError, ManifestError
from reconciler.model.bundle import MOST_BYTES, Bundle, is_inner_path


def bundle_of(files: Mapping[str, bytes], *, fleet_file: str) -> Bundle:
    """The bundle of files that have been read, by path relative to the folder of `fleet_file`,
    which is one of them. Raises ManifestError if they are too large, or have names that are not
    safe everywhere."""
    for path in files:
        if not is_inner_path(path):
            raise ManifestError(
                f"The file {path!r} cannot be part of a fleet, because of its name.",
                hint="Rename it without `\\` and `:`.",
            )
    texts = {path: data.decode() for path, data in sorted(files.items())}
    bundle = Bundle(fleet_file=fleet_file, files=texts)
    size = len(bundle.content)
    if size > MOST_BYTES:
        raise ManifestError(
            f"The files of the fleet have {size:,} bytes, over the limit of {MOST_BYTES:,}.",
            hint="Split the fleet in two.",
        )
    return bundle


def unpack(bundle: Bundle, *, into: Path) -> Path:
    """Write the files of a bundle into an empty folder; returns the path of fleet.yaml there.

    Nothing is written outside the folder, and no file twice. Raises DocumentError if the bundle
    asks for either.
    """
    for name, text in bundle.files.items():
        if not is_inner_path(name):
            raise DocumentError(f"The bundle has a file {name!r}, which is outside of its folder.")
        path = into.joinpath(*name.split("/"))
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with os.fdopen(create_itself(path, os.O_WRONLY), "wb") as file:
                file.write(text.encode())
        except OSError as error:
            raise DocumentError(
                f"The bundle's file {name!r} cannot be written: {error.strerror}.",
                hint="Two of its files may have one name on this system.",
            ) from error
    return into / bundle.fleet_file
