"""A group whose commands are imported only when called, not for help and usage errors."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click


class LazyGroup(click.Group):
    """A group of commands; `summaries` maps each name to the first line of its help.

    The command `drift-issue` is `drift_issue_command`, in the module `drift_issue` of `package`.
    """

    def __init__(
        self, name: str | None = None, *, package: str, summaries: Mapping[str, str], **attrs: Any
    ) -> None:
        listed = {each: click.Command(each, help=summary) for each, summary in summaries.items()}
        super().__init__(name, commands=listed, **attrs)
        self._package = package

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Import the command that the arguments name; `commands` has only what a listing needs."""
        name, listed, rest = super().resolve_command(ctx, args)
        return name, self.load(name) if name is not None else listed, rest

    def load(self, name: str) -> click.Command:
        """Import the command of this name."""
        word = name.replace("-", "_")
        command: click.Command = getattr(
            import_module(f"{self._package}.{word}"), f"{word}_command"
        )
        return command
