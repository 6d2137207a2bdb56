"""One job of a workflow: its steps in order, as a runner runs them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.support.github import FORK_ID, REPOSITORY, REPOSITORY_ID, TOKEN
from tests.workflows import uses
from tests.workflows.bash import run_in_bash
from tests.workflows.documents import JSON
from tests.workflows.expressions import Contexts, holds, interpolated
from tests.workflows.results import JobResult, StepResult, Trigger, WorkflowRun

if TYPE_CHECKING:
    from tests.workflows.runner import Runner

JOB_KEYS = {
    *("name", "if", "needs", "runs-on", "timeout-minutes", "environment", "permissions", "env"),
    *("steps", "outputs", "strategy", "concurrency", "uses", "with", "secrets"),
}
STEP_KEYS = {
    *("name", "id", "if", "uses", "with", "run", "shell", "env", "working-directory"),
    *("continue-on-error", "timeout-minutes"),
}


def require_known(part: JSON, known: set[str]) -> None:
    assert part.keys() <= known, f"the runner does not support {part.keys() - known}"


@dataclass(frozen=True)
class Scope:
    """What surrounds a job: the inputs of its workflow, the jobs that it needs, its matrix row."""

    inputs: JSON
    needs: JSON
    matrix: JSON

    def contexts(self, trigger: Trigger) -> Contexts:
        """The contexts of a job before it has a machine."""
        return {
            "github": {
                "event": trigger.payload,
                "event_name": trigger.name,
                "ref": trigger.ref,
                "repository": REPOSITORY,
                "token": TOKEN,
            },
            "inputs": self.inputs,
            "needs": self.needs,
            "matrix": self.matrix,
        }


class Job:
    """One job, on its own machine."""

    def __init__(
        self, runner: Runner, run: WorkflowRun, job: JSON, job_id: str, *, scope: Scope
    ) -> None:
        self._runner = runner
        self._scope = scope
        self._run = run
        self._job = job
        self._succeeded = True
        machine = runner.fresh_folder(job_id)
        self._temporary, self._files = machine / "temp", machine / "files"
        self._result = JobResult("success", workspace=machine / "work")
        for each in (self._result.workspace, self._temporary, self._files):
            each.mkdir()
        self._path: list[str] = []
        self._exported: dict[str, str] = {}
        self._steps: dict[str, Any] = {}

    def result(self) -> JobResult:
        """Run it."""
        self._runner.github.permissions = self._permissions()
        for step in self._job["steps"]:
            require_known(step, STEP_KEYS)
            self._result.steps.append(self._step(step))
        if not self._succeeded:
            self._result.conclusion = "failure"
        if self._runner.is_cancelled:
            self._result.conclusion = "cancelled"
        contexts = self._contexts()
        self._result.outputs = {
            name: interpolated(value, contexts)
            for name, value in self._job.get("outputs", {}).items()
        }
        self._result.summary = "".join(
            path.read_text(encoding="utf-8") for path in sorted(self._files.glob("summary-*"))
        )
        return self._result

    def _permissions(self) -> dict[str, str]:
        granted: dict[str, str] = dict(self._job.get("permissions", {}))
        if self._run.trigger.is_of_a_fork:
            return dict.fromkeys(granted, "read")
        return granted

    def _step(self, step: JSON) -> StepResult:
        name = str(step.get("name") or step.get("uses"))
        contexts = self._contexts()
        result = StepResult(name, "skipped")
        if holds(
            step.get("if"),
            contexts,
            succeeded=self._succeeded and not self._runner.is_cancelled,
            cancelled=self._runner.is_cancelled,
        ):
            result = self._use(step, name) if "uses" in step else self._bash(step, name)
        if result.outcome == "failure":
            tolerated = step.get("continue-on-error", False)
            result.conclusion = "success" if tolerated else "failure"
            self._succeeded = self._succeeded and tolerated
        if "id" in step:
            self._steps[step["id"]] = {"outcome": result.outcome, "outputs": result.outputs}
        return result

    def _use(self, step: JSON, name: str) -> StepResult:
        contexts = self._contexts()
        given = {key: interpolated(value, contexts) for key, value in step.get("with", {}).items()}
        place = uses.Place(
            origin=self._runner.origin,
            github=self._runner.github,
            commit=self._run.trigger.sha,
            run=uses.RunIdentity(workflow=self._run.workflow, **_run_identity(self._run.trigger)),
            workspace=self._result.workspace,
            temporary=self._temporary,
            path=self._path,
            tool=self._runner.tool,
        )
        try:
            commit = uses.ACTIONS[step["uses"].partition("@")[0]](place, given)
        except uses.ActionFailedError as failure:
            return StepResult(name, "failure", log=f"{failure}\n")
        self._result.tool_commit = commit or self._result.tool_commit
        return StepResult(name, "success", outputs=place.outputs)

    def _bash(self, step: JSON, name: str) -> StepResult:
        assert step.get("shell") == "bash", f"{name} names no shell"
        number = len(self._result.steps)
        files = {
            "GITHUB_OUTPUT": self._files / f"output-{number}",
            "GITHUB_ENV": self._files / f"env-{number}",
            "GITHUB_PATH": self._files / f"path-{number}",
            "GITHUB_STEP_SUMMARY": self._files / f"summary-{number:03}",
        }
        environment = {**self._environment(step), **{key: str(files[key]) for key in files}}
        for path in files.values():
            path.touch()
        code, log = run_in_bash(
            step["run"],
            script=self._temporary / f"step-{number}.sh",
            folder=self._result.workspace / step.get("working-directory", "."),
            environment=environment,
            path=self._path,
            process=self._runner.process,
        )
        self._exported |= _pairs(files["GITHUB_ENV"])
        self._path[:0] = reversed(files["GITHUB_PATH"].read_text(encoding="utf-8").split("\n")[:-1])
        return StepResult(
            name,
            "success" if code == 0 else "failure",
            code=code,
            log=log,
            outputs=_pairs(files["GITHUB_OUTPUT"]),
            environment=environment,
        )

    def _environment(self, step: JSON) -> dict[str, str]:
        contexts, trigger = self._contexts(), self._run.trigger
        event = self._files / "event.json"
        event.write_text(json.dumps(trigger.payload), encoding="utf-8")
        own = {**self._job.get("env", {}), **self._exported, **step.get("env", {})}
        return {
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_ACTOR": "ada",
            "GITHUB_API_URL": self._runner.github.url,
            "GITHUB_EVENT_NAME": trigger.name,
            "GITHUB_EVENT_PATH": str(event),
            "GITHUB_REF": trigger.ref,
            "GITHUB_REPOSITORY": REPOSITORY,
            "GITHUB_RUN_ID": str(trigger.run_id),
            "GITHUB_SERVER_URL": "https://github.com",
            "GITHUB_SHA": trigger.sha,
            "GITHUB_WORKSPACE": str(self._result.workspace),
            "RUNNER_TEMP": str(self._temporary),
            **{key: interpolated(value, contexts) for key, value in own.items()},
        }

    def _contexts(self) -> Contexts:
        trigger = self._run.trigger
        general = self._scope.contexts(trigger)
        named = self._job.get("environment")
        environment = "" if trigger.is_of_a_fork else interpolated(named, general)
        variables = {**self._runner.variables, **self._runner.own_variables.get(environment, {})}
        return {
            **general,
            "runner": {"temp": str(self._temporary)},
            "secrets": self._runner.secrets[environment] if environment else {},
            "steps": self._steps,
            "vars": {} if trigger.is_of_a_fork else variables,
        }


def _run_identity(trigger: Trigger) -> JSON:
    """The run that is recorded as the source of an artifact."""
    run = trigger.payload.get("pull_request", {}).get("head")
    return {
        "run_id": trigger.run_id,
        "event": trigger.name,
        "branch": run["ref"] if run else trigger.ref.removeprefix("refs/heads/"),
        "commit": run["sha"] if run else trigger.sha,
        "home": FORK_ID if trigger.is_of_a_fork else REPOSITORY_ID,
    }


def _pairs(path: Path) -> dict[str, str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert all("=" in line for line in lines), "only NAME=VALUE is known"
    return {name: value for name, _, value in (line.partition("=") for line in lines)}
