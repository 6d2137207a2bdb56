"""What GitHub is told and asked: which comment, pull request, issue and artifact.

    comments       one comment, updated in place
    pull_requests  the pull request that an event is about
    drift_issue    one issue per endpoint: opened, updated, reopened, closed
    ledgers        the artifact that a ledger may be restored from

Decisions are pure, algorithms do I/O through ports only. Neither knows the texts: what makes a
body ours is handed in.
"""
