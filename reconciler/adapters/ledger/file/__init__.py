"""The ledger on disk: append-only JSON Lines, hash-chained, flushed before the next step.

    LEDGER         one object a line
    LEDGER.lock    held by the apply at work; the operating system frees it when its holder dies
    LEDGER.torn    half-written last lines that a crash left, set aside at the first new line

None of them is ever followed as a link: a link that came with a repository could make apply write
to one of the user's files. For the same reason, a file that does not begin as a ledger is refused.

The chain detects accidental damage and careless edits, nothing more: anyone who can rewrite the
whole file can rewrite the chain, so each run prints its last hash.

reading   what may be a ledger, and its lines
lock      one apply at a time
writing   the ledger of an apply at work
store     the three as a `ports.LedgerStore`
"""

from reconciler.adapters.ledger.file.reading import read_lines, require_usable
from reconciler.adapters.ledger.file.store import FileLedgerStore
from reconciler.adapters.ledger.file.writing import FileLedger, open_ledger, restore

__all__ = [
    "FileLedger",
    "FileLedgerStore",
    "open_ledger",
    "read_lines",
    "require_usable",
    "restore",
]
