"""What all nouns share: immutability, strict JSON, and the canonical JSON that is hashed."""

from __future__ import annotations

import hashlib
import json
import math
from datetime import datetime
from typing import Any, NoReturn

from pydantic import BaseModel, ConfigDict

_MOST_DIGITS = 300
"""A longer integer is out of range for a float, and Python refuses to parse thousands of digits."""


# A command builds the validators of the models that it uses, and no others.
STRICT = ConfigDict(extra="forbid", strict=True, defer_build=True)


class Frozen(BaseModel):
    """An immutable value that refuses unknown fields and never coerces a type."""

    model_config = ConfigDict(**STRICT, frozen=True)


def canonical_json(value: Any) -> bytes:
    """Sorted keys, no spaces, UTF-8, no NaN: equal values give equal bytes.

    A lone surrogate, which JSON may carry as an escape and UTF-8 may not, keeps its escape.
    """
    text = json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    return text.encode("utf-8", errors="backslashreplace")


def parsed_json(text: str | bytes) -> Any:
    """Parse JSON without Python's extensions: no NaN, and no number out of range for a float.

    Raises ValueError and RecursionError.
    """
    return json.loads(text, parse_constant=_refused, parse_float=_finite)


def tolerant_json(text: str | bytes) -> Any:
    """Parse JSON that we did not write: as `parsed_json`, but a number out of range becomes None,
    because it may be in a field that nobody needs."""
    return json.loads(
        text, parse_constant=_refused, parse_float=_finite_or_none, parse_int=_whole_or_none
    )


def _refused(text: str) -> NoReturn:
    raise ValueError(f"{text[:20]} is not a number in JSON")


def _finite(text: str) -> float:
    number = float(text)
    return number if math.isfinite(number) else _refused(text)


def _finite_or_none(text: str) -> float | None:
    number = float(text)
    return number if math.isfinite(number) else None


def _whole_or_none(text: str) -> int | None:
    return int(text) if len(text) <= _MOST_DIGITS else None


def sha256_of(value: Any) -> str:
    """Hex SHA-256 over the canonical JSON of `value`."""
    return hashlib.sha256(canonical_json(value)).hexdigest()


def rfc3339(moment: datetime) -> str:
    """An aware UTC time as RFC 3339 with `Z`, to the millisecond."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
