"""A bundle's content → the bundle. The other way is `Bundle.content`, which its digest covers."""

from __future__ import annotations

import hashlib
from typing import Literal

from reconciler.errors import DocumentError
from reconciler.formats.reading import Shape, not_expected, parsed
from reconciler.model.base import parsed_json
from reconciler.model.bundle import MOST_BYTES, Bundle, is_inner_path

_WHAT = "a bundle of a fleet's files"


class _BundleShape(Shape):
    version: Literal[1]
    fleet_file: str
    files: dict[str, str]


def parsed_bundle(content: bytes, *, digest: str) -> Bundle:
    """The bundle with this digest. Raises DocumentError if the content is not what it was made
    from, or asks for a file that is not in the folder of the fleet."""
    found = f"sha256:{hashlib.sha256(content).hexdigest()}"
    if found != digest:
        raise DocumentError(
            f"The stored bundle is not the one that was asked for: its digest is {found}, not "
            f"{digest}.",
            hint="Run `reconciler fleet apply` again, which stores the files anew.",
        )
    if len(content) > MOST_BYTES:
        raise not_expected(digest, _WHAT, f"it has {len(content):,} bytes.")
    try:
        document = parsed_json(content)
    except (ValueError, RecursionError) as error:
        raise not_expected(digest, _WHAT, "it is not JSON.") from error
    if not isinstance(document, dict):
        raise not_expected(digest, _WHAT, "it is not an object.")
    shape = parsed(_BundleShape, document, source=digest, what=_WHAT)
    if shape.fleet_file not in shape.files:
        raise not_expected(digest, _WHAT, "it lacks the file of the fleet.")
    if not all(map(is_inner_path, shape.files)):
        raise not_expected(digest, _WHAT, "it has a file outside of its folder.")
    return Bundle(fleet_file=shape.fleet_file, files=shape.files)
