"""GitHub Actions in small: a workflow's jobs and steps, run as a runner does, in real bash.

It knows what our workflows use, and raises on everything else.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.github import GitHub
from tests.workflows.bash import Process
from tests.workflows.documents import workflow
from tests.workflows.job import JOB_KEYS, Job, require_known
from tests.workflows.origin import Origin
from tests.workflows.results import Trigger, WorkflowRun

_WORKFLOW_KEYS = {"name", "on", "permissions", "concurrency", "jobs"}


@dataclass
class Runner:
    """Runs this repository's workflows for events in another repository."""

    origin: Origin
    github: GitHub
    folder: Path
    variables: Mapping[str, str]
    secrets: Mapping[str, Mapping[str, str]]
    """Secrets by environment; the repository itself has none."""
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
        run = WorkflowRun(trigger, workflow=name)
        for job_id, job in document["jobs"].items():
            require_known(job, JOB_KEYS)
            if job_id in self.before_job:
                self.before_job.pop(job_id)()
            run.jobs[job_id] = Job(self, run, job, job_id).result()
        return run

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
