"""The GitHub Actions expressions that our workflows use; any other one raises."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Contexts = Mapping[str, Any]
"""The contexts of an expression: github, secrets, steps, …"""

_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')"
    r"|(?P<call>[a-z]+)\(\)"
    r"|(?P<function>fromJSON)(?=\()"
    r"|(?P<literal>true|false)\b"
    r"|(?P<name>[A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*)+)"
    r"|(?P<mark>==|!=|&&|\|\||!|\(|\)))"
)
_EMBEDDED = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)
_CLOSED = frozenset({"github", "runner", "steps", "needs"})
"""Contexts in which the first name must exist: a misspelt one would be silently empty."""


class UnknownExpressionError(Exception):
    """The evaluator does not support this: extend it, or correct the workflow."""


@dataclass
class Evaluation:
    """Parses one expression from left to right."""

    expression: str
    contexts: Contexts
    status: Mapping[str, bool]
    called: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._tokens: list[tuple[str, str]] = []
        at, text = 0, self.expression.strip()
        while at < len(text):
            found = _TOKEN.match(text, at)
            if found is None or found.lastgroup is None:
                raise UnknownExpressionError(f"{self.expression!r}, at {text[at:]!r}")
            self._tokens.append((found.lastgroup, found[found.lastgroup]))
            at = found.end()

    def value(self) -> Any:
        """The value of the whole expression."""
        result = self._either()
        if self._tokens:
            raise UnknownExpressionError(f"{self.expression!r}, at {self._tokens[0][1]!r}")
        return result

    def _either(self) -> Any:
        result = self._both()
        while self._take("||"):
            other = self._both()
            result = result or other
        return result

    def _both(self) -> Any:
        result = self._comparison()
        while self._take("&&"):
            other = self._comparison()
            result = result and other
        return result

    def _comparison(self) -> Any:
        result = self._operand()
        if self._take("=="):
            return _comparable(result) == _comparable(self._operand())
        if self._take("!="):
            return _comparable(result) != _comparable(self._operand())
        return result

    def _operand(self) -> Any:
        if self._take("!"):
            return not self._operand()
        if self._take("("):
            result = self._either()
            if not self._take(")"):
                raise UnknownExpressionError(f"{self.expression!r}: a parenthesis is open")
            return result
        kind, text = self._tokens.pop(0) if self._tokens else ("end", "")
        if kind == "function":
            return json.loads(as_text(self._operand()))
        return self._value_of(kind, text)

    def _value_of(self, kind: str, text: str) -> Any:
        if kind == "text":
            return text[1:-1].replace("''", "'")
        if kind == "literal":
            return text == "true"
        if kind == "call" and text in self.status:
            self.called.add(text)
            return self.status[text]
        if kind == "name":
            return _looked_up(text, self.contexts)
        raise UnknownExpressionError(f"{self.expression!r}, at {text!r}")

    def _take(self, mark: str) -> bool:
        if self._tokens and self._tokens[0] == ("mark", mark):
            self._tokens.pop(0)
            return True
        return False


def _looked_up(path: str, contexts: Contexts) -> Any:
    context, *names = path.split(".")
    if context not in contexts:
        raise UnknownExpressionError(f"{path}: there is no context {context}")
    value: Any = contexts[context]
    if context in _CLOSED and names[0] not in value:
        raise UnknownExpressionError(f"{path}: {context} has no {names[0]}")
    for name in names:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _comparable(value: Any) -> str:
    return as_text(value).lower()


def as_text(value: Any) -> str:
    """A value converted to text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (str, int)):
        return str(value)
    raise UnknownExpressionError(f"{type(value).__name__} cannot be converted to text")


def evaluated(text: object, contexts: Contexts) -> Any:
    """A value of the workflow: that of its expression, if it is nothing else, or its text."""
    whole = _EMBEDDED.fullmatch(as_text(text).strip())
    return Evaluation(whole[1], contexts, {}).value() if whole else interpolated(text, contexts)


def interpolated(text: object, contexts: Contexts) -> str:
    """A value of the workflow with each `${{ … }}` in it replaced."""
    return _EMBEDDED.sub(
        lambda found: as_text(Evaluation(found[1], contexts, {}).value()), as_text(text)
    )


def holds(condition: object, contexts: Contexts, *, succeeded: bool, cancelled: bool) -> bool:
    """Whether an `if:` lets a step or job run. Without a status function it requires success."""
    text = as_text(condition).strip()
    if not text:
        return succeeded
    whole = _EMBEDDED.fullmatch(text)
    status = {"always": True, "cancelled": cancelled}
    evaluation = Evaluation(whole[1] if whole else text, contexts, status)
    value = bool(evaluation.value())
    return value if evaluation.called else succeeded and value
