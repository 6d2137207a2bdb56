"""What every test runs under."""

from __future__ import annotations

import os

import hypothesis

# No test asserts a time, so none may fail by a slow machine's either.
hypothesis.settings.register_profile("default", deadline=None)
# CI tries the same examples at each run, so that a change is judged and not the dice; at home
# they are new ones each time.
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "default")
