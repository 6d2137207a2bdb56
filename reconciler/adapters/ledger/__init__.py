"""Where the ledger can be stored; each kind of store has its own folder.

file       a JSON Lines file, with a lock file next to it
postgres   a PostgreSQL database, whose lock several machines see; needs the extra of that name
lines      what a line of either is
"""
