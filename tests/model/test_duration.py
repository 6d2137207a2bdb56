from __future__ import annotations

import pytest

from reconciler.model.duration import about, duration


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


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "1 min"), (61, "2 min"), (120, "2 min"), (7140, "119 min"), (9000, "2.5 h")],
)
def test_an_estimate_is_in_minutes_or_hours(seconds: float, text: str) -> None:
    assert about(seconds) == text
