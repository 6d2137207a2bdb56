"""Standard error as a log for machines: with `--log-format json`, a JSON object a line.

A line has `timestamp`, `level` and `message`, `event` if it is about an event of a run, and
`target` if it is about a target of a fleet.
"""

from __future__ import annotations

import json
from typing import Literal

import click

Level = Literal["debug", "info", "warning", "error"]
_chosen = ["text"]


def choose_log_format(choice: str) -> None:
    """`--log-format text` or `json`, for the rest of the process."""
    _chosen[:] = [choice]


def logs_json() -> bool:
    """Whether standard error is JSON lines."""
    return _chosen[0] == "json"


def log_line(
    text: str, *, level: Level, event: str | None = None, target: str | None = None
) -> str:
    """The line for this text, with its line break; "" if the text has nothing to say.

    It is plain ASCII and has no colours. The time is that of the machine's clock.
    """
    message = click.unstyle(text).strip()
    if not message:
        return ""
    # These import the adapters, which --help must not.
    from reconciler.model.base import rfc3339  # noqa: PLC0415
    from reconciler.operations.services import system_clock  # noqa: PLC0415

    about = {"event": event, "target": target}
    about = {key: value for key, value in about.items() if value is not None}
    timestamp = rfc3339(system_clock().now())
    return json.dumps({"timestamp": timestamp, "level": level, "message": message, **about}) + "\n"
