"""A workflow run of GitHub Actions: its variables and files, a tenant, and GitHub over HTTP."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from reconciler.config.project import DEFAULT_LEDGER
from tests.cli.conftest import Bot, Done
from tests.support.github import REPOSITORY, TOKEN, GitHub, serving_github
from tests.support.world import COLOUR, FRUIT, SIZE, document

HEAD = "a" * 40
MERGED = "c" * 40


@dataclass
class Actions:
    """Runs `reconciler` as a step of a workflow does."""

    bot: Any
    """A Bot, or any other Shell whose environment reaches a tenant."""
    github: GitHub

    @property
    def folder(self) -> Path:
        return Path(self.bot.folder)

    @property
    def ledger(self) -> Path:
        """The path of the ledger in a workflow, outside the checkout."""
        return Path(self.bot.environment["RUNNER_TEMP"]) / DEFAULT_LEDGER

    @property
    def summary(self) -> str:
        path = self.folder / "summary.md"
        return path.read_text(encoding="utf-8") if path.exists() else ""

    @property
    def output(self) -> str:
        path = self.folder / "output.txt"
        return path.read_text(encoding="utf-8") if path.exists() else ""

    def happened(self, **event: Any) -> None:
        """Write the event file."""
        (self.folder / "event.json").write_text(json.dumps(event), encoding="utf-8")

    def pull_request(self, number: int = 7, *, head: str = HEAD) -> None:
        """The event is a push to a pull request."""
        self.happened(pull_request={"number": number, "head": {"sha": head}})

    def push(self, *, commit: str = MERGED) -> None:
        """The event is a push to main."""
        self.bot.environment["GITHUB_SHA"] = commit
        self.happened(ref="refs/heads/main", after=commit)

    def save(self, name: str, *command: str) -> Done:
        """Save the JSON that a command prints."""
        done: Done = self.bot.run(*command, "--format", "json")
        (self.folder / name).write_text(done.stdout, encoding="utf-8")
        return done

    def run(self, *arguments: str) -> Done:
        """Run a step, which must not fail or show the token."""
        done: Done = self.bot.run("github", *arguments)
        assert done.returncode == 0, done.stderr
        self.require_no_secret(done)
        return done

    def refused(self, *arguments: str) -> str:
        """Run a step, which must fail with one message."""
        done = self.bot.run("github", *arguments)
        assert done.returncode == 1, done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        assert "bug in reconciler" not in done.stderr
        assert done.stderr.count("Error: ") == 1
        self.require_no_secret(done)
        return str(done.stderr)

    def require_no_secret(self, done: Done) -> None:
        for text in (done.stdout, done.stderr, self.summary, self.output):
            assert TOKEN not in text
            assert "sandbox-secret" not in text


@pytest.fixture
def actions(bot: Callable[..., Bot], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Actions]:
    """A run on a pull request, with a tenant of two slots, one of which the files change."""
    shop = bot(live=[document(FRUIT), document(COLOUR)])
    shop.write(FRUIT, patterns=["^apple$", "^pear$"])
    shop.write(COLOUR, patterns=["^red$", "^blue$"])
    with serving_github() as github:
        shop.environment |= variables(shop.folder, github, tmp_path_factory.mktemp("temp"))
        made = Actions(bot=shop, github=github)
        made.pull_request()
        yield made


def variables(folder: Path, github: GitHub, temp: Path) -> dict[str, str]:
    """What a workflow run sets."""
    return {
        "GITHUB_ACTIONS": "true",
        "GITHUB_API_URL": github.url,
        "GITHUB_EVENT_PATH": str(folder / "event.json"),
        "GITHUB_OUTPUT": str(folder / "output.txt"),
        "GITHUB_REPOSITORY": REPOSITORY,
        "GITHUB_RUN_ID": "42",
        "GITHUB_SERVER_URL": "https://github.com",
        "GITHUB_SHA": "d" * 40,
        "GITHUB_STEP_SUMMARY": str(folder / "summary.md"),
        "GITHUB_TOKEN": TOKEN,
        "GITHUB_WORKSPACE": str(folder),
        "RUNNER_TEMP": str(temp),
    }


__all__ = ["COLOUR", "FRUIT", "SIZE"]
