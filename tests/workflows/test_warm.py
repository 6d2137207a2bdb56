"""The command that our workflows run in these tests is the one that they run on GitHub."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.workflows.documents import ROOT

COLD = f"{sys.executable} -m reconciler"


@pytest.mark.parametrize(
    "text",
    [
        "reconciler --version",
        "reconciler validate > found; code=$?; cat found; exit $code",
        "RECONCILER_SLOTS=elsewhere reconciler validate",
        "reconciler validate --slots - < /dev/null | cat",
        "reconciler rule nothing",
        "cd slots && reconciler validate --slots .",
    ],
)
def test_a_warm_command_does_what_a_new_process_does(warm: str, tmp_path: Path, text: str) -> None:
    (tmp_path / "slots").mkdir()
    (tmp_path / "slots" / "a.yaml").write_text("slot_id: a\nnäme: a\n", encoding="utf-8")

    def done(command: str) -> tuple[int, str, str]:
        result = subprocess.run(  # noqa: S603 - our own script
            ["bash", "-c", f'reconciler() {{ {command} "$@"; }}\n{text}'],  # noqa: S607
            cwd=tmp_path,
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
            capture_output=True,
            check=False,
            text=True,
            encoding="utf-8",
        )
        return result.returncode, result.stdout, result.stderr

    assert done(warm) == done(COLD)
