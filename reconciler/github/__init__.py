"""Which comment, pull request, issue and artifact on GitHub is the right one, and what to do to it.

    comments       one comment, updated in place
    pull_requests  the pull request that an event is about
    labels         the labels of a pull request
    drift_issue    one issue per endpoint: opened, updated, reopened, closed
    proposals      one pull request for a branch of ours: opened, updated
    ledgers        the artifact that a ledger may be restored from
    unconfirmed    a write whose response was lost: look for its result, then try again

Decisions are pure; algorithms do I/O only through ports. Neither knows the texts: callers pass in
how to recognise a body of ours.
"""
