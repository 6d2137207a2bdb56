"""Where the ledger is, and the places that a .env file or a checkout must not choose."""

from __future__ import annotations

import os
from pathlib import Path, PurePath, PureWindowsPath

from reconciler.config.database import is_database, ledger_database
from reconciler.config.project import DEFAULT_LEDGER, project_folder
from reconciler.config.variables import Variables
from reconciler.errors import ConfigurationError
from reconciler.model.access import LedgerDatabase

_VARIABLE = "COGNIGY_AUDIT_LOG"


def ledger_place(variables: Variables, *, default: str = DEFAULT_LEDGER) -> Path | LedgerDatabase:
    """The path or the database that holds the ledger. Raises ConfigurationError."""
    chosen = variables.get(_VARIABLE)
    if chosen is not None and is_database(chosen):
        return ledger_database(chosen)
    return _path(variables, default)


def _path(variables: Variables, default: str) -> Path:
    """The ledger's path, which by default and in .env is the project's. In GitHub Actions it is
    never inside the checkout, whose files anyone may have written. Raises ConfigurationError."""
    chosen = variables.path(_VARIABLE)
    if not variables.is_workflow:
        is_projects = chosen is None or variables.is_from_dotenv(_VARIABLE)
        path = chosen or Path(default)
        return project_folder() / path if is_projects else path
    path = chosen or Path(variables.get("RUNNER_TEMP") or "", default)
    checkout = variables.path("GITHUB_WORKSPACE")
    if checkout is not None and _is_within(path, checkout):
        raise ConfigurationError(
            f"The ledger {path} is inside the workflow's checkout {checkout}, so a committed "
            "ledger would be trusted.",
            hint="Unset COGNIGY_AUDIT_LOG, so that the ledger is in RUNNER_TEMP, or set it to a "
            "file outside the checkout.",
        )
    return path


def require_within_reach(variables: Variables) -> None:
    """Raises ConfigurationError if a .env file, which may have come with a repository, names a
    ledger outside the project's folder or inside git's own folder."""
    ledger = variables.get(_VARIABLE)
    if ledger is None or not variables.is_from_dotenv(_VARIABLE):
        return
    if is_database(ledger):
        raise ConfigurationError(
            "COGNIGY_AUDIT_LOG in .env names a database, but a .env file, which may have come "
            "with a repository, may only name a file: an apply acts on what its ledger says.",
            hint="Set it in the real environment.",
        )
    spellings = (PurePath(ledger), PureWindowsPath(ledger))
    home = project_folder().resolve()
    folder = (home / ledger).parent.resolve()
    parts = {part.lower() for each in (*spellings, folder) for part in each.parts}
    is_anchored = any(each.anchor for each in spellings)
    if is_anchored or not folder.is_relative_to(home) or not parts.isdisjoint(("..", ".git")):
        raise ConfigurationError(
            f"COGNIGY_AUDIT_LOG in .env is {ledger[:100]!r}, but may only name a file below the "
            "folder of .env, by a relative path and not through a link that leads out of it.",
            hint="Set it in the real environment, which may name any file.",
        )


def _is_within(path: Path, folder: Path) -> bool:
    """Whether the path leads into the folder, as written or through links."""
    named = Path(os.path.abspath(path))  # noqa: PTH100 - removes ".." without following links
    return any(
        each.is_relative_to(home)
        for each in (named, path.resolve())
        for home in (folder.absolute(), folder.resolve())
    )
