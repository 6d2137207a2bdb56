"""The managed fields of a slot, as each API has them.

    PatternContent   version 1: an ordered list of patterns and a fill strategy
    FillerContent    version 2: a slot filler of a flow, with one regex or one lexicon slot

A SlotContent is either, as it was written; a CanonicalSlot is either, in the form that is compared.
"""

from __future__ import annotations

import dataclasses
from operator import attrgetter
from typing import Any, ClassVar

from pydantic import JsonValue
from pydantic.dataclasses import dataclass

from reconciler.model.base import STRICT


class _Content:
    """What the contents of both APIs have in common."""

    __slots__ = ()
    FIELDS: ClassVar[tuple[str, ...]]
    dependencies: tuple[str, ...]

    def as_json(self) -> dict[str, JsonValue]:
        """The fields as JSON has them, by name."""
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in self._fields().items()
        }

    @property
    def distinct_dependencies(self) -> tuple[str, ...]:
        """Sorted, and each once."""
        if len(self.dependencies) <= 1:
            return self.dependencies
        return tuple(sorted(set(self.dependencies)))

    def _fields(self) -> dict[str, Any]:
        return dict(zip(self.FIELDS, attrgetter(*self.FIELDS)(self), strict=True))


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class PatternContent(_Content):
    """A slot of version 1: its fields as they were written, and in that order.

    Only a live slot can lack a `name`, `type` or `fill_strategy`.
    """

    name: str | None
    type: str | None
    patterns: tuple[str, ...]
    fill_strategy: str | None
    dependencies: tuple[str, ...]

    def place_of(self, pattern: int) -> tuple[str | int, ...]:
        """The path of this pattern in the slot's file."""
        return ("patterns", pattern)

    @property
    def trained_with(self) -> str:
        """Slots for which this is the same are trained together: here, all slots of the bot."""
        return ""

    @property
    def managed(self) -> tuple[str, ...] | None:
        """None: a file of version 1 manages every field."""
        return None

    @property
    def may_be_unmanaged(self) -> frozenset[str]:
        """The fields that a file may leave unmanaged: none."""
        return frozenset()

    @property
    def result_names(self) -> frozenset[str]:
        """The names by which an assert speaks of its result: none, because there are no asserts."""
        return frozenset()

    def canonical(self) -> CanonicalPatternContent:
        """The form in which equal slots are equal: dependencies are a set, patterns a list."""
        return CanonicalPatternContent(**self.canonical_fields())

    def canonical_fields(self) -> dict[str, Any]:
        """The fields of the canonical form, by name."""
        return {**self._fields(), "dependencies": self.distinct_dependencies}

    def completed(self, _live: SlotContent | None) -> PatternContent:
        """This content: a file of version 1 states every field."""
        return self

    def rebased(self, *, sent: SlotContent, live: SlotContent) -> SlotContent | None:  # noqa: ARG002
        """None: an update of version 1 replaces every field, so what differs came after it."""
        return None


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class CanonicalPatternContent(PatternContent):
    """What is compared: `dependencies` sorted and without repetition, but `patterns` in order,
    because `firstMatch` depends on it. Never equal to a PatternContent as it was written."""


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class FillerContent(_Content):
    """A slot filler of version 2.

    In a file, None leaves a field unmanaged. In a live slot it is a field that the tenant did not
    send, which is the same as an empty text, or as False. `dependencies` are only in files: the
    tenant does not know them.
    """

    flow: str
    name: str
    type: str
    regex: str | None = None
    slot: str | None = None
    context_key: str | None = None
    profile_key: str | None = None
    result_location: str | None = None
    additional_validation: str | None = None
    store_result_in_context: bool | None = None
    store_in_contact_profile: bool | None = None
    store_detailed_results: bool | None = None
    skip_if_result_in_context: bool | None = None
    use_positive_only: bool | None = None
    dependencies: tuple[str, ...] = ()

    @property
    def patterns(self) -> tuple[str, ...]:
        """The regex, if it has one."""
        return (self.regex,) if self.regex else ()

    def place_of(self, _pattern: int) -> tuple[str | int, ...]:
        """The path of the regex in the slot's file."""
        return ("regex",)

    @property
    def fill_strategy(self) -> None:
        """Version 2 has none."""
        return

    @property
    def trained_with(self) -> str:
        """Slots for which this is the same are trained together: here, those of a flow."""
        return self.flow

    @property
    def managed(self) -> tuple[str, ...] | None:
        """The fields of the tenant that a file with this content manages."""
        fields = self._fields()
        return tuple(
            name for name, value in fields.items() if value is not None and name != "dependencies"
        )

    @property
    def may_be_unmanaged(self) -> frozenset[str]:
        """The fields that a file may leave unmanaged: all but what the filler is."""
        return frozenset((*FILLER_TEXTS, *FILLER_SWITCHES))

    @property
    def result_names(self) -> frozenset[str]:
        """The names by which an assert speaks of its result: the context key, or the slot."""
        key = (self.context_key or "").partition(".")[0]
        return frozenset(filter(None, (key, self.slot)))

    def canonical(self) -> CanonicalFillerContent:
        """The form in which equal slots are equal."""
        return CanonicalFillerContent(**self.canonical_fields())

    def canonical_fields(self) -> dict[str, Any]:
        """The fields of the canonical form, by name."""
        fields = self._fields()
        texts = {name: fields[name] or None for name in FILLER_TEXTS}
        switches = {name: bool(fields[name]) for name in FILLER_SWITCHES}
        return {**fields, **texts, **switches, "dependencies": ()}

    def completed(self, live: SlotContent | None) -> FillerContent:
        """All fields as they will be live: those that this leaves unmanaged as they are now.

        For a slot that is not live they are as the vendor's console would have them: a result is
        stored in the context where there is a key for it, and nothing else is switched on.
        """
        fields = self._fields()
        if isinstance(live, FillerContent):
            rest = live._fields()
        else:
            rest = {**dict.fromkeys(FILLER_SWITCHES, False)}
            rest["store_result_in_context"] = bool(self.context_key)
        given = {name: value for name, value in fields.items() if value is not None}
        return FillerContent(**{**rest, **given})

    def rebased(self, *, sent: SlotContent, live: SlotContent) -> SlotContent | None:
        """This content, which an update to `sent` replaces, with what someone else has changed
        beside it: an update leaves alone the fields that it does not send.

        None unless `live` has every field that was sent, and differs from `sent` in others.
        """
        if not isinstance(sent, FillerContent) or not isinstance(live, FillerContent):
            return None
        before, after, now = (each.canonical_fields() for each in (self, sent, live))
        edited = {name for name, value in now.items() if value != after[name]}
        unsent = {name for name, value in before.items() if value == after[name]} - _ALWAYS_SENT
        if before == after or not edited or not edited <= unsent:
            return None
        return FillerContent(**{**self._fields(), **{name: now[name] for name in edited}})


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class CanonicalFillerContent(FillerContent):
    """What is compared: no empty texts, each switch on or off, and no dependencies, which the
    tenant does not know. Never equal to a FillerContent as it was written."""


def _names(content: Any) -> tuple[str, ...]:
    return tuple(field.name for field in dataclasses.fields(content))


PatternContent.FIELDS = _names(PatternContent)
FillerContent.FIELDS = _names(FillerContent)
FILLER_SWITCHES = (
    "store_result_in_context",
    "store_in_contact_profile",
    "store_detailed_results",
    "skip_if_result_in_context",
    "use_positive_only",
)
"""The fields that are true or false."""
FILLER_TEXTS = (
    "regex",
    "slot",
    "context_key",
    "profile_key",
    "result_location",
    "additional_validation",
)
"""The fields that may be empty."""
_ALWAYS_SENT = frozenset(("flow", "name", "type", "regex", "slot"))
"""What every update sends, and where the filler is found."""

SlotContent = PatternContent | FillerContent
CanonicalSlot = CanonicalPatternContent | CanonicalFillerContent


def trained_with(content: SlotContent | None) -> str:
    """Slots for which this is the same are trained together; "" without a slot."""
    return content.trained_with if content is not None else ""
