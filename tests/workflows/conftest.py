"""A team's repository on GitHub with our workflows, its tenant, and people who push and merge."""

from __future__ import annotations

import io
import sys
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from reconciler.sandbox.messages import Request, Response
from reconciler.sandbox.v1.settings import READER
from reconciler.sandbox.v1.tenant import SandboxTenant
from tests.cli.conftest import Bot, bot
from tests.support.github import FORK_ID, REPOSITORY, REPOSITORY_ID, TOKEN, GitHub, serving_github
from tests.support.warm import warm_command
from tests.support.world import COLOUR, FRUIT, SIZE, document
from tests.workflows.origin import Origin
from tests.workflows.results import Trigger, WorkflowRun
from tests.workflows.runner import Runner

WRITING_SECRET = "sandbox-secret"
SECRETS = (WRITING_SECRET, READER.client_secret, TOKEN)
FRUITS, COLOURS, SIZES = ["^apple$", "^pear$"], ["^red$", "^blue$"], ["^small$", "^large$"]
PULL_REQUEST = 7
OWNER = {"acme": (REPOSITORY, REPOSITORY_ID), "eve": ("eve/shop", FORK_ID)}


class WatchedTenant(SandboxTenant):
    """Notifies a test that a slot has been written, before it answers."""

    when_written: Callable[[], object] = staticmethod(lambda: None)

    def handle(self, request: Request) -> Response:
        response = super().handle(request)
        if request.method == "PUT":
            self.when_written()
        return response


@dataclass
class Shop:
    """The repository, from its users' point of view."""

    bot: Bot
    origin: Origin
    github: GitHub
    runner: Runner
    numbers: dict[str, int] = field(default_factory=dict)
    runs: int = 100

    # Actions

    def write(self, slot_id: str, **fields: Any) -> None:
        self.bot.write(slot_id, **fields)

    def propose(self, branch: str = "topic", *, owner: str = "acme") -> Trigger:
        """Push the written files to a pull request's branch, and open it if necessary."""
        name, home = OWNER[owner]
        number = self.numbers.setdefault(branch, PULL_REQUEST + len(self.numbers))
        self.origin.switch(branch)
        head = self.origin.commit("Change the slots")
        merged = self.origin.offer_merge(number, branch)
        self.github.pulls = [each for each in self.github.pulls if each["number"] != number]
        self.github.pulls.append(self.github.pull(number, head=head, branch=branch, owner=owner))
        repository = {"id": home, "full_name": name, "owner": {"login": owner}}
        pull = {
            "number": number,
            "state": "open",
            "head": {"sha": head, "ref": branch, "repo": repository},
            "base": {"ref": "main"},
        }
        return self._trigger(
            "pull_request",
            {"number": number, "pull_request": pull},
            ref=f"refs/pull/{number}/merge",
            sha=merged,
            is_of_a_fork=owner != "acme",
        )

    def retarget(self, *, base: str, branch: str = "topic", state: str = "open") -> Trigger:
        """Change the base branch of the pull request."""
        number = self.numbers[branch]
        merged = self.origin.offer_merge(number, branch, base=base)
        head = {"sha": self.origin.head(branch), "ref": branch}
        repository = {"id": REPOSITORY_ID, "full_name": REPOSITORY, "owner": {"login": "acme"}}
        pull = {
            "number": number,
            "state": state,
            "head": {**head, "repo": repository},
            "base": {"ref": base},
        }
        return self._trigger(
            "pull_request",
            {"action": "edited", "number": number, "pull_request": pull},
            ref=f"refs/pull/{number}/merge",
            sha=merged,
        )

    def merge(self, branch: str = "topic") -> Trigger:
        """Merge a pull request into main."""
        commit = self.origin.merge(branch)
        (pull,) = [each for each in self.github.pulls if each["head"]["ref"] == branch]
        merged = {"merged_at": f"2026-03-02T10:00:{self.runs % 60:02}Z", "state": "closed"}
        pull.update(merged, merge_commit_sha=commit)
        self.github.commit_pulls[commit] = [pull]
        return self._pushed(commit)

    def push(self) -> Trigger:
        """Commit to main, without a pull request."""
        self.origin.switch("main")
        return self._pushed(self.origin.commit("Change main"))

    def show_and_merge(self, branch: str = "topic") -> Trigger:
        """Open a pull request, have its plan shown, and merge it."""
        self.run("plan", self.propose(branch))
        return self.merge(branch)

    def queued(self, branch: str = "topic") -> Trigger:
        """The event for a pull request in the merge queue."""
        commit = self.origin.head(f"refs/pull/{self.numbers[branch]}/merge")
        group = {"head_sha": commit, "base_ref": "refs/heads/main", "base_sha": ""}
        ref = f"refs/heads/gh-readonly-queue/main/pr-{self.numbers[branch]}"
        return self._trigger("merge_group", {"merge_group": group}, ref=ref, sha=commit)

    def by_hand(self, *, unshown: bool = True, branch: str = "main") -> Trigger:
        """The event for a run started by hand."""
        return self._trigger(
            "workflow_dispatch",
            {"inputs": {"unshown": unshown}},
            ref=f"refs/heads/{branch}",
            sha=self.origin.head(branch),
        )

    def scheduled(self) -> Trigger:
        """The event for a scheduled run."""
        return self._trigger("schedule", {}, ref="refs/heads/main", sha=self.origin.head("main"))

    def completed(self, run: WorkflowRun) -> Trigger:
        """The event for a completed run of plan.yml."""
        pull = run.trigger.payload["pull_request"]
        completed_run = {
            "id": run.trigger.run_id,
            "event": run.trigger.name,
            "head_sha": pull["head"]["sha"],
            "head_branch": pull["head"]["ref"],
            "head_repository": pull["head"]["repo"],
        }
        main = self.origin.head("main")
        return self._trigger(
            "workflow_run", {"workflow_run": completed_run}, ref="refs/heads/main", sha=main
        )

    def run(self, name: str, trigger: Trigger) -> WorkflowRun:
        """Run a workflow, and check that it shows no secrets."""
        self.github.reachable = self.origin.history()
        run = self.runner.run(name, trigger)
        for text in (run.log, *(job.summary for job in run.jobs.values())):
            assert not [secret for secret in SECRETS if secret in text], text
            assert "Traceback" not in text, text
        return run

    # Results

    def comment(self, number: int = PULL_REQUEST) -> str:
        """The only comment on a pull request, with the line endings that we sent."""
        (body,) = self.github.bodies(number)
        return body.replace("\r\n", "\n")

    def outcome(self, number: int = PULL_REQUEST) -> str:
        """The only comment with the result of an apply."""
        bodies = [body.replace("\r\n", "\n") for body in self.github.bodies(number)]
        (outcome,) = [body for body in bodies if body.startswith("<!-- reconciler:outcome:")]
        return outcome

    def artifact(self, name: str) -> bytes:
        """The archive of the newest artifact with this name."""
        numbers = [each["id"] for each in self.github.artifacts if each["name"] == name]
        return self.github.archives[max(numbers)]

    def live(self, slot_id: str) -> list[str]:
        """The live patterns of a slot."""
        return list(self.bot.live(slot_id).get("patterns", []))

    @property
    def written(self) -> list[str]:
        """The slots that were written to the tenant, in order."""
        return [each.path.rsplit("/", 1)[1] for each in self.bot.writes]

    def _pushed(self, commit: str) -> Trigger:
        ref = "refs/heads/main"
        return self._trigger("push", {"ref": ref, "after": commit}, ref=ref, sha=commit)

    def _trigger(self, name: str, payload: dict[str, Any], **rest: Any) -> Trigger:
        self.runs += 1
        return Trigger(name, payload, run_id=self.runs, **rest)


