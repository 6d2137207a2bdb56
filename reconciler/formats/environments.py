"""The JSON of `environments`: a matrix for GitHub Actions."""

from __future__ import annotations

import json
from collections.abc import Iterable

from reconciler.model.matrix import MatrixRow


def environments_json(rows: Iterable[MatrixRow]) -> str:
    """The matrix in one line, because a line is what a step's output holds."""
    return json.dumps({"include": [row.model_dump(mode="json") for row in rows]})
