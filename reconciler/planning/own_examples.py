"""The examples of a slot, tried on the slot itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from reconciler.model.lookalikes import distinguishable
from reconciler.model.rules.examples import (
    EXAMPLE_NOT_MATCHED,
    EXAMPLE_NOT_REJECTED,
    EXAMPLE_WRONG_VALUE,
)
from reconciler.model.slot import Examples, MatchExample
from reconciler.model.state import Path
from reconciler.planning.extraction import Extraction
from reconciler.planning.finding import Finding

Extract = Callable[[str], Extraction | None]
"""What a slot extracts from a text."""


def judged(examples: Examples, extract: Extract) -> Iterator[Finding]:
    """The examples that the slot contradicts. What `extract` raises is raised."""
    for index, example in enumerate(examples.match):
        yield from _match(example, ("examples", "match", index), extract)
    for index, text in enumerate(examples.reject):
        found = extract(text)
        if found is not None:
            yield Finding(
                ("examples", "reject", index),
                EXAMPLE_NOT_REJECTED,
                f"{found.pattern!r} extracts {found.value!r} from {text!r}",
                "Correct the patterns, or move the example to `match`.",
            )


def _match(example: MatchExample, path: Path, extract: Extract) -> Iterator[Finding]:
    found = extract(example.text)
    if found is None:
        yield Finding(
            path,
            EXAMPLE_NOT_MATCHED,
            f"no pattern extracts anything from {example.text!r}",
            "Correct the patterns, or move the example to `reject`.",
        )
    elif example.value is not None and found.value != example.value:
        shown = distinguishable((found.value, example.value))
        yield Finding(
            path,
            EXAMPLE_WRONG_VALUE,
            f"{found.pattern!r} extracts '{shown[found.value]}' from {example.text!r}, "
            f"not '{shown[example.value]}'",
            "Correct the patterns, or the example's value.",
        )
