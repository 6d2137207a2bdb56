"""YAML errors in the words of a file's author."""

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
    "mapping values are not allowed": "Quote text that contains `: `; otherwise check the "
    "indentation.",
    "unknown escape": "Use single quotes, where a backslash has no special meaning.",
    "hexadecimal": "Use single quotes, where a backslash has no special meaning.",
    "undefined alias": "Quote text that begins with *.",
    "expected ',' or": "Close the bracket, or quote text that contains [ ] { } or a comma.",
    "expected node content": "Close the open bracket, or quote the text.",
    "expected '-' indicator": "Quote the whole item: plain text cannot begin with [, { or a quote.",
    "tab character": _NO_TABS,
    "end of stream": "Close the open quote or bracket.",
    "expected key": "Check the indentation, and quote text that begins with a quote, [ or {.",
    "block end": "Check the indentation, and quote text that begins with a quote, [ or {.",
    "expected <document start>": "Begin each additional document with `---` on its own line.",
}
"""By the words that libyaml and PyYAML share in their messages; the rest differs."""


def syntax_problem(error: Any, *, text: FileText) -> Problem:
    """A MarkedYAMLError in a user's words."""
    mark = error.problem_mark or error.context_mark
    source = source_at(text, mark) if mark is not None else Source(file=text.file)
    if error.context_mark is not None and not source.excerpt:
        # An open bracket is noticed at the end of the file, but has to be fixed where it begins.
        source = source_at(text, error.context_mark)
    what = ", ".join(str(part) for part in (error.context, error.problem) if part)
    return YAML_SYNTAX.problem(
        source, message=f"invalid YAML: {what}", hint=_hint(what, source=source)
    )


def _hint(what: str, *, source: Source) -> str:
    if "cannot start any token" in what:
        character = (source.excerpt or "")[source.column - 1 : source.column]
        if character == "\t":
            return _NO_TABS
        return f"Quote text that begins with {character}"
    return next((hint for part, hint in _HINTS.items() if part in what), "")


def character_problem(offset: int, *, text: FileText) -> Problem:
    """The problem of a character, at `offset`, that YAML does not allow."""
    return YAML_CHARACTER.problem(
        text.at_offset(offset),
        message=f"YAML does not allow the character {text.text[offset : offset + 1]!a}",
        hint="Remove it, or write it as an escape in double quotes.",
    )


def not_meant_for_yaml(text: FileText, *, most: int) -> list[Problem]:
    """Content that YAML would take for text or report misleadingly: the first `most` merge
    conflicts, or a byte order mark inside the file."""
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
            message="an invisible byte order mark inside the file",
            hint="Remove it: it is left over where files were joined. If the text needs it, "
            'write "\\ufeff".',
        )
    ]


def _conflict(source: Source) -> Problem:
    return MERGE_CONFLICT.problem(
        source,
        message="an unresolved merge conflict",
        hint="Keep one of the two versions and remove the lines that begin with <<<<<<<, "
        "|||||||, ======= and >>>>>>>.",
    )


def too_deep(source: Source, *, most: int) -> Problem:
    """The problem of collections that are nested too deeply, or of an anchor inside itself."""
    return YAML_TOO_LARGE.problem(
        source,
        message=f"nested more than {most} levels deep",
        hint="Reduce the nesting, and do not use an anchor inside itself.",
    )


def too_many_values(source: Source, *, most: int) -> Problem:
    """The problem of a file that has too many values, counting those repeated by aliases."""
    return YAML_TOO_LARGE.problem(
        source,
        message=f"the file expands to more than {most:,} values",
        hint="Do not use anchors that refer to one another.",
    )


def too_many_problems(source: Source, *, most: int) -> Problem:
    """The last problem shown for a file with too many of them."""
    return TOO_MANY_PROBLEMS.problem(
        source,
        message=f"this file has {most:,} problems or more; the rest are not shown",
        hint="Fix those above; the rest may have the same cause.",
    )
