r"""The groups of a pattern, counted before it is read: what `\2` and `\k` mean depends on them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from reconciler.patterns.ecmascript.units import characters

_PIECE = re.compile(
    r"\\.|\[(?:\\.|[^\]\\])*\]|\(\?<(?![=!])(?P<name>[^>]*)>|(?P<group>\((?!\?))|.", re.DOTALL
)
_NAME_ESCAPE = re.compile(r"\\u(?:([0-9A-Fa-f]{4})|\{([0-9A-Fa-f]{1,6})\})")
_LAST = 0x10FFFF


@dataclass(frozen=True)
class Groups:
    """How many groups capture, and the numbers of those that have a name, by name."""

    count: int
    names: Mapping[str, tuple[int, ...]] = field(hash=False)

    @classmethod
    def of(cls, body: str) -> Groups:
        """The groups of a pattern, which need not be valid."""
        count = 0
        names: dict[str, tuple[int, ...]] = {}
        for piece in _PIECE.finditer(body):
            if piece["name"] is not None or piece["group"]:
                count += 1
            if piece["name"] is not None:
                name = _name(piece["name"])
                names[name] = (*names.get(name, ()), count)
        return cls(count, names)

    def numbered(self, name: str) -> tuple[int, ...]:
        """The numbers of the groups with this name as it is written; none if it is not a name."""
        plain = _name(name)
        return self.names.get(plain, ()) if plain.replace("$", "_").isidentifier() else ()


def _name(written: str) -> str:
    def plain(match: re.Match[str]) -> str:
        point = int(match[1] or match[2], 16)
        return chr(point) if point <= _LAST else match[0]

    return characters(_NAME_ESCAPE.sub(plain, written))
