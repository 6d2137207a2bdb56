"""What a break is: a function that patches our own modules."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Patch = pytest.MonkeyPatch
Break = Callable[[Patch], None]
