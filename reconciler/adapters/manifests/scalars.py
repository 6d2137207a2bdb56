"""Text → a YAML scalar that reads back as exactly that text.

It uses the first style that works: plain, single-quoted (which escapes nothing but the quote), or
double-quoted (for characters that YAML does not allow literally or that are invisible).
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

from reconciler.adapters.manifests import yaml_source

_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_JOINERS = "\u200c\u200d"  # emoji and several scripts are written with them
_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})


class Around(Enum):
    """The context of a scalar, which determines what it may contain unquoted.

    JSON is a document that is a single flow mapping; double quotes keep it valid JSON.
    """

    BLOCK = "- {}\n"
    FLOW = "[{}]\n"
    JSON = ""


def scalar(text: str, *, around: Around = Around.BLOCK) -> str:
    """`text` as a scalar on one line."""
    if around is Around.JSON or not all(map(_is_visible, text)):
        return _double_quoted(text)
    if _reads_back(text, around=around):
        return text
    return _single_quoted(text)


def scalar_like(example: str, text: str, *, around: Around = Around.BLOCK) -> str:
    """The same, in the quotes of `example`, which is a scalar as it is written, if it has any."""
    if around is not Around.JSON and all(map(_is_visible, text)):
        if example.startswith("'"):
            return _single_quoted(text)
        if example.startswith('"'):
            return _double_quoted(text)
    return scalar(text, around=around)


def literal(value: str | bool | None, *, like: str = "", around: Around = Around.BLOCK) -> str:
    """`value` on one line: a text as a scalar that reads back as that text, in the quotes of
    `like`."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return scalar_like(like, value, around=around)


def flow_list(items: Iterable[str], *, around: Around = Around.FLOW) -> str:
    """`[a, b]`."""
    return f"[{', '.join(scalar(item, around=around) for item in items)}]"


def _single_quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _double_quoted(text: str) -> str:
    return f'"{"".join(map(_escaped, text))}"'


def _reads_back(text: str, *, around: Around) -> bool:
    # Our reader uses YAML 1.1 and editors use 1.2, so avoid what either takes for another type.
    if not text or text[0] in "0123456789+-.~=<" or text.lower() in _WORDS:
        return False
    documents, problems = yaml_source.parse(around.value.format(text), file="")
    return not problems and [each.value for each in documents] == [(text,)]


def _is_visible(character: str) -> bool:
    return character.isprintable() or character in _JOINERS


def _escaped(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if _is_visible(character):
        return character
    code = ord(character)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # noqa: PLR2004 - YAML's two escapes
