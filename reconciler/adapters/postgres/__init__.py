"""What the ledger and the queue of a fleet have in common on PostgreSQL.

connections  those of this process, which all its sessions share
session      a user of them, and the errors of the database in our words
"""

from reconciler.adapters.postgres.session import Session, UnreachableError, Use

__all__ = ["Session", "UnreachableError", "Use"]
