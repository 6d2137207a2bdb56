"""The embedded tenant: a stand-in for the system on the other side of the wire.

The law of this layer: it implements the tenant's API from its description alone and shares no
code with the client, the planner or the model, so that a misreading on one side cannot hide on
the other. From reconciler it imports only `reconciler.ports`, for `Clock`, and
`reconciler.patterns`, to parse regular expressions; only `app` may import
`reconciler.adapters.clock`, the real clock. It never sleeps, and the only thread that it starts
is the server's.

There is one tenant for each API, `v1` and `v2`, which do not know one another. What they share is
here: the server (`app`), requests and responses (`messages`), the rate limit (`quota`), and which
handler answers a method (`routing`).

    app ── HTTP ──▶ v1.tenant or v2.tenant
"""
