"""How the patterns of an API are read: what is wrong with one, what it matches, what it needs."""

from __future__ import annotations

import re
from typing import Protocol

from reconciler.model.api import Api
from reconciler.model.content import SlotContent
from reconciler.patterns.matching import matched
from reconciler.patterns.required import required_text
from reconciler.planning.finding import PatternFault
from reconciler.planning.pattern_faults import faults_and_steps, faults_at_sight


class Dialect(Protocol):
    """The way in which an API reads patterns."""

    def faults_at_sight(self, pattern: str) -> tuple[tuple[PatternFault, ...], bool]:
        """The faults that cost no steps, and whether there may be others."""
        ...

    def faults_and_steps(
        self, pattern: str, *, ignore_case: bool
    ) -> tuple[tuple[PatternFault, ...], int]:
        """The faults, and the steps that finding them took beyond the fixed cost."""
        ...

    def matched(self, content: SlotContent, pattern: str, text: str, *, whole: bool) -> str | None:
        """What a pattern of this slot matches in the text, or None; with `whole`, in all of it.

        Raises PatternTimeoutError and NotRunnableError.
        """
        ...

    def required(self, content: SlotContent, pattern: str) -> str:
        """The longest text, in lower-case ASCII, that each match of a pattern of this slot is known
        to contain; it may be empty."""
        ...


def dialect_of(api: Api) -> Dialect:
    """The dialect in which this API reads patterns."""
    if api.patterns.delimited:
        # Only projects of such an API pay for it.
        from reconciler.planning.javascript import JavaScript  # noqa: PLC0415

        return JavaScript()
    return _Shared(api)


class _Shared:
    """What regular expression engines have in common, or literal phrases."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def faults_at_sight(self, pattern: str) -> tuple[tuple[PatternFault, ...], bool]:
        return faults_at_sight(pattern, limits=self._api.patterns)

    def faults_and_steps(
        self, pattern: str, *, ignore_case: bool
    ) -> tuple[tuple[PatternFault, ...], int]:
        return faults_and_steps(pattern, limits=self._api.patterns, ignore_case=ignore_case)

    def matched(self, content: SlotContent, pattern: str, text: str, *, whole: bool) -> str | None:
        return matched(
            pattern if self._api.has_regexes(content) else re.escape(pattern),
            text,
            ignore_case=self._api.ignores_case(content),
            whole=whole,
        )

    def required(self, content: SlotContent, pattern: str) -> str:
        if self._api.has_regexes(content):
            return required_text(pattern)
        return pattern.lower() if pattern.isascii() else ""
