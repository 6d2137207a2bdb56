"""Ends our process in the middle of a step, at any step that a test chooses."""

from __future__ import annotations

import os
from collections.abc import Callable

import httpx
import pytest

from reconciler.model.slot import DesiredSlot
from tests.support.faults import Answer
from tests.support.filler_world import FillerWorld
from tests.support.world import World


class PowerCut(BaseException):
    """The process ends: no handler of ours may catch this."""


class Fuse:
    """Raises at the n-th step, just before or just after it: PowerCut, or the exception of a second
    Ctrl-C. A step is a request or a line of the ledger."""

    def __init__(
        self,
        bot: World | FillerWorld,
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
    bot: World | FillerWorld, slot_id: str, *desired: DesiredSlot, judged: bool = True
) -> None:
    """Apply, with a power cut after the tenant has stored this slot and before it answers."""

    def cut(request: httpx.Request, answer: Answer) -> httpx.Response:
        answer(request)
        raise PowerCut

    bot.inject("PUT", slot_id, cut)
    with pytest.raises(PowerCut):
        bot.apply(*desired, judged=judged)
