"""The project's folder, in which `.env`, the slots and the ledger are by default.

It is found upwards from the working directory, as git, ruff and uv find theirs, so that a command
does the same in every folder of the project. This module imports nothing, so that `--help` stays
fast.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

SLOTS = "slots"
FLEET = "fleet.yaml"
DOTENV = ".env"
DEFAULT_LEDGER = "slot_updates_audit.jsonl"
_OURS = b"COGNIGY_"


def project_folder() -> Path:
    """The nearest folder that has `slots`, a fleet.yaml, a ledger, or a `.env` that names our
    variables, relative to the working directory. Without one, it is the working directory.

    The search ends at the root of the git repository; outside a repository, and at a folder of
    another owner, it does not begin, because anyone may have written `/tmp/.env`.
    """
    here = Path.cwd()
    found = next((each for each in _searched(here) if _is_project(each)), here)
    return Path(os.path.relpath(found, here))


def slots_folder() -> Path:
    """The folder of the slots, unless `--slots` names one."""
    return project_folder() / SLOTS


def fleet_file() -> Path:
    """The file of the fleet, unless `--file` names one."""
    return project_folder() / FLEET


def _searched(here: Path) -> list[Path]:
    folders = list(_of_one_owner(here))
    root = next((number for number, each in enumerate(folders) if (each / ".git").exists()), 0)
    return folders[: root + 1]


def _of_one_owner(here: Path) -> Iterator[Path]:
    try:
        owner = here.stat().st_uid
        for each in (here, *here.parents):
            if each.stat().st_uid != owner:
                return
            yield each
    except OSError:
        return


def _is_project(folder: Path) -> bool:
    return (
        (folder / SLOTS).is_dir()
        or (folder / FLEET).is_file()
        or (folder / DEFAULT_LEDGER).is_file()
        or _has_variables(folder)
    )


def _has_variables(folder: Path) -> bool:
    """Whether its `.env` is ours; one that cannot be read may be, and is reported when it is."""
    path = folder / DOTENV
    if not path.is_file():
        return False
    try:
        return _OURS in path.read_bytes()
    except OSError:
        return True
