"""Settings that no tenant could have, and settings from text."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.sandbox.v2.settings import ALWAYS, EDITOR, SandboxSettings
from reconciler.sandbox.v2.switches import switchable, switched


@pytest.mark.parametrize(
    "fields",
    [
        {"requests": 0},
        {"window_seconds": 0},
        {"page_cap": 0},
        {"queue_seconds": -1},
        {"flaky_runs": -1},
        {"created_status": 204},
        {"empty_text": "lost"},
        {"users": ()},
        {"users": (EDITOR, EDITOR)},
    ],
)
def test_settings_that_no_tenant_could_have(fields: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        SandboxSettings(**fields)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("strict_patch=yes", True),
        ("totals=no", False),
        ("training_seconds=0.5", 0.5),
        ("flaky_runs=2", 2),
        ("failed_trainings=always", ALWAYS),
        ("page_cap=3", 3),
        ("fail_reason=a=b", "a=b"),
        ("created_status=200", 200),
        ("patch_status=200", 200),
        ("cursor_names=next", "next"),
        ("empty_text=unset", "unset"),
        ("out_of_date_flag=never", "never"),
        ("endpoint_serves=snapshot", "snapshot"),
        ("openapi_lacks=a,b", frozenset("ab")),
    ],
)
def test_a_setting_from_text(text: str, value: object) -> None:
    changed = switched(SandboxSettings(), [text])
    assert getattr(changed, text.partition("=")[0]) == value


def test_every_setting_can_be_written_but_for_two() -> None:
    everything = vars(SandboxSettings()).keys()
    assert everything - switchable().keys() == {"users", "edited_fields"}


@pytest.mark.parametrize(
    "text", ["", "totals", "users=1", "totals=maybe", "flaky_runs=x", "page_cap=0", "requests=-1"]
)
def test_a_setting_that_cannot_be_read(text: str) -> None:
    with pytest.raises(ValueError):
        switched(SandboxSettings(), [text])
