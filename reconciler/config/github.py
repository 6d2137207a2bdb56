"""What GitHub Actions says of a run: where its API is, our token there, the event, the files."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import SecretStr

from reconciler.config.urls import checked_url
from reconciler.errors import ConfigurationError
from reconciler.model.access import GitHubAccess

API_URL = "https://api.github.com"
_ENTERPRISE_PATH = "/api/v3"
_REPOSITORY = re.compile(
    r"(?P<owner>[A-Za-z0-9][A-Za-z0-9_-]{0,99})/(?P<name>[A-Za-z0-9._-]{1,100})"
)
_TOKEN = re.compile(r"[!-~]{1,1000}")
_RUN_ID = re.compile(r"[0-9]{1,20}")
_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")


@dataclass(frozen=True)
class GitHubVariables:
    """The variables that Actions sets."""

    values: Mapping[str, str] = field(repr=False)

    def access(self) -> GitHubAccess:
        """Raises ConfigurationError with every variable that is missing or bad."""
        return self._access(also=())

    def access_with_event(self) -> tuple[GitHubAccess, Path]:
        """The access, and the event's file. Raises ConfigurationError likewise."""
        access = self._access(also=("GITHUB_EVENT_PATH",))
        return access, Path(self.values["GITHUB_EVENT_PATH"])

    @property
    def summary(self) -> Path | None:
        """The file of the job's summary."""
        return self._path("GITHUB_STEP_SUMMARY")

    @property
    def output(self) -> Path | None:
        """The file of the step's outputs."""
        return self._path("GITHUB_OUTPUT")

    @property
    def commit(self) -> str | None:
        """The commit that triggered the workflow."""
        commit = self.values.get("GITHUB_SHA", "").lower()
        return commit if is_commit(commit) else None

    @property
    def link(self) -> str | None:
        """The page of this workflow run."""
        server = self.values.get("GITHUB_SERVER_URL", "").rstrip("/")
        repository = self.values.get("GITHUB_REPOSITORY", "")
        run = self.values.get("GITHUB_RUN_ID", "")
        problems: list[str] = []
        checked_url(server, name="GITHUB_SERVER_URL", problems=problems, path=False)
        if problems or not _REPOSITORY.fullmatch(repository) or not _RUN_ID.fullmatch(run):
            return None
        return f"{server}/{repository}/actions/runs/{run}"

    def _access(self, *, also: Sequence[str]) -> GitHubAccess:
        problems: list[str] = []
        api_url = self._url("GITHUB_API_URL", default=API_URL, problems=problems)
        graphql_url = self._url(
            "GITHUB_GRAPHQL_URL", default=_graphql_beside(api_url), problems=problems
        )
        names = ("GITHUB_TOKEN", "GITHUB_REPOSITORY", *also)
        problems.extend(f"{name} is missing." for name in names if name not in self.values)
        token = self.values.get("GITHUB_TOKEN", "")
        if token and not _TOKEN.fullmatch(token):
            problems.append("GITHUB_TOKEN holds characters that no token has.")
        repository = self.values.get("GITHUB_REPOSITORY", "")
        found = _REPOSITORY.fullmatch(repository)
        if repository and (not found or found["name"] in (".", "..")):
            problems.append(f"GITHUB_REPOSITORY is {repository[:60]!r}, and must be owner/name.")
        if problems or not found:
            raise ConfigurationError(
                "The environment is not complete:",
                details=problems,
                hint="GitHub Actions sets all of them but the token: give the step "
                "`env: {GITHUB_TOKEN: ${{ github.token }}}`.",
            )
        return GitHubAccess(
            api_url=api_url,
            graphql_url=graphql_url,
            token=SecretStr(token),
            owner=found["owner"],
            name=found["name"],
        )

    def _url(self, name: str, *, default: str, problems: list[str]) -> str:
        value = self.values.get(name, default)
        checked = checked_url(value, name=name, problems=problems, path=True).rstrip("/")
        if "?" in value or "#" in value:
            problems.append(f"{name} must have neither a query nor a fragment.")
        return checked

    def _path(self, name: str) -> Path | None:
        value = self.values.get(name)
        return Path(value) if value is not None else None


def is_commit(text: str) -> bool:
    """Whether it is a commit's whole name, by SHA-1 or SHA-256."""
    return _COMMIT.fullmatch(text) is not None


def _graphql_beside(api_url: str) -> str:
    """Where the GraphQL of the same GitHub is: GitHub Enterprise Server has it at another path."""
    if api_url.endswith(_ENTERPRISE_PATH):
        return api_url.removesuffix(_ENTERPRISE_PATH) + "/api/graphql"
    return f"{api_url}/graphql"
