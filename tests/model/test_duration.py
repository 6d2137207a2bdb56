from __future__ import annotations

import pytest

from reconciler.model.duration import duration


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (1.4, "1 s"),
        (119, "119 s"),
        (120, "2 min"),
        (150, "2 min"),
        (7199, "120 min"),
        (7200, "2 h"),
        (9000, "2.5 h"),
        (86_400, "24 h"),
    ],
)
def test_a_duration_is_shown_in_a_readable_unit(seconds: float, text: str) -> None:
    assert duration(seconds) == text
