"""`reconciler rule`."""

from __future__ import annotations

import click

from reconciler.cli.options import format_option, verbosity_option
from reconciler.cli.output import json_even_on_failure, show
from reconciler.formats.rules import failed_rule_json, rule_json, rules_json
from reconciler.operations.rules import GROUPS, RULES, find_rule
from reconciler.reports.rules import rule_text, rules_text


@click.command("rule", epilog="Example: reconciler rule pattern-catastrophic")
@click.argument("rule_id", required=False, metavar="[ID]")
@format_option("text", "json")
@verbosity_option
@json_even_on_failure(failed_rule_json)
def rule_command(rule_id: str | None, output: str) -> None:
    """Explain a validation rule, or list all of them.

    With an ID, which `validate` and `plan` print in brackets after each problem, this shows why the
    rule matters and how to fix a violation. Without one, it prints a table of all rules.

    `--format json` prints an object with the keys id, severity (error or warning), summary, why,
    fix and example (null, or an object with the keys bad and good); without an ID, an array of
    such objects.
    """
    if rule_id is None:
        show(rules_json(RULES) if output == "json" else rules_text(GROUPS))
        return
    rule = find_rule(rule_id)
    show(rule_json(rule) if output == "json" else rule_text(rule))
