"""Thousands of seeded histories of applies, amid faults, crashes and other people's edits.

    seed ── scenario ──> desired and live slots, a tenant's features, faults, crashes
                │
             world ──> the real operations, HTTP client, limiter, ledger, again and again
                │            │                     │
                │            │ httpx transport     │ ports.Ledger
                │            v                     v
                │        network                journal        both may end the process
                │   faults, latency, others         │
                │            v                      │
                │          tenant                   │
                │            └────> invariants <────┘          after every request and line
                │
           convergence ──> once the faults are over, apply again and again

Everything is drawn from the seed alone, the API too, and the clock is virtual, so a seed replays
exactly: `python -m tests.simulation --seed N`, and `make simulate SEEDS=N` for many.

    subjects      the APIs that a seed may draw: what is different about them is in `v1` and `v2`
    scenario      what a seed draws
    faults        what may go wrong with a request
    calls         what a request is for
    tenant        what the models of a tenant have in common, and what each shows to the rest
    network       the way from our client to the tenant, with faults, latency and other people
    others        other people's edits, deletions and creations
    slot_files    what the slot files say in each run
    person        who confirms or declines
    fuse          what ends a process in the middle of a step: a power cut, a second Ctrl-C
    journal       the real ledger, with power cuts and full disks
    ledger_view   the ledger's file as an outsider reads it
    terms         what one run goes by
    invariants    what must hold at every step
    stream        what a listener may hear of a run
    world         runs, crashes, restarts
    convergence   how it ends once the faults are over
    checks        what the tests of a simulation check
    trace         what happened, for a reader
    breaks        mistakes that the invariants must find
"""
