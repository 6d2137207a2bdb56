"""Thousands of seeded histories of an apply among faults, crashes and other people.

    seed ── scenario ──> desired and live slots, a tenant's features, faults, crashes
                │
             world ──> the real operations, HTTP client, limiter, ledger, again and again
                │            │                     │
                │            │ httpx transport     │ ports.Ledger
                │            v                     v
                │        network                journal        both may cut the power
                │   faults, latency, others         │
                │            v                      │
                │          tenant                   │
                │            └────> invariants <────┘          after every request and line
                │
           convergence ──> with the faults over, apply again and again

Everything is drawn from the seed and from nothing else, and time is a virtual clock's, so that a
seed replays exactly: `python -m tests.simulation --seed N`, and `make simulate SEEDS=N` for many.

    scenario      what a seed draws
    faults        what may go wrong with a request
    tenant        a tenant of its own making: slots, training, success rates, the API
    network       from our client to the tenant, with faults, latency and other people on the way
    others        other people's edits, deletions and creations
    slot_files    what the slot files say in each run
    person        who confirms or declines
    fuse          what ends a process in the middle of a step: a power cut, a second Ctrl-C
    journal       the real ledger, with power cuts and full disks
    ledger_view   the ledger's file as an outsider reads it
    terms         what one run goes by
    invariants    what must hold at every step
    stream        what a listener may hear of it
    world         runs, crashes, restarts
    convergence   how it ends once the faults are over
    trace         what happened, for a reader
    breaks        mistakes that the invariants must find
"""
