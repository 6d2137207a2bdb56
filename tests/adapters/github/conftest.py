"""A fake GitHub on a real socket, our adapter to it, and a virtual clock."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from reconciler.adapters.github.repository import GitHubRepository
from tests.support.clock import VirtualClock
from tests.support.github import GitHub, serving_github
from tests.support.github_client import github_at


@pytest.fixture
def github() -> Iterator[GitHub]:
    with serving_github() as github:
        yield github


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture
def repository(github: GitHub, clock: VirtualClock) -> Iterator[GitHubRepository]:
    with github_at(github.url, clock=clock) as repository:
        yield repository
