"""The utterances of the bot's users, each with the values that a perfect bot would extract.

A corpus file is JSON: `{"utterances": [{"text": str, "labels": {slot_id: value}}, …]}`, where
each value appears in the text word for word.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType

# The sentences around a value; `from_examples` puts each example into each of them.
_CARRIERS = (
    "{}",
    "It is {}.",
    "My request is about {}, please.",
    "Hello, can you look up {} for me?",
    "I was told to send you this: {}",
)


@dataclass(frozen=True)
class Utterance:
    """One message of a user."""

    text: str
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Corpus:
    """Utterances in a fixed order."""

    utterances: tuple[Utterance, ...]

    @classmethod
    def packaged(cls) -> Corpus:
        """The corpus of the example bot, an online shop's customer service."""
        resource = files("reconciler.sandbox.v1") / "data" / "corpus.json"
        return cls._parsed(resource.read_text(encoding="utf-8"), "the packaged corpus")

    @classmethod
    def load(cls, path: Path) -> Corpus:
        """Read a corpus file. Raises `ValueError` if it is not one, and `OSError`."""
        return cls._parsed(path.read_text(encoding="utf-8"), str(path))

    @classmethod
    def from_examples(cls, examples: Mapping[str, Iterable[str]]) -> Corpus:
        """Make a corpus for any bot from example values by slot id."""
        return cls(
            tuple(
                Utterance(carrier.replace("{}", value), MappingProxyType({slot_id: value}))
                for slot_id, values in examples.items()
                for value in values
                for carrier in _CARRIERS
            )
        )

    @classmethod
    def _parsed(cls, text: str, source: str) -> Corpus:
        try:
            content = json.loads(text)
            utterances = [_utterance(item) for item in content["utterances"]]
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"{source} is not a corpus: {error!r}") from None
        return cls(tuple(utterances))


def _utterance(item: Mapping[str, object]) -> Utterance:
    text, labels = item["text"], item.get("labels", {})
    if not isinstance(text, str) or not isinstance(labels, dict):
        raise ValueError(f"an utterance needs a text and labels: {item}")  # noqa: TRY004 - a bad file
    for slot_id, value in labels.items():
        if not isinstance(value, str) or value not in text:
            raise ValueError(f"the value of {slot_id} is not in {text!r}")
    return Utterance(text, MappingProxyType(labels))
