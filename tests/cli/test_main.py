"""The command line itself: usage, help, verbosity, and how failures are reported."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from unittest import mock

import pytest

from reconciler import __version__
from reconciler.cli.main import reconciler
from tests.cli.conftest import Bot, Shell
from tests.support.world import FRUIT

COMMANDS = sorted(reconciler.commands)


def test_without_arguments_it_shows_its_help_and_fails(shell: Shell) -> None:
    done = shell.run()
    assert done.returncode == 1
    assert "Usage: reconciler" in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize(
    "arguments",
    [
        ("--nonsense",),
        ("nonsense",),
        ("plan", "--nonsense"),
        ("drift", "--format", "nonsense"),
        ("apply", "a", "b"),
        ("apply", "plan.json", "--prune"),
        ("sandbox", "--port", "nonsense"),
    ],
)
def test_a_usage_error_exits_with_1_because_2_means_differences(
    shell: Shell, arguments: tuple[str, ...]
) -> None:
    done = shell.run(*arguments)
    assert done.returncode == 1
    assert "Usage" in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_has_help_with_an_example(shell: Shell, command: str) -> None:
    done = shell.run(command, "--help")
    assert done.returncode == 0
    assert f"Example: reconciler {command}" in done.stdout


def test_the_help_names_the_exit_codes(shell: Shell) -> None:
    assert "130 interrupted" in " ".join(shell.run("--help").stdout.split())


def test_the_version(shell: Shell) -> None:
    assert shell.run("--version").stdout.strip() == f"reconciler, version {__version__}"


@pytest.mark.parametrize("arguments", [("-vv", "plan"), ("plan", "-vv"), ("-v", "plan", "-v")])
def test_verbosity_is_accepted_before_and_after_the_command(
    bot: Callable[..., Bot], arguments: tuple[str, ...]
) -> None:
    shop = bot()
    shop.write(FRUIT)
    done = shop.run(*arguments)
    assert "GET /api/v1/slots?limit=100&offset=0 -> 200" in done.stderr
    assert "GET" not in shop.run("plan").stderr


def test_an_unexpected_exception_is_reported_as_a_bug(shell: Shell) -> None:
    shell.write(FRUIT)
    with mock.patch("pathlib.Path.is_dir", side_effect=RuntimeError("no such luck")):
        done = shell.run("validate")
        loud = shell.run("validate", "-vv")
    assert done.returncode == 1
    assert "This is a bug in reconciler: RuntimeError: no such luck" in done.stderr
    assert "Traceback" not in done.stderr
    assert "Traceback" in loud.stderr


def test_output_is_not_coloured_outside_a_terminal(bot: Callable[..., Bot]) -> None:
    shop = bot()
    shop.write(FRUIT)
    done = shop.run("plan")
    assert "\x1b" not in done.stdout + done.stderr


@pytest.mark.skipif(os.name != "posix", reason="Windows has no pseudo-terminals")
@pytest.mark.parametrize(
    ("variable", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)]
)
def test_a_terminal_gets_colour_unless_it_is_dumb_or_no_color_is_set(
    shell: Shell, variable: dict[str, str], coloured: bool
) -> None:
    import pty  # noqa: PLC0415 - not on Windows

    shell.write(FRUIT)
    shell.environment = {"TERM": "xterm", **variable}
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "reconciler", "validate"],
        cwd=shell.folder,
        env=shell.variables(),
        stdout=theirs,
    ) as process:
        assert process.wait(timeout=30) == 0
    os.close(theirs)
    assert (b"\x1b[" in os.read(ours, 10_000)) is coloured
    os.close(ours)


@pytest.mark.skipif(os.name != "posix", reason="the shell's pipes")
def test_a_closed_pipe_does_not_cause_a_traceback(shell: Shell) -> None:
    for number in range(50):
        shell.write(f"slot_{number}", patterns=["("])
    reading, writing = os.pipe()
    os.close(reading)
    with subprocess.Popen(
        [sys.executable, "-m", "reconciler", "validate"],
        cwd=shell.folder,
        env=shell.variables(),
        stdout=writing,
        stderr=subprocess.PIPE,
    ) as process:
        os.close(writing)
        _, stderr = process.communicate(timeout=30)
    assert process.returncode == 1
    assert stderr == b""


def test_characters_that_the_terminal_cannot_show_are_escaped(shell: Shell) -> None:
    shell.write(FRUIT, examples={"match": ["a→b"]})
    shell.environment = {"PYTHONIOENCODING": "cp1252"}
    with shell.spawn("validate") as process:
        stdout, stderr = process.communicate(timeout=30)
    assert "a\\u2192b" in stdout
    assert "Error" not in stderr


@pytest.mark.skipif(os.name != "posix", reason="the shell's descriptors")
@pytest.mark.parametrize("redirection", [">&-", "> /dev/full"])
@pytest.mark.parametrize("arguments", [("plan", "--format", "json"), ("plan",), ("validate",)])
def test_lost_output_is_an_error(
    bot: Callable[..., Bot], redirection: str, arguments: tuple[str, ...]
) -> None:
    shop = bot()
    shop.write(FRUIT)
    done = in_a_shell(shop, f"{' '.join(arguments)} {redirection}")
    assert done.returncode == 1
    assert "The output cannot be written" in done.stderr
    assert "Traceback" not in done.stderr
    assert "bug in reconciler" not in done.stderr


@pytest.mark.skipif(os.name != "posix", reason="the shell's descriptors")
def test_the_ledger_never_takes_the_descriptor_of_a_closed_stream(bot: Callable[..., Bot]) -> None:
    shop = bot()
    shop.write(FRUIT)
    done = in_a_shell(shop, "-vv apply --yes --no-gate 2>&- <&-")
    assert done.returncode == 0
    assert done.stderr == ""
    assert shop.run("audit", "verify").returncode == 0
    assert "No changes" in shop.run("plan").stdout


@pytest.mark.skipif(os.name != "posix", reason="the shell's descriptors")
def test_an_unwritable_standard_error_does_not_stop_a_command(bot: Callable[..., Bot]) -> None:
    shop = bot()
    shop.write(FRUIT)
    done = in_a_shell(shop, "-vv apply --yes --no-gate 2> /dev/full")
    assert done.returncode == 0
    assert "1 unjudged" in done.stdout
    assert "No changes" in shop.run("plan").stdout


@pytest.mark.skipif(os.name != "posix", reason="other systems cannot delete it")
def test_a_deleted_working_directory_gives_one_clear_message(shell: Shell) -> None:
    for command in ("plan", "validate", "audit verify", "init", "pull"):
        done = in_a_shell(shell, command, before='mkdir gone && cd gone && rmdir "$PWD"')
        assert done.returncode == 1
        assert "The working directory cannot be used" in done.stderr
        assert "bug in reconciler" not in done.stderr


def in_a_shell(
    shell: Shell, command: str, *, before: str = "true"
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own command
        ["/bin/sh", "-c", f'{before} && "{sys.executable}" -m reconciler {command}'],
        cwd=shell.folder,
        env=shell.variables(),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.skipif(os.name != "posix", reason="Windows has no pseudo-terminals")
def test_a_dumb_terminal_gets_no_control_sequences(
    bot: Callable[..., Bot],
) -> None:
    import pty  # noqa: PLC0415 - not on Windows

    shop = bot()
    shop.write(FRUIT)
    shop.environment["TERM"] = "dumb"
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "reconciler", "apply", "--yes", "--no-gate"],
        cwd=shop.folder,
        env=shop.variables(),
        stdout=subprocess.DEVNULL,
        stderr=theirs,
    ) as process:
        assert process.wait(timeout=60) == 0
    os.close(theirs)
    output = os.read(ours, 10_000)
    assert b"stored" in output
    assert b"\x1b" not in output
    assert b"\r" not in output.replace(b"\r\n", b"\n")  # a pseudo-terminal's line ending
    os.close(ours)
