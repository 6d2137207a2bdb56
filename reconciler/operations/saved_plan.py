"""Plans in files: saved by `plan --out`, and read by `apply`."""

from __future__ import annotations

from pathlib import Path

from reconciler.adapters.json_files import TRUSTED_BYTES, read_object
from reconciler.adapters.output_files import require_output_path, write_output
from reconciler.errors import DocumentError, PlanFileError
from reconciler.formats.plan import MAKE_ANOTHER, parsed_plan, plan_json
from reconciler.model.effect import NO_EFFECTS, Effects
from reconciler.model.failure import Failure
from reconciler.model.plan import Plan
from reconciler.ports import LedgerStore


def require_writable(path: Path, *, slots: Path, ledger: LedgerStore) -> None:
    """Raises OutputFileError if a plan would replace a slot file or one of the ledger's files, or
    if a link leads out of the working tree."""
    require_output_path(path, slots=slots, ledger=ledger.paths)


def save(path: Path, plan: Plan, effects: Effects = NO_EFFECTS) -> None:
    """Write a plan's JSON, completely or not at all. Raises OutputFileError."""
    write_output(path, plan_json(plan, effects) + "\n")


def read(path: Path) -> Plan:
    """The plan in a file. Raises PlanFileError unless it is complete, of a known version and
    undamaged."""
    found = read_result(path)
    if isinstance(found, Failure):
        raise PlanFileError(
            f"{path} holds no plan, because none could be made: {found.message}", hint=found.hint
        )
    return found


def read_result(path: Path) -> Plan | Failure:
    """The plan in a file, or the failure that was saved instead. Raises PlanFileError like `read`,
    and DocumentError for an invalid failure."""
    try:
        document = read_object(path, limit=TRUSTED_BYTES, hint=MAKE_ANOTHER)
    except DocumentError as error:
        raise PlanFileError(error.message, hint=error.hint) from error
    return parsed_plan(document, source=str(path))
