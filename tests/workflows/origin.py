"""A real git repository with slots: GitHub's copy, to which people push."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.workflows.documents import ACTION

_IDENTITY = {
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.com",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.com",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
}


def git(folder: Path, *arguments: str) -> str:
    """Run git in a folder, with a neutral identity. Returns its output."""
    environment = {name: value for name, value in os.environ.items() if name[:4] != "GIT_"}
    done = subprocess.run(  # noqa: S603 - our own arguments
        ["git", *arguments],  # noqa: S607 - the git of this machine
        cwd=folder,
        env={**environment, **_IDENTITY},
        check=False,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@dataclass
class Origin:
    """The repository; its folder is also a person's checkout."""

    folder: Path

    def begin(self) -> None:
        """Create the first commit on main: the slots, and the action that workflows use."""
        home = self.folder / ".github" / "actions" / "reconciler"
        home.mkdir(parents=True)
        shutil.copy(ACTION, home)
        git(self.folder, "init", "--quiet", "--initial-branch", "main")
        git(self.folder, "config", "uploadpack.allowAnySHA1InWant", "true")
        self.commit("Begin")

    def commit(self, subject: str) -> str:
        """Commit all files. Returns the commit's hash."""
        git(self.folder, "add", "--all")
        git(self.folder, "commit", "--quiet", "--allow-empty", "--message", subject)
        return self.head()

    def head(self, name: str = "HEAD") -> str:
        return git(self.folder, "rev-parse", name)

    def switch(self, branch: str) -> None:
        """Switch to a branch, creating it if necessary and keeping uncommitted edits."""
        exists = git(self.folder, "branch", "--list", branch)
        git(self.folder, "checkout", "--quiet", *(() if exists else ("-b",)), branch)

    def offer_merge(self, number: int, branch: str, *, base: str = "main") -> str:
        """Create `refs/pull/N/merge`, as GitHub does. Returns its commit."""
        git(self.folder, "checkout", "--quiet", "--detach", base)
        git(self.folder, "merge", "--quiet", "--no-ff", "--message", "Offered", branch)
        git(self.folder, "update-ref", f"refs/pull/{number}/merge", "HEAD")
        merged = self.head()
        git(self.folder, "checkout", "--quiet", branch)
        return merged

    def merge(self, branch: str) -> str:
        """Merge a branch into main. Returns the new head of main."""
        self.switch("main")
        git(self.folder, "merge", "--quiet", "--no-ff", "--message", f"Merge {branch}", branch)
        return self.head()

    def history(self) -> set[str]:
        """Every commit of main."""
        return set(git(self.folder, "rev-list", "main").split())

    def check_out(self, ref: str, *, into: Path, sparse: str | None) -> None:
        """Check out into a folder, like actions/checkout."""
        into.mkdir(parents=True, exist_ok=True)
        git(into, "init", "--quiet")
        if sparse is not None:
            git(into, "sparse-checkout", "set", "--no-cone", *sparse.split())
        git(into, "fetch", "--quiet", "--depth", "1", self.folder.as_uri(), ref)
        git(into, "checkout", "--quiet", "--detach", "FETCH_HEAD")
