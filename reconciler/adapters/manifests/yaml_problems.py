"""What YAML's own errors mean to whoever wrote the file."""

from __future__ import annotations

from typing import Any

from reconciler.adapters.manifests.places import source_at
from reconciler.adapters.manifests.text import FileText
from reconciler.model.conflicts import conflict_lines
from reconciler.model.problem import Problem, Source
from reconciler.model.rules.files import BYTE_ORDER_MARK, MERGE_CONFLICT, TOO_MANY_PROBLEMS
from reconciler.model.rules.yaml import YAML_CHARACTER, YAML_SYNTAX, YAML_TOO_LARGE

_NO_TABS = "Indent with spaces: YAML forbids tabs there."
_HINTS = {
    "mapping values are not allowed": "Quote text that has `: ` in it; otherwise check the "
    "indentation.",
    "unknown escape": "Write it in single quotes, in which a backslash is a backslash.",
    "hexadecimal": "Write it in single quotes, in which a backslash is a backslash.",
    "undefined alias": "Quote text that begins with *.",
    "expected ',' or": "Close the bracket, or quote text that has one of [ ] { } , in it.",
    "expected node content": "Close the bracket that is left open, or quote the text.",
    "expected '-' indicator": "Quote the whole item: text cannot begin with [ or { or a quote.",
    "tab character": _NO_TABS,
    "end of stream": "Close the quote or the bracket that is left open.",
    "expected key": "Check the indentation, and quote text that begins with a quote, [ or {.",
    "block end": "Check the indentation, and quote text that begins with a quote, [ or {.",
    "expected <document start>": "Begin each further document with `---` on its own line.",
}
"""By what both libyaml and PyYAML call the error, for they differ in the rest."""


def syntax_problem(error: Any, *, text: FileText) -> Problem:
    """A MarkedYAMLError in a user's words."""
    mark = error.problem_mark or error.context_mark
    source = source_at(text, mark) if mark is not None else Source(file=text.file)
    if error.context_mark is not None and not source.excerpt:
        # What is left open is noticed where the file ends, and to be mended where it begins.
        source = source_at(text, error.context_mark)
    what = ", ".join(str(part) for part in (error.context, error.problem) if part)
    return YAML_SYNTAX.problem(source, message=f"not YAML: {what}", hint=_hint(what, source=source))


def _hint(what: str, *, source: Source) -> str:
    if "cannot start any token" in what:
        character = (source.excerpt or "")[source.column - 1 : source.column]
        if character == "\t":
            return _NO_TABS
        return f"Quote text that begins with {character}"
    return next((hint for part, hint in _HINTS.items() if part in what), "")


def character_problem(offset: int, *, text: FileText) -> Problem:
    """The character at `offset` is none that YAML allows."""
    return YAML_CHARACTER.problem(
        text.at_offset(offset),
        message=f"YAML does not allow the character {text.text[offset : offset + 1]!a}",
        hint="Remove it, or write it as an escape in double quotes.",
    )


def not_meant_for_yaml(text: FileText, *, most: int) -> list[Problem]:
    """What YAML would take for text, or call anything but what it is: the first `most` merge
    conflicts, or a byte order mark within the file."""
    if "<<<<<<<" in text.text or ">>>>>>>" in text.text:
        found = [_conflict(text.at(line, 1)) for line in conflict_lines(text.lines)[:most]]
        if found:
            return found
    mark = text.text.find("\ufeff")
    if mark < 0:
        return []
    return [
        BYTE_ORDER_MARK.problem(
            text.at_offset(mark),
            message="an invisible byte order mark is here, inside the file",
            hint="Remove it: it is left where files that begin with one were joined. In text "
            'that needs it, write "\\ufeff".',
        )
    ]


def _conflict(source: Source) -> Problem:
    return MERGE_CONFLICT.problem(
        source,
        message="an unresolved merge conflict",
        hint="Keep one of the two versions, and remove the lines that begin with <<<<<<<, "
        "|||||||, ======= and >>>>>>>.",
    )


def too_deep(source: Source, *, most: int) -> Problem:
    """A collection in a collection in a collection, or an anchor within itself."""
    return YAML_TOO_LARGE.problem(
        source,
        message=f"nested more than {most} deep",
        hint="Write it flatter, and no anchor within itself.",
    )


def too_many_values(source: Source, *, most: int) -> Problem:
    """Here the file's values, those that aliases repeat among them, pass all bounds."""
    return YAML_TOO_LARGE.problem(
        source,
        message=f"the file expands to more than {most:,} values",
        hint="Write it without anchors that refer to one another.",
    )


def too_many_problems(source: Source, *, most: int) -> Problem:
    """The last problem that is shown of a file with too many."""
    return TOO_MANY_PROBLEMS.problem(
        source,
        message=f"this file has {most:,} problems or more; the rest is not shown",
        hint="Mend those above; the rest may have the same cause.",
    )
