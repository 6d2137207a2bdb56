"""One foreign system, one place: files, the tenant's HTTP API, the webhook, the clock.

An adapter turns a foreign thing into our nouns and a foreign failure into one of
`reconciler.errors`, and decides nothing. Adapters know neither the engine nor the reports,
and not each other.
"""
