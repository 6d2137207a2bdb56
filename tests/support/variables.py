"""The variables of the process in a test."""

from __future__ import annotations

import os

import pytest

_OURS = ("COGNIGY_", "RECONCILER_", "CREDENTIALS_")


def forget_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """Unset those that lead to a tenant, to credentials or to a proxy."""
    for name in os.environ:
        if name.upper().startswith(_OURS) or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
