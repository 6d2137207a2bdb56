"""Which ledgers the workers of each pool need."""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.model.fleet import Fleet
from reconciler.model.pool import PoolChain
from reconciler.planning.rollout.stages import source_of


def pool_chains(fleet: Fleet) -> Sequence[PoolChain]:
    """The chains of the origins that each pool's targets expect and, to be read, those of the
    targets that these are promoted from. A target that expects no origin has none."""
    needed: dict[tuple[str, str], bool] = {}
    for target in fleet.targets:
        if target.expect.origin is not None:
            needed[target.pool, target.expect.origin] = True
        source = fleet.by_name.get(source_of(target) or "")
        if source is not None and source.expect.origin is not None:
            needed.setdefault((target.pool, source.expect.origin), False)
    return tuple(
        PoolChain(pool=pool, chain=chain, may_write=may_write)
        for (pool, chain), may_write in sorted(needed.items())
    )
