"""What holds for all tests: Hypothesis's settings, no waiting for the disk, and little garbage
collection."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator

import hypothesis
import pytest

# No test asserts a time, so none may fail because the machine is slow.
hypothesis.settings.register_profile("default", deadline=None)
# CI tries the same examples in each run, so that a failure is due to the change; elsewhere the
# examples are new each time.
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "default")


def pytest_collection_finish() -> None:
    """Nine thousand collected tests stay until the end: no garbage collection has to visit them."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def _no_waiting_for_the_disk() -> Iterator[None]:
    """A ledger is flushed to the disk at every event, which is half of the time that a test waits.

    Tests cut off a process, never the machine, so whether the disk has it makes no difference.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", os.fstat)  # it refuses the same descriptors
        yield
