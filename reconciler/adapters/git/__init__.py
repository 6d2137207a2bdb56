"""Git, by way of the `git` command, which may not be installed.

command    runs it, so that it never asks anything, and ends with us
local      what a clone knows by itself
upstream   a branch of its remote, and the slots there
"""

from __future__ import annotations

from reconciler.adapters.git.local import FALLBACK, Branch, Head, default_branch, head
from reconciler.adapters.git.upstream import RemoteBranch, remote_branch

__all__ = [
    "FALLBACK",
    "Branch",
    "Head",
    "RemoteBranch",
    "default_branch",
    "head",
    "remote_branch",
]
