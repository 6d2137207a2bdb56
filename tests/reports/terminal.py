"""Checks that a report cannot control the terminal that shows it."""

from __future__ import annotations

import re

import click

_STEERING = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]")


def harmless(report: str) -> None:
    """Require that nothing except our own colours controls the terminal."""
    assert not _STEERING.search(click.unstyle(report))
