"""Values → one self-contained page of HTML, as text.

    values ── changes, graph, charts ──> what is drawn, as values ── rendering ──> the page

The modules decide what is shown and where each line of a drawing goes; the templates only write it
down. Foreign text is escaped at a single place, `rendering`. A page loads nothing and runs nothing,
and it says so in its own Content-Security-Policy, so that the browser holds it to that.

    plan_page    in plan      what would change
    run_page     in run       what an apply did, and when
    drift_page   in drift     what differs, and why
    ledger_page  in ledger    what each change did, over months

Each is imported only by a command that was asked for a page.
"""
