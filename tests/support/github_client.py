"""Our adapter to GitHub, under a virtual clock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from reconciler.adapters.github import connect
from reconciler.adapters.github.repository import GitHubRepository
from reconciler.model.access import GitHubAccess
from reconciler.model.secret import Secret
from tests.support.clock import VirtualClock
from tests.support.github import TOKEN


@contextmanager
def github_at(
    api_url: str, *, clock: VirtualClock, proxy: str | None = None
) -> Iterator[GitHubRepository]:
    with connect(
        GitHubAccess(
            api_url=api_url,
            graphql_url=f"{api_url}/graphql",
            token=Secret(TOKEN),
            owner="acme",
            name="shop",
        ),
        user_agent="slot-reconciler/test",
        clock=clock,
        proxy_for=lambda _url: Secret(proxy) if proxy is not None else None,
    ) as repository:
        yield repository
