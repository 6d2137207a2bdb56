"""A part of the configuration, parsed once: its value, or the reason why it cannot be used.

A command requires only the parts that it needs, so a command without a tenant does not fail because
of a missing variable.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from typing import Generic, NoReturn, TypeVar

from reconciler.errors import ConfigurationError

Value_co = TypeVar("Value_co", covariant=True)


@dataclass(frozen=True)
class Usable(Generic[Value_co]):
    """A part that can be used."""

    value: Value_co

    def required(self) -> Value_co:
        """The value."""
        return self.value


@dataclass(frozen=True)
class Unusable:
    """A part that is missing or invalid."""

    reason: ConfigurationError

    def required(self) -> NoReturn:
        """Raises ConfigurationError."""
        # A copy, here and below: a raised error keeps its frames and everything in them.
        raise copy(self.reason)


Part = Usable[Value_co] | Unusable


def parsed(parse: Callable[[], Value_co]) -> Part[Value_co]:
    """The value that `parse` returns, or the ConfigurationError that it raises."""
    try:
        return Usable(parse())
    except ConfigurationError as error:
        return Unusable(copy(error))
