"""The trigger of a workflow run, and the results of the run, its jobs and their steps."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from tests.workflows.documents import JSON


@dataclass(frozen=True)
class Trigger:
    """The event that started a run, as Actions reports it."""

    name: str
    payload: JSON
    ref: str
    sha: str
    run_id: int
    is_of_a_fork: bool = False


@dataclass
class StepResult:
    """The result of a step, with its environment and log."""

    name: str
    outcome: str
    code: int | None = None
    log: str = ""
    outputs: dict[str, str] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)
    conclusion: str = ""

    def __post_init__(self) -> None:
        self.conclusion = self.conclusion or self.outcome


@dataclass
class JobResult:
    """The result of a job."""

    conclusion: str
    steps: list[StepResult] = field(default_factory=list)
    summary: str = ""
    workspace: Path = Path()
    tool_commit: str = ""
    """The commit from which it installed reconciler."""
    outputs: dict[str, str] = field(default_factory=dict)

    def step(self, start: str) -> StepResult:
        """The step whose name begins with `start`."""
        (found,) = [step for step in self.steps if step.name.startswith(start)]
        return found

    @property
    def log(self) -> str:
        return "".join(step.log for step in self.steps)


@dataclass
class WorkflowRun:
    """The result of a run."""

    trigger: Trigger
    workflow: str = "plan"
    """The name of the workflow's file, without `.yml`."""
    jobs: dict[str, JobResult] = field(default_factory=dict)

    @property
    def succeeded(self) -> bool:
        return all(job.conclusion in ("success", "skipped") for job in self.jobs.values())

    @property
    def log(self) -> str:
        return "".join(job.log for job in self.jobs.values())
