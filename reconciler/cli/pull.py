"""`reconciler pull`."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path

import click

from reconciler import wiring
from reconciler.adapters.clock import SystemClock
from reconciler.adapters.cognigy import Access
from reconciler.adapters.files import leads_out
from reconciler.adapters.manifests.existing import read_existing
from reconciler.adapters.manifests.writer import SlotWriter, WriteResult, Written
from reconciler.cli.options import slots_option, verbosity_option
from reconciler.cli.output import say
from reconciler.cli.written import tell_counts, tell_written
from reconciler.environment.variables import read_environment
from reconciler.errors import ManifestError, NotFoundError
from reconciler.model.listed import listed
from reconciler.model.state import LiveState
from reconciler.project import find_problems
from reconciler.reports.escaping import plain
from reconciler.reports.text import problem_text
from reconciler.reports.words import counted


@click.command("pull", epilog="Example: reconciler pull --slot slot_8f3a9c2d --force")
@slots_option
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Where to write; by default the folder of --slots.",
)
@click.option(
    "--slot",
    "wanted",
    multiple=True,
    metavar="SLOT_ID",
    help="Only this live slot, whichever team's it is; can be repeated.",
)
@click.option("--all", "everything", is_flag=True, help="Every slot of the tenant.")
@click.option("--force", is_flag=True, help="Refresh files that differ from what is live, too.")
@verbosity_option
def pull_command(
    slots: Path, out: Path | None, wanted: tuple[str, ...], everything: bool, force: bool
) -> int:
    """Write live slots as YAML: one file a slot, or its own file where it has one.

    Where there are no slot files yet, every slot of the tenant; otherwise those that have a file
    or that `owns` in reconciler.yaml claims, for other teams' slots are live too.

    A plan right after it shows no changes. A file that differs is kept, and the exit code is 1;
    with --force its slot's five fields are set in place, and everything else in it stays.
    """
    if wanted and everything:
        raise click.UsageError("--slot and --all exclude each other.")
    environment = read_environment()
    environment.tenant_access()
    project = read_existing(slots)
    folder = out if out is not None else slots
    _require_within_the_tree(folder)
    existing = project.desired if folder == slots else read_existing(folder).desired
    with wiring.connected(
        environment, settings=project.settings, access=Access.READ, clock=SystemClock()
    ) as connection:
        live = connection.tenant.list_slots()
    _require_live(wanted, live)
    managed = project.desired.keys() | existing.keys()
    takes_everything = not wanted and (everything or not managed)
    ours = {each for each in live.ids if each in managed or project.settings.claims(each)}
    chosen = live.ids if takes_everything else set(wanted) or ours
    if not wanted:
        _say_what_is_pulled(chosen, live)
    writer = SlotWriter(folder, live=live, existing=existing, overwrite=force)
    written = [
        tell_written(writer.write(slot_id)) for slot_id in sorted(chosen - live.unreadable.keys())
    ]
    if written:
        written.append(tell_written(writer.write_schema()))
    unreadable = _tell_unreadable(chosen, live)
    tell_counts([*written, *unreadable])
    _say_what_to_do([*written, *unreadable])
    _warn_of_rules(folder, {each.slot_id for each in written if each.result.is_done})
    asked_for = written if takes_everything else [*written, *unreadable]
    return 0 if all(each.result.is_done for each in asked_for) else 1


def _require_within_the_tree(folder: Path) -> None:
    """Raises ManifestError: a link that came with a repository must not decide where files go."""
    if leads_out(folder):
        raise ManifestError(
            f"{folder} leads out of the working tree through a link, so nothing is written there.",
            hint="Name the folder that is meant with --out DIR.",
        )


def _require_live(wanted: Collection[str], live: LiveState) -> None:
    missing = sorted(set(wanted) - live.ids)
    if missing:
        raise NotFoundError(
            f"The tenant has no {'slot' if len(missing) == 1 else 'slots'} {listed(missing)}.",
            hint="Check the id; `reconciler plan` lists the live slots that are in no file.",
        )


def _tell_unreadable(chosen: AbstractSet[str], live: LiveState) -> list[Written]:
    """What cannot be read, and so is left out. A pull of the whole tenant does not fail for it."""
    ids = sorted(live.unreadable.keys() & chosen)
    return [
        tell_written(
            Written(
                WriteResult.LEFT_OUT,
                slot_id=slot_id,
                reason=f"it is live with {live.unreadable[slot_id].reason}",
            )
        )
        for slot_id in ids
    ]


def _say_what_is_pulled(chosen: AbstractSet[str], live: LiveState) -> None:
    left_out = sorted(live.ids - chosen)
    if not left_out:
        said = (
            f"Pulling every slot of the tenant, {counted(len(live), 'slot')} of all its bots and "
            "teams; --slot SLOT_ID takes one."
        )
    else:
        said = (
            f"Pulling {counted(len(chosen), 'slot')} that the files describe or `owns` claims, "
            f"leaving out {len(left_out)}: {plain(listed(left_out))}. --all takes every slot, "
            "--slot SLOT_ID one."
        )
    say(said)


def _say_what_to_do(written: Sequence[Written]) -> None:
    results = {each.result for each in written}
    if WriteResult.KEPT in results:
        say("What differs was kept as it is; --force refreshes it in place.")
    if WriteResult.LEFT_OUT in results:
        say(
            "What was left out cannot be written as a slot file; it stays unmanaged until it is "
            "corrected in the console."
        )


def _warn_of_rules(folder: Path, pulled: set[str | None]) -> None:
    """What is live is written all the same; `validate` would say this of it."""
    if not pulled - {None}:
        return
    _, problems = find_problems(folder)
    ours = [problem for problem in problems if problem.slot_id in pulled]
    if ours:
        say(f"What is live breaks our rules ({counted(len(ours), 'problem')}):")
    for problem in ours:
        say(problem_text(problem))
