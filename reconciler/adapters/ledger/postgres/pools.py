"""Which chains the pools of a fleet have: what a controller says, and what limits a pool's role.

There is one fleet in a database, because all its runs have the lock of one chain, so what one
controller says replaces what was said before.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import closing

import psycopg

from reconciler.adapters.ledger.postgres.schema import require_current
from reconciler.adapters.ledger.postgres.use import LEDGER
from reconciler.adapters.postgres import Session
from reconciler.errors import LedgerError
from reconciler.model.access import LedgerDatabase
from reconciler.model.pool import PoolChain

_MAY_ASSIGN = "select has_table_privilege('reconciler.pool_chain', 'delete')"
_ONE_AT_A_TIME = "lock table reconciler.pool_chain in share row exclusive mode"
_REMOVE_OTHERS = """
delete from reconciler.pool_chain where (pool, chain, may_write) not in (
    select * from unnest(%s::text[], %s::text[], %s::boolean[]))
"""
_ADD = """
insert into reconciler.pool_chain (pool, chain, may_write)
select * from unnest(%s::text[], %s::text[], %s::boolean[]) on conflict do nothing
"""
_IS_LIMITED = """
select row_security_active('reconciler.event') and exists (
    select from pg_policy
    where polrelid = 'reconciler.event'::regclass and not polpermissive
      and exists (select from unnest(polroles) role where pg_has_role(role, 'usage')))
"""
_MAY_WRITE = "select may_write from reconciler.pool_chain where chain = %s"


def assign_chains(database: LedgerDatabase, chains: Collection[PoolChain]) -> None:
    """Let each pool have these chains, and no others; see `add_chains`. Raises LedgerError."""
    _say(database, chains, (_REMOVE_OTHERS, _ADD))


def add_chains(database: LedgerDatabase, chains: Collection[PoolChain]) -> None:
    """Let each pool have these chains too. Where no pool has a role of its own, the controller's
    may not be allowed to say so, and it does not matter. Raises LedgerError."""
    _say(database, chains, (_ADD,))


def _say(
    database: LedgerDatabase, chains: Collection[PoolChain], statements: Collection[str]
) -> None:
    values = (
        [each.pool for each in chains],
        [each.chain for each in chains],
        [each.may_write for each in chains],
    )

    def work(connection: psycopg.Connection) -> None:
        require_current(connection, database)
        ((may_assign,),) = connection.execute(_MAY_ASSIGN).fetchall()
        if not may_assign:
            return
        with connection.transaction():
            connection.execute(_ONE_AT_A_TIME)
            for statement in statements:
                connection.execute(statement, values)

    with closing(Session(database, LEDGER)) as session:
        session.run(work)


def require_readable(connection: psycopg.Connection, *, location: str, chain: str) -> None:
    """Raises LedgerError if this role is a pool's that does not have the chain: its rows would only
    be missing."""
    _require(connection, location=location, chain=chain, is_enough=lambda _may_write: True)


def require_writable(connection: psycopg.Connection, *, location: str, chain: str) -> None:
    """The same, also if the pool may only read it."""
    _require(connection, location=location, chain=chain, is_enough=bool)


def _require(
    connection: psycopg.Connection,
    *,
    location: str,
    chain: str,
    is_enough: Callable[[bool], bool],
) -> None:
    ((is_limited,),) = connection.execute(_IS_LIMITED).fetchall()
    if not is_limited:  # it need not have the right to ask
        return
    found = connection.execute(_MAY_WRITE, [chain]).fetchall()
    if any(is_enough(may_write) for (may_write,) in found):
        return
    limit = (
        "may only read the ledger of {}, because no target of its pool was applied with this origin"
        if found
        else "may not use the ledger of {}, because no target of its pool expects this origin"
    )
    raise LedgerError(
        f"The role {connection.info.user} of {location} {limit.format(chain)}.",
        hint=f"Write `expect: {{origin: {chain}}}` for the target in fleet.yaml. Then run "
        "`reconciler fleet apply` with the role of a controller: it gives each pool the ledgers of "
        "its targets.",
    )
