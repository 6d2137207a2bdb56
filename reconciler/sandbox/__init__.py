"""The embedded tenant: a stand-in for the system on the other side of the wire.

The law of this layer: it implements the tenant's API from its description alone and shares no
code with the client, the planner or the model, so that a misreading on one side cannot hide on
the other. It imports nothing of reconciler but `reconciler.ports`, for `Clock`, and
`reconciler.patterns`, for what a regular expression is; `app` alone may import
`reconciler.adapters.clock`, for the real one. It never sleeps and starts no thread of its
own except the server's.

Success rates are computed, never invented: slots are trained into a small NLU (`nlu`), traffic
from a corpus of utterances runs through whichever model was serving when each one arrived
(`traffic`), and the metrics route reports what came of it.

    app ── HTTP ──▶ tenant ──▶ routing, access, quota   what is asked, by whom, how often
                       │
                       ├─────▶ store, slots             what is stored, and what may be
                       │
                       └─────▶ bot ──▶ nlu ──▶ extraction ──▶ patterns
                                │
                                └────▶ traffic ──▶ corpus
"""
