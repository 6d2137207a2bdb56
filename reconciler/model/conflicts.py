"""The conflict markers that git leaves in a file that it could not merge."""

from __future__ import annotations

import re
from collections.abc import Iterable

_BEGINNING = re.compile(r"<{7,}(?: |$)")
_END = re.compile(r">{7,}(?: |$)")


def conflict_lines(lines: Iterable[str]) -> list[int]:
    """The numbers, from 1, of the lines where merge conflicts begin, or end without a beginning.

    `=======` and `|||||||` count only between these two: on their own they may be text.
    """
    found: list[int] = []
    is_open = False
    for number, line in enumerate(lines, start=1):
        if _BEGINNING.match(line):
            found.append(number)
            is_open = True
        elif _END.match(line):
            if not is_open:
                found.append(number)
            is_open = False
    return found
