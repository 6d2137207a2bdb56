"""One foreign system, one place: files, git, the tenant, GitHub, the webhook, the clock.

An adapter turns a foreign thing into our nouns and a foreign failure into one of
`reconciler.errors`, and decides nothing. Adapters know neither the engine nor the reports, and not
each other; what two of them need (the way to a server, how to open a file, its encoding) is a
module of its own.
"""
