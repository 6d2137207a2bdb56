"""Real git repositories: a remote, and a clone of it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.com",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.com",
}
"""Without the settings of this machine and its user."""


def git(folder: Path, *arguments: str) -> str:
    """What git prints."""
    done = subprocess.run(  # noqa: S603 - our own arguments
        ["git", *arguments],  # noqa: S607 - the git of this machine
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
        env=ENVIRONMENT,
    )
    return done.stdout.strip()


class Remote:
    """A bare repository, and the working tree of someone who pushes to it."""

    def __init__(self, folder: Path) -> None:
        self.url = str(folder / "remote.git")
        self.work = folder / "author"
        folder.mkdir(parents=True, exist_ok=True)
        git(folder, "init", "--quiet", "--bare", "--initial-branch", "main", self.url)
        git(folder, "clone", "--quiet", self.url, str(self.work))
        git(self.work, "checkout", "--quiet", "-B", "main")

    def push(self, files: dict[str, str | None], *, message: str = "Change a slot") -> str:
        """Write these files, delete those without a text, and push the commit."""
        for name, text in files.items():
            path = self.work / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if text is None:
                path.unlink()
            else:
                path.write_text(text, encoding="utf-8")
        return self.push_all(message=message)

    def push_all(self, *, message: str = "Change a slot") -> str:
        """Push what the author's working tree has."""
        git(self.work, "add", "--all")
        git(self.work, "commit", "--quiet", "--allow-empty", "--message", message)
        git(self.work, "push", "--quiet", "--force", "origin", "main")
        return git(self.work, "rev-parse", "HEAD")

    def rewind(self, commit: str) -> None:
        """Make this commit the author's last one; the next push is forced."""
        git(self.work, "reset", "--quiet", "--hard", commit)

    def clone(self, folder: Path, *options: str) -> Path:
        """A clone of it."""
        git(self.work, "clone", "--quiet", *options, self.url, str(folder))
        return folder
