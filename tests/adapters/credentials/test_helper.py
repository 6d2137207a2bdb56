"""Credentials from a program of the user's."""

from __future__ import annotations

import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from reconciler.adapters.credentials.helper import MAX_BYTES, from_helper
from reconciler.errors import ConfigurationError

SECRET = "s3cr3t-of-the-client"
ANSWER = {"client_id": "client", "client_secret": SECRET, "origin": "https://acme.cognigy.com"}
LONG = 60.0
"""Far longer than any of these programs takes."""


def helper(script: str, *arguments: str) -> tuple[str, ...]:
    """A command that runs this Python, with further arguments before the name."""
    return (sys.executable, "-c", f"import sys\n{script}", *arguments)


def printing(text: str) -> tuple[str, ...]:
    return helper("sys.stdout.write(sys.argv[1])", text)


def refused(command: tuple[str, ...], *, seconds: float = LONG) -> str:
    with pytest.raises(ConfigurationError) as raised:
        from_helper(command, "acme-production", seconds=seconds)
    error = raised.value
    assert SECRET not in error.message + error.hint
    assert error.__cause__ is None
    assert error.__suppress_context__ or error.__context__ is None
    assert "RECONCILER_CREDENTIALS_HELPER" in error.hint
    return error.message


def test_it_is_run_with_the_name_as_its_last_argument() -> None:
    command = helper("import json; print(json.dumps({'client_id': sys.argv[1:]and sys.argv[-1]}))")
    found = from_helper((*command, "kv/bots"), "acme-production")
    assert found.fields["client_id"].get_secret_value() == "acme-production"


def test_its_answer_has_the_fields_and_may_have_others() -> None:
    found = from_helper(
        printing(json.dumps({**ANSWER, "bot_id": None, "api_key": "", "version": 1})), "acme"
    )
    assert {key: each.get_secret_value() for key, each in found.fields.items()} == ANSWER
    assert found.places["bot_id"] == f"`bot_id` of what {sys.executable} printed"
    assert SECRET not in repr(found)


def test_the_name_is_not_read_by_a_shell(tmp_path: Path) -> None:
    command = helper("import json; print(json.dumps({'client_id': sys.argv[-1]}))")
    name = f"$(touch {tmp_path}/pwned); `id`"
    assert from_helper(command, name).fields["client_id"].get_secret_value() == name
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "text",
    ["", SECRET, f'"{SECRET}"', f'["{SECRET}"]', f'{{"client_secret": "{SECRET}"', "[" * 60_000],
)
def test_anything_but_one_json_object_is_refused(text: str) -> None:
    command = helper("sys.stdout.write(sys.argv[1] * int(sys.argv[2]))")
    command = (*command, text[:100], str(max(1, len(text) // 100)))
    assert "did not print one JSON object" in refused(command)


def test_a_field_that_is_not_a_text_is_named() -> None:
    message = refused(printing(json.dumps({**ANSWER, "origin": [SECRET]})))
    assert message.endswith("printed `origin`, which is not a string.")


def test_a_failure_says_its_status_and_nothing_that_it_printed() -> None:
    command = helper(f"print('{SECRET}'); sys.stderr.write('{SECRET}'); sys.exit(3)")
    assert refused(command).endswith(f"the helper {sys.executable} ended with status 3.")


def test_arguments_are_not_shown(capfd: pytest.CaptureFixture[str]) -> None:
    refused(helper("sys.stderr.write('denied'); sys.exit(1)", f"--token={SECRET}"))
    refused(helper("import time; time.sleep(60)", f"--token={SECRET}"), seconds=0.2)
    assert capfd.readouterr() == ("", "")


def test_a_program_that_does_not_exist_is_reported() -> None:
    assert "cannot be run: FileNotFoundError" in refused(("/no/such/helper",))


def test_too_long_an_answer_is_cut_off_and_its_program_ended() -> None:
    command = helper("while True: sys.stdout.write('x' * 4096)")
    assert f"printed more than {MAX_BYTES} bytes" in refused(command)


def test_a_program_that_does_not_end_is_ended() -> None:
    command = helper("import time; time.sleep(60)")
    assert "has not ended within 0.2 s" in refused(command, seconds=0.2)
    command = helper("import os, time; os.close(1); time.sleep(60)")
    assert "has not ended within 0.2 s" in refused(command, seconds=0.2)


@pytest.mark.skipif(os.name != "posix", reason="ends a process group")
def test_everything_that_a_program_has_started_is_ended_too(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    child = (
        "import time\n"
        f"pipe = open({str(pipe)!r}, 'w')\n"
        "print('begun', file=pipe, flush=True)\n"
        "print('begun', flush=True)\n"
        "time.sleep(20)\n"
        "print('lived', file=pipe)"
    )
    command = helper(
        "import subprocess\n"
        f"child = subprocess.Popen([sys.executable, '-c', {child!r}], stdout=subprocess.PIPE)\n"
        "child.stdout.readline()\n"
        "while True: sys.stdout.write('x' * 4096)"
    )
    with ThreadPoolExecutor(1) as pool:
        said = pool.submit(pipe.read_text)  # until the child has ended
        refused(command)
        assert said.result(LONG) == "begun\n"


def test_many_threads_may_ask_at_once() -> None:
    command = helper("import json; print(json.dumps({'client_id': sys.argv[-1]}))")
    names = [f"tenant-{number}" for number in range(20)]
    with ThreadPoolExecutor(20) as pool:
        found = list(pool.map(lambda name: from_helper(command, name, seconds=LONG), names))
    assert [each.fields["client_id"].get_secret_value() for each in found] == names
