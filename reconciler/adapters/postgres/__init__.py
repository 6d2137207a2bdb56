"""What the ledger and the queue of a fleet have in common on PostgreSQL.

session   one connection, and the errors of the database in our words
"""

from reconciler.adapters.postgres.session import Session, UnreachableError, Use

__all__ = ["Session", "UnreachableError", "Use"]
