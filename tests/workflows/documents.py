"""The workflows and the action of this repository, read from their YAML."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
WORKFLOWS = ROOT / ".github" / "workflows"
ACTION = ROOT / ".github" / "actions" / "reconciler" / "action.yml"
TEMPLATES = ROOT / "reconciler" / "templates" / "github"
OF_ENVIRONMENTS = tuple(
    f"environments/{name}" for name in ("plan", "apply", "apply-environment", "drift")
)
"""Those of a project with environments, which are not this repository's own."""
NAMES = ("plan", "plan-fork", "apply", "drift", "ci", *OF_ENVIRONMENTS)
JSON = dict[str, Any]


def text_of(name: str) -> str:
    """The text of a workflow's file."""
    folder = TEMPLATES if name in OF_ENVIRONMENTS else WORKFLOWS
    return (folder / f"{name}.yml").read_text(encoding="utf-8")


def workflow(name: str) -> JSON:
    """A workflow; YAML 1.1 takes its key `on` for a boolean."""
    document: dict[Any, Any] = yaml.safe_load(text_of(name))
    return {("on" if key is True else key): value for key, value in document.items()}


def action() -> JSON:
    """The composite action."""
    document: JSON = yaml.safe_load(ACTION.read_text(encoding="utf-8"))
    return document


def jobs(name: str) -> Iterator[tuple[str, JSON]]:
    """A workflow's jobs with their ids, in order."""
    yield from workflow(name)["jobs"].items()


def steps(name: str) -> Iterator[JSON]:
    """Every step of every job."""
    for _, job in jobs(name):
        yield from job.get("steps", ())


def mentions(value: object, pattern: str) -> set[str]:
    """All matches of a pattern in the texts of a part of a workflow."""
    if isinstance(value, dict):
        return {found for each in value.values() for found in mentions(each, pattern)}
    if isinstance(value, list):
        return {found for each in value for found in mentions(each, pattern)}
    return set(re.findall(pattern, str(value)))
