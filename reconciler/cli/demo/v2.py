"""The demo of cognigy-v2: the example bot is adopted, and its playbooks judge each change."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from reconciler.adapters.clock import SystemClock
from reconciler.cli.demo.walkthrough import Serve, Walkthrough
from reconciler.cli.output import show
from reconciler.reports.escaping import plain
from reconciler.sandbox.v2.seed import bad_change, packaged_slots
from reconciler.sandbox.v2.settings import COLLEAGUE, EDITOR, SandboxSettings
from reconciler.sandbox.v2.tenant import SandboxTenant

_FLOW = "Order intake"
_SETTINGS = f"""\
api: cognigy-v2
flow: {_FLOW}
gate: {{playbooks: [Order slots], poll_interval_seconds: 0.02}}
train: {{poll_interval_seconds: 0.02}}
limits: {{requests_per_minute: 6000}}
"""
_PACE = SandboxSettings(
    requests=1_000_000,
    queue_seconds=0.02,
    training_seconds=0.1,
    playbook_seconds=0.05,
    late_run_seconds=0.02,
)
_EDITED = r"/RMA\d+/"
"""The regex of return_number as the colleague leaves it."""


def tell(folder: Path, serve: Serve) -> None:
    """Tell the story; see `walkthrough.Story`."""
    slots = folder / "slots"
    slots.mkdir()
    (slots / "reconciler.yaml").write_text(_SETTINGS, encoding="utf-8")
    tenant = SandboxTenant(clock=SystemClock(), settings=_PACE)
    with serve(tenant) as url:
        variables = {
            "COGNIGY_BASE_URL": url,
            "COGNIGY_API_KEY": EDITOR.api_key,
            "COGNIGY_PROJECT_ID": tenant.project_id,
        }
        _introduce(url)
        walk = Walkthrough(folder, variables=variables)
        _adopt(walk, slots)
        _good_change(walk, slots)
        _bad_change(walk, slots / "order_number.yaml", tenant=tenant)
        _edit_in_the_console(walk, slots, tenant=tenant)
        walk.end(instructions="`reconciler docs cognigy-v2`")


def _introduce(url: str) -> None:
    show(
        f"A sandbox tenant is running at {url}, with a project that takes orders, built by hand in "
        "the\nconsole. Waiting times are shortened: a training takes "
        f"{_PACE.training_seconds} s, a playbook {_PACE.playbook_seconds} s.\n"
        f"This is slots/reconciler.yaml:\n\n{_indented(_SETTINGS)}"
    )


def _adopt(walk: Walkthrough, slots: Path) -> None:
    walk.step("Adopt the project: write the slot fillers of its flow as files.")
    walk.reconciler("pull")
    (slots / "legacy_code.yaml").unlink()
    walk.step(
        "Plan: a pull changes nothing, so there is nothing to do. legacy_code is another team's: "
        "its file\nwas deleted, so it is left alone."
    )
    walk.reconciler("plan", "--detailed-exitcode")


def _good_change(walk: Walkthrough, slots: Path) -> None:
    for name in ("order_number.yaml", "return_number.yaml"):
        shutil.copy(packaged_slots() / name, slots / name)
    walk.step(
        "A change: order_number also finds orders by phone, such as ORD-12345, and return_number "
        "is new.\nBoth files have examples, which are checked before the tenant is asked."
    )
    walk.reconciler("plan", "--out", "plan.json")
    walk.step(
        "Apply exactly that plan. Each change is stored, the flow is trained in every locale, and "
        "the\nplaybook runs: all of its asserts must pass, as before the change."
    )
    walk.reconciler("apply", "plan.json")


def _bad_change(walk: Walkthrough, path: Path, *, tenant: SandboxTenant) -> None:
    change = bad_change()
    path.write_text(
        _broken(path.read_text(encoding="utf-8"), regex=change["fields"]["regex"]),
        encoding="utf-8",
    )
    walk.step(
        f"Now a mistake: someone tidies up the regex of {change['name']}, loses the dash, and "
        "deletes the\nexamples that fail. The playbook fails too, and the change is rolled back."
    )
    walk.reconciler("apply", "--yes", expected=3)
    live = tenant.console.slotfiller(change["flow"], change["name"])
    show(f"Live again: {plain(live['regex'])}")


def _edit_in_the_console(walk: Walkthrough, slots: Path, *, tenant: SandboxTenant) -> None:
    tenant.console.edit(_FLOW, "return_number", regex=_EDITED)
    walk.step(
        f"Then {COLLEAGUE.name} edits return_number in the console. `drift` finds it, says who it "
        "was, and\nexits with 2; run it on a schedule to be notified. It also lists the rejected "
        "content, which is\nskipped until the file changes."
    )
    walk.reconciler("drift", expected=2)
    shutil.copy(packaged_slots() / "order_number.yaml", slots / "order_number.yaml")
    walk.step(
        "Someone puts the file of order_number back. Apply restores return_number, behind the same "
        "gate;\n`pull --force` would keep the edit instead."
    )
    walk.reconciler("apply", "--yes")


def _broken(text: str, *, regex: str) -> str:
    """A slot file with another regex and without its examples, which come last."""
    kept = text.partition("\nexamples:")[0]
    return re.sub(r"^regex: .*$", lambda _: f"regex: {regex}", kept, flags=re.MULTILINE) + "\n"


def _indented(text: str) -> str:
    return "".join(f"  {line}" for line in text.splitlines(keepends=True))
