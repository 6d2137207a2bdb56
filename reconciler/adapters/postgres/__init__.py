"""What the ledger and the queue of a fleet have in common on PostgreSQL.

connections  those of this process, which all its sessions share
session      a user of them, and the errors of the database in our words
roles        who may do what, and see which rows
"""

from reconciler.adapters.postgres.roles import granted, limited
from reconciler.adapters.postgres.session import Session, UnreachableError, Use

__all__ = ["Session", "UnreachableError", "Use", "granted", "limited"]