def unzipped(archive: bytes) -> bytes:
    """The single file in an artifact."""
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        (name,) = opened.namelist()
        return opened.read(name)


@pytest.fixture(scope="session")
def warm() -> Iterator[str]:
    """A command like `python -m reconciler`, for all tests of this process."""
    if sys.platform == "win32":
        pytest.skip("the workflows run in bash, on Linux")
    with warm_command() as command:
        yield command


@pytest.fixture
def shop(
    bot: Callable[..., Bot],
    tmp_path_factory: pytest.TempPathFactory,
    warm: str,
) -> Iterator[Shop]:
    """A repository with two slots that are live as on main; nothing has run yet."""
    team = bot(live=[document(FRUIT), document(COLOUR)], kind=WatchedTenant)
    team.write(FRUIT, patterns=FRUITS)
    team.write(COLOUR, patterns=COLOURS)
    origin = Origin(team.folder)
    origin.begin()
    writer = {"COGNIGY_CLIENT_ID": "sandbox", "COGNIGY_CLIENT_SECRET": WRITING_SECRET}
    reader = {
        "COGNIGY_CLIENT_ID": READER.client_id,
        "COGNIGY_CLIENT_SECRET": READER.client_secret,
    }
    with serving_github() as github:
        runner = Runner(
            origin=origin,
            github=github,
            folder=tmp_path_factory.mktemp("runner"),
            tool=warm,
            variables={
                name: team.environment[name] for name in ("COGNIGY_BASE_URL", "COGNIGY_BOT_ID")
            },
            secrets={"reconciler-plan": reader, "reconciler-apply": writer},
        )
        yield Shop(bot=team, origin=origin, github=github, runner=runner)


__all__ = ["COLOUR", "FRUIT", "SIZE", "bot"]
