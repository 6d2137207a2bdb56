"""The ledger on PostgreSQL: append-only, hash-chained, and locked for all machines.

    event       one row a line, in its exact canonical bytes; a chain for each origin
    lease       one row a chain: who may append, with a fence that only grows
    holder      one row a process that holds a lease: until when, unless renewed, and who it is
    pool_chain  which chains the role of a pool may read, and which it may write

A lease is a row and no session lock, and no statement needs a session or a prepared statement, so
PgBouncer may pool transactions. The process that holds a lease renews it; if it dies, the lease
expires. An append checks the lease in its own statement, so a process that was paused and taken
over records nothing more, and sends nothing more.

schema    the tables, their migrations, the grants, and the policies
use       what the database is used as, for messages
pools     which chains the pools of a fleet have
lease     taking, renewing and releasing a lease
writing   the ledger of the running apply
store     all of it as a `ports.LedgerStore`

Only this package, the queue of a fleet and what they have in common import psycopg.
"""

from reconciler.adapters.ledger.postgres.lease import TERMS, Terms
from reconciler.adapters.ledger.postgres.pools import add_chains, assign_chains
from reconciler.adapters.ledger.postgres.schema import (
    assigner_grants,
    grants,
    initialise,
    migrate,
    pool_grants,
    require_up_to_date,
)
from reconciler.adapters.ledger.postgres.store import PostgresLedgerStore, fleet_fence_in

__all__ = [
    "TERMS",
    "PostgresLedgerStore",
    "Terms",
    "add_chains",
    "assign_chains",
    "assigner_grants",
    "fleet_fence_in",
    "grants",
    "initialise",
    "migrate",
    "pool_grants",
    "require_up_to_date",
]
