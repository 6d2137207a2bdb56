"""Plans of a fleet in files: saved by `fleet plan --out`, and read by `fleet apply`."""

from __future__ import annotations

from pathlib import Path

from reconciler import __version__
from reconciler.adapters.json_files import TRUSTED_BYTES, read_object
from reconciler.adapters.output_files import require_output_path, write_output
from reconciler.errors import DocumentError, PlanFileError
from reconciler.formats.fleet_plan import MAKE_ANOTHER, fleet_plan_json, parsed_fleet_plan
from reconciler.model.fleet import Selector
from reconciler.model.fleet_plan import FleetPlan
from reconciler.model.fleet_run import FleetReport
from reconciler.operations.fleet.files import FleetFiles
from reconciler.ports import LedgerStore


def plan_of(report: FleetReport, *, selector: Selector) -> FleetPlan:
    """The plan that `fleet plan` made, to be agreed to."""
    return FleetPlan.of(report, selection=str(selector), tool_version=__version__)


def require_writable(path: Path, *, files: FleetFiles, ledger: LedgerStore) -> None:
    """Raises OutputFileError if a plan would replace a file of the fleet or one of its ledger's
    files, or if a link leads out of the working tree."""
    require_output_path(path, slots=files.path.parent, ledger=ledger.paths)


def save(path: Path, report: FleetReport, *, selector: Selector) -> None:
    """Write the plan, completely or not at all. Raises OutputFileError."""
    write_output(path, fleet_plan_json(plan_of(report, selector=selector)) + "\n")


def read(path: Path) -> FleetPlan:
    """The plan in a file. Raises PlanFileError unless it is complete, of a known version and
    undamaged."""
    try:
        document = read_object(path, limit=TRUSTED_BYTES, hint=MAKE_ANOTHER)
    except DocumentError as error:
        raise PlanFileError(error.message, hint=error.hint) from error
    return parsed_fleet_plan(document, source=str(path))
