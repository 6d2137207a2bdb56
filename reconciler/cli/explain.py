"""`reconciler explain`."""

from __future__ import annotations

from pathlib import Path

import click

from reconciler.cli.options import environment_option, format_option, slots_option, verbosity_option
from reconciler.cli.output import columns, json_even_on_failure, show
from reconciler.formats.explanation import (
    slot_comparison_json,
    slot_explanation_json,
    text_explanation_json,
)
from reconciler.formats.failure import failure_json
from reconciler.operations.explain import compare, explain, explain_with
from reconciler.reports.explaining.pair import slot_comparison
from reconciler.reports.explaining.slot import slot_explanation
from reconciler.reports.explaining.text import text_explanation


@click.command("explain", epilog='Example: reconciler explain order_number "my order is AB-1234"')
@click.argument("slot", required=False, metavar="[SLOT]")
@click.argument("text", required=False, metavar="[TEXT]")
@click.option(
    "--compare",
    "compared",
    nargs=2,
    metavar="SLOT SLOT",
    help="Show what two slots both take, and what only one of them does.",
)
@slots_option
@environment_option
@format_option("text", "json")
@verbosity_option
@json_even_on_failure(failure_json)
def explain_command(
    slot: str | None,
    text: str | None,
    compared: tuple[str, str] | None,
    slots: Path,
    environment: str | None,
    output: str,
) -> None:
    """Show what a slot takes, or what it does with a text, and why.

    SLOT is an id or a name. Reads the slot files alone. With a TEXT, this shows what the slot
    extracts from it, by which pattern, and which other slots extract something; without one, what
    the slot takes. A text that begins with a hyphen follows after --.
    """
    is_json = output == "json"
    if compared is not None:
        if slot is not None:
            raise click.UsageError("--compare takes two slots, and no other argument.")
        pair = compare(*compared, slots=slots, environment=environment)
        show(slot_comparison_json(pair) if is_json else slot_comparison(pair, width=columns()))
    elif slot is None:
        raise click.UsageError("Missing argument 'SLOT'.")
    elif text is None:
        taken = explain(slot, slots=slots, environment=environment)
        show(slot_explanation_json(taken) if is_json else slot_explanation(taken, width=columns()))
    else:
        tried = explain_with(text, slot, slots=slots, environment=environment)
        show(text_explanation_json(tried) if is_json else text_explanation(tried, width=columns()))
