"""The single file in an artifact's zip archive."""

from __future__ import annotations

import io
import zipfile
import zlib

from reconciler.errors import GitHubError

_ENCRYPTED = 0x1
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
"""How GitHub compresses artifacts. With other methods, the archive itself decides how much memory
is used."""
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    ValueError,
    OverflowError,  # an offset that no file can have
)


def only_member(archive: bytes, *, name: str, limit: int) -> bytes:
    """The content of the file `name`, which must be the only one in the archive.

    Raises GitHubError for any other archive, and for more than `limit` bytes. The sizes that the
    archive claims are not trusted.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as zipped:
            members = zipped.infolist()
            if [member.filename for member in members] != [name]:
                names = ", ".join(repr(member.filename[:60]) for member in members[:3])
                raise GitHubError(
                    f"The artifact must contain {name!r} and nothing else; "
                    f"it contains {names or 'nothing'}."
                )
            if members[0].flag_bits & _ENCRYPTED:
                raise GitHubError(f"{name!r} in the artifact is encrypted.")
            if members[0].compress_type not in _METHODS:
                raise GitHubError(
                    f"{name!r} in the artifact uses compression method "
                    f"{members[0].compress_type}; GitHub only stores or deflates."
                )
            with zipped.open(members[0]) as file:
                content = file.read(limit + 1)
    except _DAMAGE as error:
        raise GitHubError("The artifact is not a complete zip archive.") from error
    if len(content) > limit:
        raise GitHubError(f"{name!r} in the artifact is larger than {limit:,} bytes.")
    return content
