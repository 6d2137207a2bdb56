"""An object that was read from JSON → a value, by the shape that a document has.

A shape is strict about types and ignores the keys that it does not know.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from reconciler.errors import DocumentError

FORMAT_VERSION = "1.0"
"""Of the JSON of plans and drifts. A changed meaning raises the major."""
FORMAT_MAJOR = FORMAT_VERSION.split(".", maxsplit=1)[0]

LISTED = Field(strict=False)
"""JSON has lists, and no tuples."""
WORD = Field(strict=False)
"""JSON has text, and no enumerations."""
Fraction = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=0, le=10**9)]


class Shape(BaseModel):
    """The shape of an object in a document."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True, defer_build=True)


ShapeT = TypeVar("ShapeT", bound=Shape)


def parsed(shape: type[ShapeT], document: Mapping[str, Any], *, source: str, what: str) -> ShapeT:
    """The document, which `source` names in a message, and which should be `what`.

    Raises DocumentError with the first place that is wrong; it repeats nothing of the document.
    """
    try:
        return shape.model_validate(dict(document))
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
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
