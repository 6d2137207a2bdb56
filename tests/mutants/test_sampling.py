from __future__ import annotations

from itertools import islice
from pathlib import Path

import pytest

from tests.mutants.sampling import Mutant, Place, Way, files, sample

SOURCES = {"b.py": "0\n" * 30, "a.py": "0\n" * 30}


def places(path: str, source: str) -> list[Place]:
    """One in each line, with two ways."""
    lines = range(1, source.count("\n") + 1)
    return [Place(path, line, (Way("one", line), Way("two", line))) for line in lines]


def broken(source: str, way: Way) -> str:
    lines = source.splitlines()
    lines[way.occurrence - 1] = way.operator
    return "\n".join(lines)


def drawn(seed: int, size: int) -> list[Mutant]:
    return list(islice(sample(SOURCES, seed=seed, places=places, broken=broken), size))


def test_a_seed_always_draws_the_same_mutants_and_another_seed_draws_others() -> None:
    assert drawn(1, 20) == drawn(1, 20)
    assert drawn(1, 20) != drawn(2, 20)


def test_a_smaller_sample_is_the_start_of_a_larger_one() -> None:
    assert drawn(1, 60)[:20] == drawn(1, 20)


def test_every_position_is_drawn_once() -> None:
    mutants = drawn(1, 1000)
    assert len({(mutant.path, mutant.line) for mutant in mutants}) == len(mutants) == 60
    assert {mutant.operator for mutant in mutants} == {"one", "two"}


def test_a_mutation_that_changes_nothing_is_replaced_by_another() -> None:
    only_two = sample(
        SOURCES,
        seed=1,
        places=places,
        broken=lambda source, way: broken(source, way) if way.operator == "two" else None,
    )
    assert {mutant.operator for mutant in only_two} == {"two"}
    none = sample(SOURCES, seed=1, places=places, broken=lambda source, way: None)
    assert list(none) == []


def test_a_change_ignores_indentation_and_line_breaks() -> None:
    source = "def f():\n    act(\n        1,\n    )\n    return 2\n"
    mutant = Mutant("f.py", 2, "core/X", source, source.replace("act(\n        1,\n    )", "pass"))
    assert mutant.change == ("act( 1, )", "pass")
    assert str(mutant) == "f.py:2  X"
    assert "-    act(" in mutant.diff()
    assert "     return 2" in mutant.diff()


def test_a_folder_means_all_python_files_in_it(tmp_path: Path) -> None:
    for name in ("p/a.py", "p/q/b.py", "p/c.txt", "d.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name, encoding="utf-8")
    found = files(("p", "d.py"), root=tmp_path)
    assert found == {"p/a.py": "p/a.py", "p/q/b.py": "p/q/b.py", "d.py": "d.py"}


def test_a_path_that_does_not_exist_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        files(("gone",), root=tmp_path)
