"""The ledger on disk: append-only JSON Lines, hash-chained, flushed before the next step.

    LEDGER         one JSON object per line
    LEDGER.lock    held by the running apply; the operating system releases it when the process dies
    LEDGER.torn    half-written last lines left by a crash, moved here before the next line

Symbolic links are never followed for any of them: a link that came with a repository could make
apply overwrite one of the user's own files. For the same reason, a file that does not start like a
ledger is refused.

The chain detects accidental damage and careless edits, nothing more. Anyone who can rewrite the
whole file can rewrite the chain too, so a run reports its last hash in
JSON and with -v.

reading   checks whether a file may be a ledger, and reads its lines
lock      allows one apply at a time
writing   the ledger of the running apply
store     all three as a `ports.LedgerStore`
names     the names of ledgers that are in one folder
"""

from reconciler.adapters.ledger.file.names import file_name_of
from reconciler.adapters.ledger.file.reading import read_lines, require_usable
from reconciler.adapters.ledger.file.store import FileLedgerStore
from reconciler.adapters.ledger.file.writing import FileLedger, open_ledger, restore

__all__ = [
    "FileLedger",
    "FileLedgerStore",
    "file_name_of",
    "open_ledger",
    "read_lines",
    "require_usable",
    "restore",
]
