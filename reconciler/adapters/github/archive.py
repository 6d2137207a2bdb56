"""The one file within an artifact's zip archive."""

from __future__ import annotations

import io
import zipfile
import zlib

from reconciler.errors import GitHubError

_ENCRYPTED = 0x1
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
"""How GitHub packs artifacts. The other methods cost what their headers ask for, in memory too."""
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    ValueError,
    OverflowError,  # a place in the archive that no file can have
)


def only_member(archive: bytes, *, name: str, limit: int) -> bytes:
    """The content of the file `name`, which must be all that the archive holds.

    Raises GitHubError for anything else, and for more than `limit` bytes: sizes that an archive
    claims are not believed.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as zipped:
            members = zipped.infolist()
            if [member.filename for member in members] != [name]:
                found = ", ".join(repr(member.filename[:60]) for member in members[:3]) or "nothing"
                raise GitHubError(
                    f"The artifact must hold {name!r} and nothing else; it holds {found}."
                )
            if members[0].flag_bits & _ENCRYPTED:
                raise GitHubError(f"{name!r} in the artifact is encrypted.")
            if members[0].compress_type not in _METHODS:
                raise GitHubError(
                    f"{name!r} in the artifact is compressed by method "
                    f"{members[0].compress_type}; GitHub stores or deflates."
                )
            with zipped.open(members[0]) as file:
                content = file.read(limit + 1)
    except _DAMAGE as error:
        raise GitHubError("The artifact is no whole zip archive.") from error
    if len(content) > limit:
        raise GitHubError(f"{name!r} in the artifact is larger than {limit:,} bytes.")
    return content
