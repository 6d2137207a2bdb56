"""One place for each external system: files, git, the tenant, GitHub, the webhook, the clock.

An adapter translates external data into our model and external failures into
`reconciler.errors`; it makes no decisions. Adapters do not know the engine, the reports or each
other. What two of them share (connecting to a server, opening a file, detecting its encoding) has a
module of its own.
"""
