"""Standard error as JSON lines."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

import pytest

from reconciler.cli.progress import Progress
from reconciler.cli.progress.log import Log
from tests.cli.conftest import Bot, Done, Shell
from tests.support.clock import VirtualClock
from tests.support.world import FRUIT


def log_of(stderr: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stderr.splitlines()]


def logged(done: Done, level: str) -> list[str]:
    return [line["message"] for line in log_of(done.stderr) if line["level"] == level]


@pytest.mark.parametrize(
    "arguments",
    [
        ("--log-format", "json", "apply", "--yes", "--no-gate"),
        ("apply", "--yes", "--no-gate", "--log-format", "json"),
    ],
)
def test_each_line_is_an_object_wherever_the_option_is(
    bot: Callable[..., Bot], arguments: tuple[str, ...]
) -> None:
    shop = bot()
    shop.write(FRUIT)
    before = datetime.now(timezone.utc)
    lines = log_of(shop.run(*arguments).stderr)
    assert {"level": "info", "message": "stored", "event": "change_stored"} in [
        {key: value for key, value in line.items() if key != "timestamp"} for line in lines
    ]
    times = [datetime.fromisoformat(line["timestamp"].replace("Z", "+00:00")) for line in lines]
    assert times == sorted(times)
    assert all(before.replace(microsecond=0) <= time for time in times)
    assert "No changes" in shop.run("plan").stdout


def test_a_request_is_a_line_of_level_debug(bot: Callable[..., Bot]) -> None:
    shop = bot()
    shop.write(FRUIT)
    requests = logged(shop.run("plan", "-vv", "--log-format", "json"), "debug")
    assert any(line.startswith("GET /api/v1/slots?limit=100&offset=0 -> 200") for line in requests)


def test_an_error_that_ends_the_command_is_one_line_with_its_hint(shell: Shell) -> None:
    shell.write(FRUIT)
    done = shell.run("plan", "--log-format", "json")
    assert done.returncode == 1
    (message,) = logged(done, "error")
    assert "COGNIGY_CLIENT_ID" in message
    assert not message.startswith("Error:")
    assert shell.run("--log-format", "json", "plan").stderr.count("\n") == 1


def test_a_usage_error_is_a_line_too(shell: Shell) -> None:
    (message,) = logged(shell.run("--log-format", "json", "plan", "--nonsense"), "error")
    assert "No such option" in message


def test_a_warning_has_its_own_level(bot: Callable[..., Bot]) -> None:
    shop = bot()
    shop.write(FRUIT)
    shop.environment |= {
        "COGNIGY_WEBHOOK_URL": "http://127.0.0.1:9/hook",
        "COGNIGY_WEBHOOK_SECRET": "s" * 32,
    }
    done = shop.run("apply", "--yes", "--no-gate", "--log-format", "json")
    warned = [line for line in log_of(done.stderr) if line.get("event") == "warned"]
    assert {line["level"] for line in warned} == {"warning"}
    assert not warned[0]["message"].startswith("Warning:")


def test_the_next_command_of_the_process_logs_text_again(shell: Shell) -> None:
    shell.run("plan", "--log-format", "json")
    assert shell.run("plan").stderr.startswith("Error: ")


def test_the_acknowledgement_of_an_interrupt_is_a_line(bot: Callable[..., Bot]) -> None:
    shop = bot(training_seconds=3)
    shop.write(FRUIT)
    with shop.spawn("apply", "--yes", "--log-format", "json") as process:
        shop.wait_for_writes()
        process.send_signal(signal.SIGINT)
        _, stderr = process.communicate(timeout=60)
    messages = [line["message"] for line in log_of(stderr) if line["level"] == "warning"]
    assert any(message.startswith(f"Stopping after {FRUIT}") for message in messages)


def test_a_heartbeat_comes_while_nothing_happens(capsys: pytest.CaptureFixture[str]) -> None:
    clock = VirtualClock()
    log = Log(clock, heartbeat_seconds=15.0)
    progress = Progress(clock, log)
    for _ in range(40):
        clock.advance(1)
        progress.tick()
    assert len(capsys.readouterr().err.splitlines()) == 2
