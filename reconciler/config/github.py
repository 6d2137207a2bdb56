"""The variables of GitHub Actions: the API and our token, the event, and the output files."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from reconciler.config.parts import Part, Unusable, Usable
from reconciler.config.urls import checked_url
from reconciler.config.variables import Variables
from reconciler.errors import ConfigurationError
from reconciler.model.access import GitHubAccess
from reconciler.model.github import is_commit
from reconciler.model.secret import Secret

API_URL = "https://api.github.com"
_ENTERPRISE_PATH = "/api/v3"
_REPOSITORY = re.compile(
    r"(?P<owner>[A-Za-z0-9][A-Za-z0-9_-]{0,99})/(?P<name>[A-Za-z0-9._-]{1,100})"
)
_TOKEN = re.compile(r"[!-~]{1,1000}")
_RUN_ID = re.compile(r"[0-9]{1,20}")


@dataclass(frozen=True)
class GitHub:
    """The variables that Actions sets, and the token that the step provides."""

    access: Part[GitHubAccess]
    access_with_event: Part[tuple[GitHubAccess, Path]]
    """The access and the event file; one message names everything that is missing."""
    summary: Path | None
    """The file for the job summary."""
    output: Path | None
    """The file for the step's outputs."""
    commit: str | None
    """The full hash of the commit that triggered the workflow."""
    repository_url: str | None
    """The URL of the repository's pages."""
    link: str | None
    """The URL of this workflow run."""


def github_of(variables: Variables) -> GitHub:
    """The variables of this run. Errors are raised only when a part is required."""
    access, problems = _access(variables)
    event = variables.path("GITHUB_EVENT_PATH")
    also = [] if event else ["GITHUB_EVENT_PATH is missing."]
    commit = (variables.get("GITHUB_SHA") or "").lower()
    return GitHub(
        access=Usable(access) if access else _incomplete(problems),
        access_with_event=(
            Usable((access, event)) if access and event else _incomplete([*problems, *also])
        ),
        summary=variables.path("GITHUB_STEP_SUMMARY"),
        output=variables.path("GITHUB_OUTPUT"),
        commit=commit if is_commit(commit) else None,
        repository_url=_repository_url(variables),
        link=_link(variables),
    )


def _incomplete(problems: Sequence[str]) -> Unusable:
    return Unusable(
        ConfigurationError(
            "The environment is incomplete:",
            details=problems,
            hint="GitHub Actions sets all of these except the token. Add "
            "`env: {GITHUB_TOKEN: ${{ github.token }}}` to the step.",
        )
    )


def _access(variables: Variables) -> tuple[GitHubAccess | None, Sequence[str]]:
    """The access, or everything that is missing or invalid."""
    problems: list[str] = []
    api_url = _url(variables, "GITHUB_API_URL", default=API_URL, problems=problems)
    graphql_url = _url(
        variables, "GITHUB_GRAPHQL_URL", default=_graphql_url(api_url), problems=problems
    )
    names = ("GITHUB_TOKEN", "GITHUB_REPOSITORY")
    problems.extend(f"{name} is missing." for name in names if variables.get(name) is None)
    token = variables.get("GITHUB_TOKEN") or ""
    if token and not _TOKEN.fullmatch(token):
        problems.append("GITHUB_TOKEN contains characters that no token has, or is too long.")
    repository = variables.get("GITHUB_REPOSITORY") or ""
    match = _REPOSITORY.fullmatch(repository)
    if repository and (not match or match["name"] in (".", "..")):
        problems.append(f"GITHUB_REPOSITORY is {repository[:60]!r}, but must be owner/name.")
    if problems or not match:
        return None, problems
    access = GitHubAccess(
        api_url=api_url,
        graphql_url=graphql_url,
        token=Secret(token),
        owner=match["owner"],
        name=match["name"],
    )
    return access, ()


def _url(variables: Variables, name: str, *, default: str, problems: list[str]) -> str:
    value = variables.get(name) or default
    checked = checked_url(value, name=name, problems=problems, path=True).rstrip("/")
    if "?" in value or "#" in value:
        problems.append(f"{name} must have neither a query nor a fragment.")
    return checked


def _repository_url(variables: Variables) -> str | None:
    server = (variables.get("GITHUB_SERVER_URL") or "").rstrip("/")
    repository = variables.get("GITHUB_REPOSITORY") or ""
    problems: list[str] = []
    checked_url(server, name="GITHUB_SERVER_URL", problems=problems, path=False)
    return f"{server}/{repository}" if not problems and _REPOSITORY.fullmatch(repository) else None


def _link(variables: Variables) -> str | None:
    repository_url, run = _repository_url(variables), variables.get("GITHUB_RUN_ID") or ""
    if repository_url is None or not _RUN_ID.fullmatch(run):
        return None
    return f"{repository_url}/actions/runs/{run}"


def _graphql_url(api_url: str) -> str:
    """The GraphQL URL of the same GitHub server; GitHub Enterprise Server has another path."""
    if api_url.endswith(_ENTERPRISE_PATH):
        return api_url.removesuffix(_ENTERPRISE_PATH) + "/api/graphql"
    return f"{api_url}/graphql"
