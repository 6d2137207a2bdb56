"""The example of a systemd unit for `watch`: systemd accepts it, and its commands work."""

from __future__ import annotations

import os
import re
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Bot, Shell
from tests.support.repositories import ENVIRONMENT, Remote
from tests.support.world import FRUIT

ROOT = Path(__file__).parents[2]
UNIT = ROOT / "reconciler" / "docs" / "examples" / "systemd" / "reconciler-watch.service"


def parsed(text: str) -> dict[str, dict[str, list[str]]]:
    """The sections of a unit, as systemd.syntax(7) has them: each key may come several times, a
    line that ends with a backslash goes on, and a comment begins with # or ;."""
    sections: dict[str, dict[str, list[str]]] = {}
    lines = iter(re.sub(r"\\\n\s*", " ", text).splitlines())
    section: dict[str, list[str]] | None = None
    for line in lines:
        if not line.strip() or line[0] in "#;":
            continue
        if heading := re.fullmatch(r"\[(\w+)\]", line):
            section = sections.setdefault(heading[1], {})
            continue
        key, equals, value = line.partition("=")
        assert equals, line
        assert section is not None, line
        assert re.fullmatch(r"[A-Z][A-Za-z]*", key), line
        section.setdefault(key, []).append(value)
    return sections


SECTIONS = parsed(UNIT.read_text(encoding="utf-8"))
SERVICE = SECTIONS["Service"]


def test_the_unit_stops_politely_starts_again_and_runs_as_a_user_of_its_own() -> None:
    assert SECTIONS.keys() == {"Unit", "Service", "Install"}
    assert SERVICE["SuccessExitStatus"] == ["130"]
    assert SERVICE["Restart"] == ["always"]
    assert SERVICE["KillMode"] == ["mixed"]  # not git, in the middle of a fetch
    assert SERVICE["TimeoutStopSec"] == ["20min"]
    assert SERVICE["DynamicUser"] == ["yes"]
    assert SERVICE["ProtectSystem"] == ["strict"]
    assert SERVICE["StateDirectory"] == ["reconciler"]


def test_no_secret_is_in_the_unit_or_in_the_environment_that_it_sets() -> None:
    credentials = {each.split(":")[0] for each in SERVICE["LoadCredential"]}
    assert credentials == {"client_id", "client_secret", "git_credentials"}
    assert not re.search("SECRET|TOKEN|KEY=", " ".join(SERVICE["Environment"]))


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze")
def test_systemd_accepts_the_unit(tmp_path: Path) -> None:
    bad = tmp_path / "bad.service"
    bad.write_text(UNIT.read_text(encoding="utf-8").replace("KillMode=mixed", "KillMode=gently"))
    done = subprocess.run(  # noqa: S603 - our own arguments
        ["systemd-analyze", "verify", "--man=no", str(UNIT), str(bad)],  # noqa: S607
        capture_output=True,
        text=True,
        check=False,
    )
    assert "bad.service" in done.stderr  # otherwise it looks at nothing here
    assert UNIT.name not in done.stderr, done.stderr


def test_its_commands_clone_and_follow_the_branch_until_sigterm(
    bot: Callable[..., Bot], tmp_path: Path
) -> None:
    state, credentials, programs = (tmp_path / name for name in ("state", "credentials", "bin"))
    for folder in (state, credentials, programs):
        folder.mkdir()
    there = Remote(tmp_path / "there")
    here = bot()
    author = Shell(folder=there.work)
    author.write(FRUIT, patterns=["^apple$", "^pear$"])
    author.configure(watch={"apply": True})
    commit = there.push_all()
    _install(programs / "reconciler")
    (credentials / "client_id").write_text("sandbox\n")
    (credentials / "client_secret").write_text("sandbox-secret\n")
    (credentials / "git_credentials").write_text("https://bob:t0k3n@example.com\n")
    environment = {
        **ENVIRONMENT,
        **dict(_assignments(state, credentials)),
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "COGNIGY_BASE_URL": here.environment["COGNIGY_BASE_URL"],
        "COGNIGY_BOT_ID": "bot_1",
        "REPOSITORY": there.url,
        "CREDENTIALS_DIRECTORY": str(credentials),
    }
    before, started = (_script(*SERVICE[key]) for key in ("ExecStartPre", "ExecStart"))
    for _ in range(2):  # the second time, the clone is there
        subprocess.run(["/bin/sh", "-c", before], cwd=state, env=environment, check=True)  # noqa: S603
    assert not (state / "clone" / "slots").exists()
    with subprocess.Popen(  # noqa: S603 - the unit's own command
        ["/bin/sh", "-c", started], cwd=state, env=environment, stderr=subprocess.PIPE, text=True
    ) as process:
        here.folder = state
        here.wait_for_writes()
        process.send_signal(signal.SIGTERM)
        _, stderr = process.communicate(timeout=60)
    assert process.returncode == 130, stderr
    assert commit[:10] in stderr
    assert here.live(FRUIT)["patterns"] == ["^apple$", "^pear$"]
    assert here.ledger[-1]["event"] == "run_finished"
    assert "sandbox-secret" not in stderr


def _script(line: str) -> str:
    """What the shell gets of a command line that is `/bin/sh -c '…'`."""
    found = re.fullmatch(r"/bin/sh -c '([^']*)'", line)
    assert found, line
    return found[1].replace("$$", "$")


def _assignments(state: Path, credentials: Path) -> list[tuple[str, str]]:
    """The variables that the unit sets, with its specifiers replaced."""
    found = []
    for line in SERVICE["Environment"]:
        parts = [line[1:-1]] if line.startswith('"') else line.split()
        found += [part.partition("=")[::2] for part in parts]
    return [
        (name, value.replace("%S/reconciler", str(state)).replace("%d", str(credentials)))
        for name, value in found
    ]


def _install(path: Path) -> None:
    path.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m reconciler "$@"\n')
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
