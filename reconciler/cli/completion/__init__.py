"""`reconciler completion`: shell completion, installed for one shell.

The script of a shell asks this command for what can follow (`--complete`), with every key that is
pressed: so it loads no other command, and reads the slots' ids and names without parsing YAML.

answer         what can follow these words
commands.json  every command with its options; a test compares it with the commands themselves
scripts/       the shells' side
"""

from __future__ import annotations

from pathlib import Path

import click

from reconciler.cli.completion.answer import candidates
from reconciler.cli.options import verbosity_option
from reconciler.cli.output import say, show
from reconciler.operations.completion import install
from reconciler.reports.escaping import plain

SHELLS = ("bash", "zsh", "fish")
_SCRIPTS = Path(__file__).parent / "scripts"
_NOTES = {
    "bash": "It needs the package bash-completion; without that, add to ~/.bashrc: source {path}",
    "zsh": "Add to ~/.zshrc, before compinit, if it is not there: fpath=({folder} $fpath)",
    "fish": "",
}


@click.command("completion", epilog="Example: reconciler completion zsh")
@click.argument("shell", type=click.Choice(SHELLS))
@click.argument("words", nargs=-1, metavar="", type=click.UNPROCESSED)
@click.option("--print", "to_print", is_flag=True, help="Print the script, and install nothing.")
@click.option("--complete", is_flag=True, hidden=True)
@verbosity_option
def completion_command(shell: str, words: tuple[str, ...], to_print: bool, complete: bool) -> None:
    """Install the completion of commands, options and slots for a shell.

    Slots are completed by id and by name.
    """
    if complete:
        for each in candidates(words):
            show(each)
        return
    if words:
        raise click.UsageError(f"Unexpected argument: {words[0]}")
    script = (_SCRIPTS / f"reconciler.{shell}").read_text(encoding="utf-8")
    if to_print:
        show(script, end="")
        return
    path = install(script, shell)
    say(f"Installed: {plain(str(path))}. Open a new shell to use it.")
    note = _NOTES[shell].format(path=path, folder=path.parent)
    if note:
        say(plain(note))
