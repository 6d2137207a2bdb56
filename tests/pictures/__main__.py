"""Write the README's pictures: `python -m tests.pictures`."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.pictures.film import film
from tests.pictures.scenes import COLUMNS, ROOT, bad_pattern, reviewed_plan
from tests.pictures.sheet import sheet

FOLDER = ROOT / "reconciler" / "docs" / "pictures"
GATE, COMMENT = FOLDER / "gate.svg", FOLDER / "comment.svg"


def main() -> None:
    """Record the runs, and write a picture of each."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        title = "A gate rolls back a pattern that extracts less than the one before"
        GATE.write_text(
            film(bad_pattern(Path(folder), settle_seconds=4), columns=COLUMNS, title=title)
        )
    with tempfile.TemporaryDirectory() as folder:
        title = "The comment on a pull request, with the plan"
        COMMENT.write_text(sheet(reviewed_plan(Path(folder)), title=title))


if __name__ == "__main__":
    main()
