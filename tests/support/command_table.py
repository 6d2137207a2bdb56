"""Every command with its options, as the completion has it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from reconciler.cli.loading import LazyGroup

_BY_METAVAR = {"SLOT": "slot", "[SLOT]": "slot", "SLOT SLOT": "slot", "SLOT_ID": "slot"}


def table_of(command: click.Command) -> dict[str, Any]:
    """A command's help, options, arguments and commands."""
    commands: dict[str, Any] = {}
    if isinstance(command, LazyGroup):
        commands = {name: table_of(command.load(name)) for name in sorted(command.commands)}
    elif isinstance(command, click.Group):
        commands = {name: table_of(each) for name, each in sorted(command.commands.items())}
    options = [p for p in command.params if isinstance(p, click.Option) and not p.hidden]
    return {
        "help": command.get_short_help_str(limit=80),
        "options": {
            name: {
                "help": (each.help or "").split(". ")[0].split(".  ")[0].rstrip("."),
                "takes": _kind(each),
            }
            for each in options
            for name in each.opts
            if name.startswith("--") or len(each.opts) == 1
        }
        | {"--help": {"help": "Show this message and exit", "takes": None}},
        "arguments": [
            kind
            for each in command.params
            if isinstance(each, click.Argument) and (kind := _kind(each)) is not None
        ],
        "commands": commands,
    }


def _kind(parameter: click.Parameter) -> Any:
    if isinstance(parameter, click.Option) and (parameter.is_flag or parameter.count):
        return None
    kind = parameter.type
    if isinstance(kind, click.Choice):
        return list(kind.choices)
    if isinstance(kind, click.Path) or kind.name == "path":
        return "folder" if getattr(kind, "file_okay", True) is False else "file"
    if parameter.name == "slots":
        return "folder"
    metavar = parameter.metavar or ""
    return _BY_METAVAR.get(metavar, "text" if isinstance(parameter, click.Option) else None)


COMMANDS_JSON = Path("reconciler/cli/completion/commands.json")
