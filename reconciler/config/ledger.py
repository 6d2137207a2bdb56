"""Where the ledger is, and where a .env file or a checkout must not have it."""

from __future__ import annotations

import os
from pathlib import Path, PurePath, PureWindowsPath

from reconciler.config.variables import Variables
from reconciler.errors import ConfigurationError

DEFAULT_LEDGER = "slot_updates_audit.jsonl"
_VARIABLE = "COGNIGY_AUDIT_LOG"


def ledger_path(variables: Variables) -> Path:
    """Where the ledger is; in GitHub Actions never inside the checkout, whose files anybody may
    have written. Raises ConfigurationError."""
    chosen = variables.path(_VARIABLE)
    if not variables.is_workflow:
        return chosen or Path(DEFAULT_LEDGER)
    path = chosen or Path(variables.get("RUNNER_TEMP") or "", DEFAULT_LEDGER)
    checkout = variables.path("GITHUB_WORKSPACE")
    if checkout is not None and _is_within(path, checkout):
        raise ConfigurationError(
            f"The ledger {path} is inside the workflow's checkout {checkout}, where a "
            "committed ledger would be trusted.",
            hint="Unset COGNIGY_AUDIT_LOG, which puts the ledger in RUNNER_TEMP, or set it to "
            "a file outside the checkout.",
        )
    return path


def require_within_reach(variables: Variables) -> None:
    """Raises ConfigurationError where a .env file, which may have come with a repository, would
    have lines appended outside of the working directory, or within git's own folder."""
    ledger = variables.get(_VARIABLE)
    if ledger is None or _VARIABLE not in variables.from_dotenv:
        return
    spellings = (PurePath(ledger), PureWindowsPath(ledger))
    here = Path.cwd().resolve()
    folder = (here / ledger).parent.resolve()
    parts = {part.lower() for each in (*spellings, folder) for part in each.parts}
    is_anchored = any(each.anchor for each in spellings)
    if is_anchored or not folder.is_relative_to(here) or not parts.isdisjoint(("..", ".git")):
        raise ConfigurationError(
            f"COGNIGY_AUDIT_LOG in .env is {ledger[:100]!r}, and may only name a file below the "
            "working directory, by a relative path and not through a link out of it.",
            hint="Set it in the real environment, which may name any file.",
        )


def _is_within(path: Path, folder: Path) -> bool:
    """Whether the path leads into the folder, as it is written or through links."""
    named = Path(os.path.abspath(path))  # noqa: PTH100 - takes ".." away, and follows no link
    return any(
        each.is_relative_to(home)
        for each in (named, path.resolve())
        for home in (folder.absolute(), folder.resolve())
    )
