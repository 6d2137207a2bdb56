"""Where the ledger can be kept, each kind of store in a folder of its own.

file   a file of JSON Lines, with a lock beside it
"""
