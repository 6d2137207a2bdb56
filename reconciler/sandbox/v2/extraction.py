"""What the slot fillers of a flow make of one message.

A filler runs unless its result is in the context already and `skipIfResultInContext` is set. Its
result goes into the context under `contextKey` if `storeResultInContext` is set, with
`storeDetailedResults` as an object with the result and the message. A regex finds the first match,
a `slot` the first phrase of the attached lexicons under that name, and each other type what is
recognised here of English. Not modelled: profiles, intents, negation, and CognigyScript: a
`resultLocation` is ignored, and an `additionalValidation` refuses if it says `false`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from reconciler.sandbox.v2.calls import Document
from reconciler.sandbox.v2.expressions import Expression, InvalidExpression

_AMOUNT = r"\d+(?:[.,]\d+)?"
_TYPES = {
    "age": r"\d{1,3} years? old",
    "date": r"\d{4}-\d{2}-\d{2}|\b(?:today|tomorrow|yesterday)\b",
    "duration": rf"{_AMOUNT} (?:second|minute|hour|day|week|month|year)s?\b",
    "email": r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+",
    "money": rf"[$€£] ?{_AMOUNT}|{_AMOUNT} ?(?:[$€£]|(?:EUR|USD|GBP|euros?|dollars?|pounds?)\b)",
    "number": rf"(?<![\w.-])-?{_AMOUNT}(?![\w-])",
    "percentage": rf"{_AMOUNT} ?(?:%|percent\b)",
    "temperature": rf"-?{_AMOUNT} ?(?:°[CF]?|degrees\b)",
}


def fill(
    context: dict[str, Any],
    text: str,
    *,
    fillers: Sequence[Document],
    phrases: Mapping[str, Sequence[str]],
) -> None:
    """Let each filler in turn write its result into the context; raises `TooSlow`."""
    for filler in fillers:
        key = filler.get("contextKey", "")
        if filler.get("skipIfResultInContext") and key in context:
            continue
        result = _result(filler, text, phrases)
        if not result or filler.get("additionalValidation", "").strip() == "false":
            continue
        if key and filler.get("storeResultInContext"):
            detailed = {"result": result, "text": text, "type": filler["type"]}
            context[key] = detailed if filler.get("storeDetailedResults") else result


def keyphrases(text: str, phrases: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """The first phrase of each lexicon slot that the message contains, by the slot's name."""
    found = {name: _first_phrase(text, known) for name, known in phrases.items()}
    return {name: phrase for name, phrase in found.items() if phrase}


def _result(filler: Document, text: str, phrases: Mapping[str, Sequence[str]]) -> str:
    kind = filler["type"]
    if kind == "regex":
        try:
            return Expression(filler.get("regex", "")).find(text)
        except InvalidExpression:
            return ""
    if kind == "slot":
        return _first_phrase(text, phrases.get(filler.get("slot", ""), ()))
    found = re.search(_TYPES[kind], text, re.IGNORECASE) if kind in _TYPES else None
    return found[0] if found else ""


def _first_phrase(text: str, phrases: Sequence[str]) -> str:
    for phrase in phrases:
        if re.search(rf"(?<!\w){re.escape(phrase)}(?!\w)", text, re.IGNORECASE):
            return phrase
    return ""
