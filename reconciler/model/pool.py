"""The pools of a fleet's workers, in the database that they share."""

from __future__ import annotations

from reconciler.model.base import Frozen

POOL_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$"
"""Of the name of a pool."""


class PoolRole(Frozen):
    """The database role of a pool's workers, which sees and writes only what is the pool's; one
    that is `plan_only` writes to no ledger."""

    pool: str
    role: str
    plan_only: bool = False


class PoolChain(Frozen):
    """A chain of the ledger that a pool may read and, if it `may_write`, lock and append to."""

    pool: str
    chain: str
    may_write: bool
