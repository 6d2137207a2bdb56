"""Metrics as OpenMetrics 1.0 text, which Prometheus and its kin read.

A family has a name, a type, a help text and perhaps a unit, which its name ends with. The samples
of a family follow one another, and those with the same labels too.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

CONTENT_TYPE = "application/openmetrics-text; version=1.0.0; charset=utf-8"
Kind = Literal["gauge", "counter", "histogram", "info"]
_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")


@dataclass(frozen=True)
class Sample:
    """One value. `suffix` is added to the family's name: `_total` for a counter, `_info` for an
    info, `_bucket`, `_count` and `_sum` for a histogram; a gauge has none."""

    value: float
    labels: tuple[tuple[str, str], ...] = ()
    suffix: str = ""


@dataclass(frozen=True)
class Family:
    """What is measured. The name of one with a unit ends with it. `labels` are the names of those
    that its samples have, besides `le` of a histogram."""

    name: str
    kind: Kind
    help: str
    unit: str = ""
    labels: tuple[str, ...] = ()

    def sample(self, value: float, **labels: str) -> Sample:
        """A value with these labels."""
        suffix = {"counter": "_total", "info": "_info"}.get(self.kind, "")
        return Sample(value, tuple(labels.items()), suffix)


def exposition(families: Iterable[tuple[Family, Iterable[Sample]]]) -> str:
    """The text; a family without samples is in it with its help."""
    lines: list[str] = []
    for family, samples in families:
        lines += _family(family)
        lines += (_line(family, each) for each in samples)
    return "\n".join([*lines, "# EOF", ""])


def buckets(
    counts: Mapping[float, int], *, total: float, labels: Mapping[str, str]
) -> Iterator[Sample]:
    """The samples of a histogram with these labels, from how many values are in each bucket, by its
    upper bound; the last bound is infinite. `total` is the sum of the values."""
    so_far = 0
    named = tuple(labels.items())
    for bound in sorted(counts):
        so_far += counts[bound]
        yield Sample(so_far, (*named, ("le", _bound(bound))), "_bucket")
    yield Sample(so_far, named, "_count")
    yield Sample(total, named, "_sum")


def _family(family: Family) -> Iterator[str]:
    if not _NAME.fullmatch(family.name) or (
        family.unit and not family.name.endswith(f"_{family.unit}")
    ):
        raise ValueError(f"{family.name} is not the name of a family in {family.unit or 'no unit'}")
    yield f"# TYPE {family.name} {family.kind}"
    if family.unit:
        yield f"# UNIT {family.name} {family.unit}"
    yield f"# HELP {family.name} {_escaped(family.help)}"


def _line(family: Family, sample: Sample) -> str:
    labels = ",".join(f'{name}="{_escaped(value)}"' for name, value in sample.labels)
    named = f"{family.name}{sample.suffix}" + (f"{{{labels}}}" if labels else "")
    return f"{named} {_number(sample.value)}"


def _escaped(text: str) -> str:
    """Text as a label or help has it. A lone surrogate, which UTF-8 cannot encode, is replaced."""
    whole = text.encode("utf-8", "replace").decode("utf-8")
    return whole.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def _number(value: float) -> str:
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    if math.isnan(value):
        return "NaN"
    # An integer stays one, however long it is: a timestamp must not become 1.77e+09.
    return str(int(value)) if value == int(value) else repr(float(value))


def _bound(value: float) -> str:
    """A bound is a label, so that it has to be spelled in one way: as a float."""
    return _number(value) if math.isinf(value) else repr(float(value))
