"""Values → one self-contained page of HTML, as text.

    values ── changes, graph, charts ──> what is drawn, as values ── rendering ──> the page

The modules decide what is shown and where each line of a drawing goes; the templates only write it
down. Foreign text is escaped at a single place, `rendering`. A page loads nothing and runs nothing,
and it says so in its own Content-Security-Policy, so that the browser holds it to that.
"""

from __future__ import annotations

from reconciler.reports.html.drift import drift_page
from reconciler.reports.html.ledger import ledger_page
from reconciler.reports.html.plan import plan_page
from reconciler.reports.html.rendering import require_renderer
from reconciler.reports.html.run import run_page

__all__ = ["drift_page", "ledger_page", "plan_page", "require_renderer", "run_page"]
