"""A conversation with a flow as it was trained: messages in, context and replies out."""

from __future__ import annotations

import copy
import re
from typing import Any

from reconciler.sandbox.v2.asserts import Turn
from reconciler.sandbox.v2.calls import Document
from reconciler.sandbox.v2.extraction import fill, keyphrases

_PLACE = re.compile(r"\{\{(\w+)\}\}")


class Conversation:
    """One session. The context lives through it.

    `trained` is the content that was trained (see `training.content_of`). `replies` are the flow's
    nodes, much simplified: the first reply says its `text` whose `when`, a list of keys, is all in
    the context; `{{key}}` is filled in from there.
    """

    def __init__(self, trained: Document, replies: list[Document]) -> None:
        self._trained = trained
        self._replies = replies
        self._context: dict[str, Any] = {}

    def hear(self, text: str) -> Turn:
        """Take one message; raises `TooSlow` if a slot filler takes forever."""
        phrases = self._trained["phrases"]
        fill(self._context, text, fillers=self._trained["slotfillers"], phrases=phrases)
        context = copy.deepcopy(self._context)
        reply = next((each for each in self._replies if context.keys() >= {*each["when"]}), {})
        return Turn(
            context=context,
            text=_PLACE.sub(lambda place: str(context.get(place[1], "")), reply.get("text", "")),
            data=reply.get("data"),
            intent=self._intent(text),
            slots=keyphrases(text, phrases),
        )

    def _intent(self, text: str) -> str:
        said = text.strip(" .,!?").casefold()
        for intent in self._trained["intents"]:
            if said in [sentence.strip(" .,!?").casefold() for sentence in intent["sentences"]]:
                return str(intent["name"])
        return ""
