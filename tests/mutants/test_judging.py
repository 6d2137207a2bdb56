"""Judging mutants of a project of two lines, with pytest and a simulation in real processes."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.mutants.checkout import Checkout
from tests.mutants.judging import Judge, Judgement, UnbrokenFailsError, judgements, stages
from tests.mutants.sampling import Mutant

ROOT = Path(__file__).parents[2]
CODE = "ONE = 1\nTWO = 2\nTHREE = 3\nFOUR = 4\nFIVE = 5\n"
MIRROR = """
import time
import pytest
from reconciler.part.numbers import FOUR, ONE

def test_one():
    assert ONE == 1

@pytest.mark.timeout(1)
def test_four():
    time.sleep(FOUR // 100)
"""
IN_SAME_FOLDER = "from reconciler.part.numbers import TWO\n\ndef test_two():\n    assert TWO == 2\n"
IN_OPERATIONS = (
    "from reconciler.part.numbers import FIVE\n\ndef test_five():\n    assert FIVE == 5\n"
)
SIMULATION = "from reconciler.part.numbers import THREE\nassert THREE == 3\n"
PATH = "reconciler/part/numbers.py"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("project")
    for path, text in {
        PATH: CODE,
        "reconciler/__init__.py": "",  # with it, no other package of that name is taken
        "reconciler/part/inner/deep.py": "",
        "tests/__init__.py": "",
        "tests/part/test_numbers.py": MIRROR,
        "tests/part/test_others.py": IN_SAME_FOLDER,
        "tests/operations/test_all.py": IN_OPERATIONS,
        "tests/simulation/__main__.py": SIMULATION,
        ".venv/large": "",
    }.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    return root


@pytest.fixture(scope="module")
def checkout(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    folder = tmp_path_factory.mktemp("copies") / "one"
    return Checkout.of(project, folder=folder, python=Path(sys.executable))


@pytest.fixture(scope="module")
def judge(project: Path, checkout: Checkout) -> Judge:
    judge = Judge(project, 3)
    judge.learn([PATH], checkout=checkout)
    return judge


def mutant(before: str, after: str) -> Mutant:
    return Mutant(PATH, 1, "core/Number", CODE, CODE.replace(before, after))


def test_the_mirrored_tests_run_first_and_the_simulation_last(project: Path) -> None:
    mirror, beside, operations, simulation = stages(PATH, root=project, seeds=7)
    assert mirror.arguments[-1] == "tests/part/test_numbers.py"
    assert beside.arguments[-1] == "tests/part"
    assert operations.arguments[-1] == "tests/operations"
    assert simulation.arguments[1:4] == ("tests.simulation", "--seeds", "7")


def test_a_test_about_every_file_runs_for_each() -> None:
    *_, beside, _, _ = stages("reconciler/planning/graph.py", root=ROOT, seeds=7)
    assert beside.arguments[-2:] == ("tests/planning", "tests/test_frozen.py")


def test_a_file_without_mirror_tests_uses_those_of_the_nearest_folder(project: Path) -> None:
    beside, _, simulation = stages("reconciler/part/inner/deep.py", root=project, seeds=7)
    assert beside.arguments[-1] == "tests/part"
    assert simulation.arguments[1] == "tests.simulation"


@pytest.mark.parametrize(
    ("before", "after", "killer"),
    [
        ("ONE = 1", "ONE = 5", "the mirrored tests"),
        ("TWO = 2", "TWO = 5", "the tests in the same folder"),
        ("FIVE = 5", "FIVE = 6", "the tests of the operations"),
        ("THREE = 3", "THREE = 5", "the simulation"),
        ("FOUR = 4", "FOUR = 5", None),
    ],
)
def test_the_first_stage_that_fails_kills_a_mutant_and_one_that_passes_all_survives(
    judge: Judge, checkout: Checkout, before: str, after: str, killer: str | None
) -> None:
    assert judge.judge(mutant(before, after), checkout=checkout).killer == killer
    assert (checkout.folder / PATH).read_text(encoding="utf-8") == CODE


def test_the_tests_that_killed_the_last_mutant_of_a_file_run_first_in_their_folder(
    project: Path, checkout: Checkout
) -> None:
    judge = Judge(project, 3)
    judge.learn([PATH], checkout=checkout)
    assert judge.killers == {}
    judge.judge(mutant("ONE = 1", "ONE = 5"), checkout=checkout)
    assert judge.killers == {}
    for _ in range(2):
        found = judge.judge(mutant("TWO = 2", "TWO = 5"), checkout=checkout)
        assert found.killer == "the tests in the same folder"
        assert judge.killers[PATH].arguments[-1] == "tests/part/test_others.py"
    assert judge.judge(mutant("THREE = 3", "THREE = 5"), checkout=checkout).killer is not None
    assert judge.judge(mutant("FOUR = 4", "FOUR = 5"), checkout=checkout).killer is None


def test_a_mutant_that_does_not_end_is_killed_by_the_timeout(
    judge: Judge, checkout: Checkout
) -> None:
    impatient = Judge(judge.root, judge.seeds, dict.fromkeys(judge.timeouts, 1e-6))
    found = impatient.judge(mutant("FOUR = 4", "FOUR = 5"), checkout=checkout)
    assert found.killer == "the mirrored tests, which timed out"


def test_a_mutant_that_makes_a_test_hang_is_distinguished_from_one_that_fails_it(
    judge: Judge, checkout: Checkout
) -> None:
    found = judge.judge(mutant("FOUR = 4", "FOUR = 400"), checkout=checkout)
    assert found.killer == "the mirrored tests, of which one timed out"


def test_a_stage_that_fails_without_a_mutant_is_an_error(project: Path, checkout: Checkout) -> None:
    fresh = Judge(project, 3)
    with (
        checkout.replaced(PATH, CODE.replace("TWO = 2", "TWO = 5")),
        pytest.raises(UnbrokenFailsError, match="test_two"),
    ):
        fresh.learn([PATH], checkout=checkout)


def test_the_copy_leaves_out_large_folders_and_the_project_is_unchanged(
    project: Path, checkout: Checkout
) -> None:
    assert not (checkout.folder / ".venv").exists()
    with checkout.replaced(PATH, "broken"):
        assert (project / PATH).read_text(encoding="utf-8") == CODE


def test_no_compiled_file_of_a_mutant_is_left_behind(
    checkout: Checkout,
) -> None:
    ask = ("-c", "from reconciler.part.numbers import FOUR; print(FOUR)")
    answers = [checkout.run(ask, timeout=None).stdout]
    with checkout.replaced(PATH, CODE.replace("FOUR = 4", "FOUR = 5")):
        answers.append(checkout.run(ask, timeout=None).stdout)
    answers.append(checkout.run(ask, timeout=None).stdout)
    assert answers == ["4\n", "5\n", "4\n"]


def test_no_two_mutants_share_a_checkout_at_once(checkout: Checkout) -> None:
    copies = [checkout, Checkout(checkout.folder / "other", checkout.python)]
    busy: set[Path] = set()

    def judge(each: Mutant, where: Checkout) -> Judgement:
        assert where.folder not in busy
        busy.add(where.folder)
        busy.remove(where.folder)
        return Judgement(each, None)

    mutants = [mutant("FOUR = 4", f"FOUR = {n}") for n in range(5, 25)]
    found = judgements(mutants, judge=judge, checkouts=copies, is_over=lambda: False)
    assert {each.mutant.code for each in found} == {each.code for each in mutants}


def test_after_the_time_limit_no_mutant_is_started_and_running_ones_are_judged(
    checkout: Checkout,
) -> None:
    answers: Iterator[bool] = iter([False, False, True, True, True])
    found = judgements(
        [mutant("FOUR = 4", f"FOUR = {n}") for n in range(5, 25)],
        judge=lambda each, where: Judgement(each, None),
        checkouts=[checkout],
        is_over=lambda: next(answers),
    )
    assert len(list(found)) == 2
