"""GitHub Actions in small: a workflow's jobs and steps, run as a runner does, in real bash.

It knows what our workflows use, and raises on everything else.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from tests.support.github import GitHub
from tests.workflows.bash import Process
from tests.workflows.documents import JSON, workflow
from tests.workflows.expressions import evaluated, holds
from tests.workflows.job import JOB_KEYS, Job, Scope, require_known
from tests.workflows.origin import Origin
from tests.workflows.results import JobResult, Trigger, WorkflowRun

_WORKFLOW_KEYS = {"name", "on", "permissions", "concurrency", "jobs"}


@dataclass
class Runner:
    """Runs this repository's workflows for events in another repository."""

    origin: Origin
    github: GitHub
    folder: Path
    tool: str
    """The shell command that does what `python -m reconciler` does."""
    variables: Mapping[str, str]
    secrets: Mapping[str, Mapping[str, str]]
    """Secrets by environment; the repository itself has none."""
    own_variables: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Variables by environment, which come before those of the repository."""
    before_job: dict[str, Callable[[], object]] = field(default_factory=dict)
    """Callbacks that run just before a job starts."""
    process: Process = field(default_factory=Process)
    is_cancelled: bool = False
    _count: int = 0

    def run(self, name: str, trigger: Trigger) -> WorkflowRun:
        """Run every job of a workflow, in the order of the file."""
        document = workflow(name)
        require_known(document, _WORKFLOW_KEYS)
        assert trigger.name in document["on"], f"{name} is not for {trigger.name}"
        self.is_cancelled = False
        run = WorkflowRun(trigger, workflow=name.rsplit("/", 1)[-1])
        self._run_jobs(run, document, inputs=trigger.payload.get("inputs") or {}, within="")
        return run

    def _run_jobs(self, run: WorkflowRun, document: JSON, *, inputs: JSON, within: str) -> str:
        """Run the jobs of a workflow, which may be called by another. Returns the result."""
        done: dict[str, JSON] = {}
        for job_id, job in document["jobs"].items():
            require_known(job, JOB_KEYS)
            if job_id in self.before_job:
                self.before_job.pop(job_id)()
            wanted = job.get("needs", [])
            needed = {
                each: done[each] for each in ([wanted] if isinstance(wanted, str) else wanted)
            }
            scope = Scope(inputs=inputs, needs=needed, matrix={})
            done[job_id] = self._outcome(run, job, within + job_id, scope=scope)
        failed = [each for each in done.values() if each["result"] not in ("success", "skipped")]
        return "failure" if failed else "success"

    def _outcome(self, run: WorkflowRun, job: JSON, job_id: str, *, scope: Scope) -> JSON:
        """The result and the outputs of a job, of all rows of its matrix together."""
        contexts = {**scope.contexts(run.trigger), "vars": self.variables}
        allowed = holds(
            job.get("if"),
            contexts,
            succeeded=all(each["result"] == "success" for each in scope.needs.values()),
            cancelled=self.is_cancelled,
        )
        if not allowed:
            run.jobs[job_id] = JobResult("skipped")
            return {"result": "skipped", "outputs": {}}
        strategy = job.get("strategy")
        if strategy is None:
            return self._row(run, job, job_id, scope=scope)
        assert strategy["fail-fast"] is False
        rows = evaluated(strategy["matrix"], contexts)["include"]
        found = [
            self._row(run, job, f"{job_id} {row['name']}", scope=replace(scope, matrix=row))
            for row in rows
        ]
        failed = [each for each in found if each["result"] != "success"]
        return {"result": "failure" if failed else "success", "outputs": {}}

    def _row(self, run: WorkflowRun, job: JSON, job_id: str, *, scope: Scope) -> JSON:
        if "uses" in job:
            return {"result": self._call(run, job, job_id, scope=scope), "outputs": {}}
        result = Job(self, run, job, job_id.replace("/", "-"), scope=scope).result()
        run.jobs[job_id] = result
        return {"result": result.conclusion, "outputs": result.outputs}

    def _call(self, run: WorkflowRun, job: JSON, job_id: str, *, scope: Scope) -> str:
        """Run a workflow of the same repository, as GitHub lets it be called."""
        assert job["secrets"] == "inherit", "its environments would have no secrets"
        name = Path(job["uses"]).stem
        called = workflow(f"environments/{name}")
        declared = called["on"]["workflow_call"]["inputs"]
        contexts = scope.contexts(run.trigger)
        given = {name: evaluated(each, contexts) for name, each in job["with"].items()}
        assert given.keys() <= declared.keys()
        for each in called["jobs"].values():
            for permission, access in each["permissions"].items():
                assert job["permissions"][permission] in (access, "write"), permission
        inputs = {key: "" if value is None else value for key, value in given.items()}
        return self._run_jobs(run, called, inputs=inputs, within=f"{job_id}/")

    def cancel(self) -> None:
        """Cancel the run: only the step's own process gets a signal."""
        self.is_cancelled = True
        self.process.send(signal.SIGINT)

    def cancel_at_once(self) -> None:
        """Cancel the run, followed by the second signal for a step that takes too long."""
        self.cancel()
        self.process.send(signal.SIGTERM)

    def fresh_folder(self, name: str) -> Path:
        self._count += 1
        folder = self.folder / f"{self._count}-{name}"
        folder.mkdir(parents=True)
        return folder
