"""`reconciler docs`."""

from __future__ import annotations

import click

from reconciler.cli.options import verbosity_option
from reconciler.cli.output import show
from reconciler.operations.docs import TOPICS, page


@click.command("docs", epilog="Example: reconciler docs github")
@click.argument("topic", required=False, metavar="[TOPIC]")
@verbosity_option
def docs_command(topic: str | None) -> None:
    """Show a page of the reference, as Markdown, or list the topics."""
    if topic is not None:
        show(page(topic), end="")
        return
    width = max(map(len, TOPICS))
    for name, about in TOPICS.items():
        show(f"{name:<{width}}  {about}")
