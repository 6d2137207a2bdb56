"""The reference that ships with the package: one Markdown page per topic, in `reconciler/docs`."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files as packaged

from reconciler.errors import ReconcilerError
from reconciler.model.closest import closest

TOPICS: Mapping[str, str] = {
    "tasks": "adopt a bot, examine a tenant, delete with care, read a drift report",
    "cognigy-v2": "Cognigy.AI's REST API v2.0: which API you have, and what differs",
    "github": "set up the workflows, and who is trusted with what",
    "environments": "the same slots in several tenants: staging, production",
    "watch": "follow a branch without GitHub, as a service or on a timer",
    "fleet": "the same slots in many tenants: fleet.yaml, the rollout, workers, metrics",
    "failures": "what happens on a worse rate, a crash, a lost answer, another person's edit",
    "ledger": "what the ledger is, and how several machines share one on PostgreSQL",
    "environment": "the environment variables, and .env",
    "exit-codes": "what each exit code means",
    "rules": "what validate and plan check",
    "json": "the output of --format json, saved plans, events, the ledger and the webhook",
    "requests": "which HTTP requests each command sends, and how many",
    "architecture": "the layers of the code, and the Python API",
}
"""Each topic and what its page is about, in the order in which a user needs them."""


def page(topic: str) -> str:
    """The page of a topic, as Markdown.

    Raises ReconcilerError if there is none, with the closest topic as its hint.
    """
    if topic in TOPICS:
        return (packaged("reconciler.docs") / f"{topic}.md").read_text(encoding="utf-8")
    close = closest(topic, TOPICS)
    raise ReconcilerError(
        f"There is no page about {topic!r}.",
        hint=f"Did you mean {close}?" if close else "`reconciler docs` lists all topics.",
    )
