"""Where the ledger can be stored; each kind of store has its own folder.

file   a JSON Lines file, with a lock file next to it
"""
