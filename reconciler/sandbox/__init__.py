"""The embedded tenant: a stand-in for the system on the other side of the wire.

The law of this layer: it implements the tenant's API from its description alone and shares no
code with the client, the planner or the model, so that a misreading on one side cannot hide on
the other. From reconciler it imports only `reconciler.ports`, for `Clock`, and
`reconciler.patterns`, to parse regular expressions; only `app` may import
`reconciler.adapters.clock`, the real clock. It never sleeps, and the only thread that it starts
is the server's.

Success rates are computed, never invented: a small NLU is trained on the slots (`nlu`), each
utterance of a corpus runs through the model that was serving when it arrived (`traffic`), and the
metrics route reports the result.

    app ── HTTP ──▶ tenant ──▶ routing, access, quota   which route, which client, how often
                       │
                       ├─────▶ store, slots             what is stored, and what is valid
                       │
                       └─────▶ bot ──▶ nlu ──▶ extraction ──▶ patterns
                                │
                                └────▶ traffic ──▶ corpus
"""
