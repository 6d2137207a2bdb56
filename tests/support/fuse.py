"""What ends a process of ours in the middle of a step, at whichever step a test chooses."""

from __future__ import annotations

import os
from collections.abc import Callable

import httpx
import pytest

from reconciler.model.slot import DesiredSlot
from tests.support.faults import Answer
from tests.support.world import World


class PowerCut(BaseException):
    """Nothing runs after it: no handler of ours may catch it."""


class Fuse:
    """Blows at the n-th step, where a step is a request or a line of the ledger, before it or just
    after it: as a power cut, or as what a second Ctrl-C raises."""

    def __init__(
        self,
        bot: World,
        monkeypatch: pytest.MonkeyPatch,
        *,
        at: int,
        ends_as: type[BaseException] = PowerCut,
    ) -> None:
        self.steps = 0
        self._at = at
        self._ends_as = ends_as
        write, handle = os.write, bot.transport.handle_request

        def write_line(descriptor: int, data: bytes) -> int:
            if b'"prev_hash"' not in data:
                return write(descriptor, data)
            self._step()
            written = write(descriptor, data)
            self._step()
            return written

        def send(request: httpx.Request) -> httpx.Response:
            self._step()
            response = handle(request)
            self._step()
            return response

        monkeypatch.setattr(os, "write", write_line)
        monkeypatch.setattr(bot.transport, "handle_request", send)

    def _step(self) -> None:
        self.steps += 1
        if self.steps == self._at:
            raise self._ends_as


def steps_of(make: Callable[[], World], desired: tuple[DesiredSlot, ...]) -> int:
    """How many steps an undisturbed run has."""
    with pytest.MonkeyPatch.context() as patch:
        bot = make()
        fuse = Fuse(bot, patch, at=-1)
        bot.apply(*desired)
        return fuse.steps


def cut_after_the_write(
    bot: World, slot_id: str, *desired: DesiredSlot, judged: bool = True
) -> None:
    """An apply whose power is cut when the tenant has stored this slot, before it answers."""

    def cut(request: httpx.Request, answer: Answer) -> httpx.Response:
        answer(request)
        raise PowerCut

    bot.inject("PUT", slot_id, cut)
    with pytest.raises(PowerCut):
        bot.apply(*desired, judged=judged)
