"""A parsed JSON object → a value, by the shape of the document.

A shape is strict about types and ignores unknown keys.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from reconciler.errors import DocumentError

FORMAT_VERSION = "1.0"
"""Of the JSON of plans and drifts. If a meaning changes, so does the major version."""
FORMAT_MAJOR = FORMAT_VERSION.split(".", maxsplit=1)[0]

LISTED = Field(strict=False)
"""A tuple, which is a list in JSON."""
WORD = Field(strict=False)
"""An enumeration, which is text in JSON."""
Fraction = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=0, le=10**9)]


class Shape(BaseModel):
    """The shape of an object in a document."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True, defer_build=True)


ShapeT = TypeVar("ShapeT", bound=Shape)


def parsed(shape: type[ShapeT], document: Mapping[str, Any], *, source: str, what: str) -> ShapeT:
    """The document as `shape`.

    Raises DocumentError with the position of the first error, and without any of the document's
    content. `source` names the document in the message, and `what` says what it should be.
    """
    try:
        return shape.model_validate(dict(document))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(step) for step in first["loc"])
        raise not_expected(source, what, f"`{place}`: {first['msg']}.") from error


def not_expected(source: str, what: str, reason: str) -> DocumentError:
    """The error for a document that is not `what` it should be."""
    return DocumentError(
        f"{source} is not the result that was expected: This is not {what}: {reason}"
    )


def is_known_version(document: Mapping[str, Any]) -> bool:
    """Whether the document's format version has the major of FORMAT_VERSION."""
    version = document.get("format_version")
    return isinstance(version, str) and version.split(".", maxsplit=1)[0] == FORMAT_MAJOR
