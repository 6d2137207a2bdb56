"""The Hypothesis settings of all tests."""

from __future__ import annotations

import os

import hypothesis

# No test asserts a time, so none may fail because the machine is slow.
hypothesis.settings.register_profile("default", deadline=None)
# CI tries the same examples in each run, so that a failure is due to the change; elsewhere the
# examples are new each time.
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "default")
