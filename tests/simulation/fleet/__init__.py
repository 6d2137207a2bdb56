"""Seeded histories of a fleet: a controller and workers on machines of their own, which die, are
suspended, cut off and asked twice, over tenants that lose requests and are edited meanwhile.

    seed ── scenario ──> targets on a few origins, steps, files, and what goes wrong
                │
             world ──> the real apply of a fleet ── queue ──> the real work on a target
                │             │                                 │
                │             │ the real ledger on PostgreSQL   │ the real HTTP client
                │             v                                 v
                │          database                          tenants
                │             └──────────> invariants <─────────┘

One process runs at a time, until it waits, and time is virtual, so a seed replays exactly. First
everything may go wrong; then nothing does any more, and the fleet must get what its files say.

    scheduler    processes as steps of one schedule
    clock        what time it is on each machine
    trouble      what goes wrong
    database     PostgreSQL in memory, under the adapter's own statements
    sessions     the way to it
    jobs         a queue that delivers at least once
    worker       takes jobs, as a worker of the queue does
    tenants      sandboxes, and the way to them
    scenario     what a seed draws
    machines     what a process has
    controller   who applies, and again, until all is well
    world        all of it together
    invariants   what must hold
    breaks       mistakes that the invariants must find
"""
