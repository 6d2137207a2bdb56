"""Simulations of the actions that our workflows use, found by name in any version."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path

from tests.support.github import REPOSITORY, GitHub
from tests.workflows.origin import Origin, git


class ActionFailedError(Exception):
    """The step fails, as the action would."""


@dataclass(frozen=True)
class RunIdentity:
    """The run of an artifact, as GitHub records it."""

    run_id: int
    workflow: str
    event: str
    branch: str
    commit: str
    home: int


@dataclass(frozen=True)
class Place:
    """The environment in which an action runs."""

    origin: Origin
    github: GitHub
    commit: str
    run: RunIdentity
    workspace: Path
    temporary: Path
    path: list[str]
    tool: str
    """The shell command that does what `python -m reconciler` does."""
    outputs: dict[str, str] = field(default_factory=dict)


Given = Mapping[str, str]
"""The inputs of `with`, as text."""


def check_out(place: Place, given: Given) -> None:
    """actions/checkout."""
    _require(
        given,
        {"ref", "path", "sparse-checkout", "sparse-checkout-cone-mode"},
        also={"persist-credentials"},
    )
    assert given["persist-credentials"] == "false", "a token would lie in the workspace"
    assert "sparse-checkout" not in given or given["sparse-checkout-cone-mode"] == "false"
    place.origin.check_out(
        given.get("ref") or place.commit,
        into=place.workspace / given.get("path", "."),
        sparse=given.get("sparse-checkout"),
    )


def upload(place: Place, given: Given) -> None:
    """actions/upload-artifact, of one file, which without an archive has its own name."""
    _require(given, {"archive", "if-no-files-found", "overwrite"}, also={"name", "path"})
    path = place.workspace / given["path"]
    assert "archive" not in given or (given["archive"], given["name"]) == ("false", path.name)
    if not path.exists():
        assert given.get("if-no-files-found") in (None, "ignore")
        return
    github, run = place.github, place.run
    former = [each for each in github.artifacts if _is(each, run.run_id, given["name"])]
    if former and given.get("overwrite") != "true":
        raise ActionFailedError("an artifact of this name is there already")
    for each in former:
        github.artifacts.remove(each)
    made = github.artifact(
        path.read_bytes(),
        name=given["name"],
        member=path.name,
        commit=run.commit,
        branch=run.branch,
        event=run.event,
        workflow=run.workflow,
        home=run.home,
        run_id=run.run_id,
    )
    home = f"https://github.com/{REPOSITORY}/actions/runs/{run.run_id}"
    place.outputs["artifact-url"] = f"{home}/artifacts/{made['id']}"


def download(place: Place, given: Given) -> None:
    """actions/download-artifact, of this run or another."""
    if "pattern" in given:
        _download_all(place, given)
        return
    _require(given, {"path", "run-id", "github-token"}, also={"name"})
    assert ("run-id" in given) == bool(given.get("github-token"))
    if "run-id" in given:
        assert "actions" in (place.github.permissions or {}), "the token may not read artifacts"
    run_id = int(given.get("run-id", place.run.run_id))
    found = [each for each in place.github.artifacts if _is(each, run_id, given["name"])]
    if not found:
        raise ActionFailedError(f"there is no artifact {given['name']}")
    folder = place.workspace / given.get("path", ".")
    with zipfile.ZipFile(io.BytesIO(place.github.archives[found[-1]["id"]])) as archive:
        archive.extractall(folder)


def _download_all(place: Place, given: Given) -> None:
    """Every artifact of this run whose name matches, each into a folder of its name."""
    _require(given, set(), also={"path", "pattern"})
    for each in place.github.artifacts:
        if _is(each, place.run.run_id, each["name"]) and fnmatch(each["name"], given["pattern"]):
            folder = place.workspace / given["path"] / each["name"]
            with zipfile.ZipFile(io.BytesIO(place.github.archives[each["id"]])) as archive:
                archive.extractall(folder)


def install(place: Place, given: Given, *, home: str) -> str:
    """Our own action, which installs the package under test. Returns the commit of the action."""
    _require(given, set(), also=set())
    action = place.workspace / home
    if not (action / "action.yml").is_file():
        raise ActionFailedError(f"there is no action in {home}")
    folder = place.temporary / "reconciler" / "bin"
    folder.mkdir(parents=True)
    script = folder / "reconciler"
    script.write_text(f'#!/bin/sh\nexec {place.tool} "$@"\n')
    script.chmod(0o755)
    place.path.insert(0, str(folder))
    return git(action, "rev-parse", "HEAD")


def install_here(place: Place, given: Given) -> str:
    return install(place, given, home=".github/actions/reconciler")


def install_of_base(place: Place, given: Given) -> str:
    return install(place, given, home="base/.github/actions/reconciler")


ACTIONS: dict[str, Callable[[Place, Given], str | None]] = {
    "actions/checkout": check_out,
    "actions/upload-artifact": upload,
    "actions/download-artifact": download,
    "./.github/actions/reconciler": install_here,
    "./base/.github/actions/reconciler": install_of_base,
}


def _is(artifact: Mapping[str, object], run_id: int, name: str) -> bool:
    run = artifact["workflow_run"]
    assert isinstance(run, dict)
    return (run["id"], artifact["name"]) == (run_id, name)


def _require(given: Given, known: set[str], *, also: set[str]) -> None:
    assert also <= given.keys() <= known | also, f"unknown or missing inputs: {sorted(given)}"
