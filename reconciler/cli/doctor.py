"""`reconciler doctor`."""

from __future__ import annotations

from pathlib import Path

import click

from reconciler.cli.interruption import terminal_clock
from reconciler.cli.options import environment_option, format_option, slots_option, verbosity_option
from reconciler.cli.output import json_even_on_failure, show
from reconciler.cli.progress import progress
from reconciler.formats.doctor import doctor_json, failed_doctor_json
from reconciler.operations.doctor import DoctorRequest, doctor
from reconciler.operations.examination import services_for_examining
from reconciler.reports.doctor import doctor_text


@click.command("doctor", epilog="Example: reconciler doctor --format json")
@slots_option
@environment_option
@format_option("text", "json")
@verbosity_option
@json_even_on_failure(failed_doctor_json)
def doctor_command(slots: Path, environment: str | None, output: str) -> int:
    """Examine the tenant: access, rights, and what the files name there; only reads.

    Each check says what was found, and what to do about it. Without slot files, the tenant is
    examined as cognigy-v2 if COGNIGY_PROJECT_ID is set, otherwise as cognigy-v1.

    `--format json` prints an object with the keys ok, api and checks, an array of objects with the
    keys name, status (ok, warning or failed), detail and hint.

    Exits with 1 if a check failed. Warnings change nothing.
    """
    services = services_for_examining(environment, clock=terminal_clock(), observer=progress())
    examination = doctor(DoctorRequest(slots=slots, environment=environment), services)
    show(doctor_json(examination) if output == "json" else doctor_text(examination))
    return 0 if examination.ok else 1
