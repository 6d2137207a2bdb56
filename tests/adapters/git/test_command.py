"""Running git: it asks nothing, ends with us, and tells no secret."""

from __future__ import annotations

import os
import signal
import stat
import threading
import time
from pathlib import Path

import pytest

from reconciler.adapters.git.command import Git, without_credentials
from reconciler.errors import GitError

SCRIPT = "#!/bin/sh\n"


def git_that(folder: Path, does: str) -> Git:
    """A `git` that is this shell script."""
    script = folder / "git"
    script.write_text(SCRIPT + does)
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    return Git(folder, {"PATH": f"{folder}{os.pathsep}{os.environ['PATH']}", "SECRET": "no"})


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("fatal: 'https://bob:t0k3n@host/o/r.git/': 403", "fatal: 'https://host/o/r.git/': 403"),
        ("https://t0k3n@host:8443/r", "https://host:8443/r"),
        ("https://bob:t0@k3n@host/r", "https://host/r"),
        ("https://host/r?private_token=t0k3n", "https://host/r?…"),
        ("ssh://git@host/r and git@host:r", "ssh://host/r and git@host:r"),
        ("nobody@example.com says no", "nobody@example.com says no"),
    ],
)
def test_a_url_is_shown_without_its_credentials(text: str, shown: str) -> None:
    assert without_credentials(text) == shown


def test_what_git_says_is_the_line_with_the_reason(tmp_path: Path) -> None:
    said = (
        "echo warning: x >&2; echo 'fatal: https://a:b@h/r is gone.' >&2; echo hint >&2; exit 128"
    )
    done = git_that(tmp_path, said).run("fetch")
    assert (done.code, done.words) == (128, "fatal: https://h/r is gone")


def test_without_git_the_error_says_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(GitError) as raised:
        Git(tmp_path, {"PATH": str(tmp_path)}).run("fetch")
    assert raised.value.message == "git cannot be run: No such file or directory."
    assert "Install git" in raised.value.hint


def test_it_has_no_terminal_and_only_the_variables_that_it_is_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COGNIGY_CLIENT_SECRET", "s3cr3t")
    done = git_that(tmp_path, "env; (: < /dev/tty) 2>/dev/null || echo no terminal").run("fetch")
    assert "GIT_TERMINAL_PROMPT=0" in done.text
    assert "no terminal" in done.text
    assert "s3cr3t" not in done.text


def test_what_takes_too_long_is_ended_with_all_that_it_started(tmp_path: Path) -> None:
    git = git_that(tmp_path, f"sleep 100 & echo $! > {tmp_path}/child; wait")
    with pytest.raises(GitError, match="git fetch took longer than 0 s, and was ended"):
        git.run("fetch", patience=0.3)
    wait_until_ended(int((tmp_path / "child").read_text()))


def test_an_interrupt_lets_it_remove_its_lock_before_it_ends(tmp_path: Path) -> None:
    lock, began = tmp_path / "ref.lock", tmp_path / "began"
    locked = f"trap 'rm {lock}; exit 1' TERM; cat; touch {lock} {began}; sleep 100 & wait"
    git = git_that(tmp_path, locked)  # `cat` ends once we wait for its output

    def interrupt() -> None:
        while not began.exists():
            time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=interrupt).start()
    with pytest.raises(KeyboardInterrupt):
        git.run("fetch")
    assert not lock.exists()


def wait_until_ended(pid: int) -> None:
    """A process that has ended may wait to be reaped by its next parent."""
    while Path(f"/proc/{pid}/stat").exists():
        if Path(f"/proc/{pid}/stat").read_text().split(") ")[1][0] == "Z":
            return
        time.sleep(0.01)
