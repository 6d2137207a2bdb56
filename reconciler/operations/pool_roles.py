"""The statements for the roles of pools, for the owner to run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence

from reconciler.errors import ConfigurationError
from reconciler.model.pool import PoolRole


def require_own_roles(pools: Sequence[PoolRole], *, others: Collection[str]) -> None:
    """Raises ConfigurationError if the role of a pool is that of another one, or of `others` who
    see everything."""
    counts = Counter([*(each.role for each in pools), *set(others)])
    for each in pools:
        if counts[each.role] > 1:
            raise ConfigurationError(
                f"The role {each.role} of the pool {each.pool} is named for something else too.",
                hint="It sees only what is the pool's, so give each pool roles of its own: one "
                "that applies, and one that only plans.",
            )


def at_once(statements: Collection[Sequence[str]]) -> Iterator[str]:
    """These statements in one transaction, so that no role has its grants without its limits."""
    if not statements:
        return
    yield "begin;"
    yield "set local client_min_messages = warning;"
    for each in statements:
        yield from each
    yield "commit;"
