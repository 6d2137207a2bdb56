"""`reconciler ledger`, and an apply whose ledger is a database."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable

import pytest

from reconciler.adapters.clock import SystemClock
from reconciler.model.fleet_history import PlannedStep
from reconciler.operations.ledger_stores import FleetStores
from tests.cli.companies import Company, company, planned
from tests.cli.conftest import Bot, Shell
from tests.support.fleet_chain import Chain, result
from tests.support.postgres import OWNER, READER, WRITER, Database, database, server
from tests.support.world import COLOUR, FRUIT, document

__all__ = ["company", "database", "server"]

LEDGER = "slot_updates_audit.jsonl"


@pytest.fixture
def shop(bot: Callable[..., Bot], database: Database) -> Bot:
    """A bot whose ledger is a database, and a change to apply."""
    shop = bot(live=[document(FRUIT)])
    shop.environment["COGNIGY_AUDIT_LOG"] = database.url(WRITER)
    shop.write(FRUIT, patterns=["^apple$", "^pear$"])
    shop.write(COLOUR, patterns=["^blue$", "^red$"])
    return shop


def test_init_makes_the_schema_and_prints_grants_that_work(
    shell: Shell, database: Database
) -> None:
    database.execute("drop schema reconciler cascade")
    shell.environment["COGNIGY_AUDIT_LOG"] = database.url(OWNER)
    done = shell.run("ledger", "init", "--writer", WRITER, "--reader", READER)
    assert done.returncode == 0, done.stderr
    assert "has a schema now" in done.stderr
    database.execute(done.stdout)
    again = shell.run("ledger", "init", "--writer", WRITER, "--reader", READER)
    assert "has a schema already" in again.stderr
    assert again.stdout == done.stdout
    for role in (WRITER, READER):
        shell.environment["COGNIGY_AUDIT_LOG"] = database.url(role)
        assert shell.run("audit", "verify").stdout.endswith("is intact: it has no lines\n")
    assert "is up to date" in shell.run("ledger", "migrate").stderr


@pytest.mark.parametrize("option", ["--writer", "--reader"])
def test_init_prints_no_grants_to_nobody(shell: Shell, database: Database, option: str) -> None:
    shell.environment["COGNIGY_AUDIT_LOG"] = database.url(OWNER)
    done = shell.run("ledger", "init", option, "")
    assert done.returncode == 1
    assert f"'{option}': it must be the name of a role." in done.stderr
    assert not done.stdout


def test_init_prints_nothing_for_a_schema_that_is_too_old(shell: Shell, database: Database) -> None:
    database.execute("update reconciler.version set number = 1")
    shell.environment["COGNIGY_AUDIT_LOG"] = database.url(OWNER)
    done = shell.run("ledger", "init", "--pool", "eu=worker_eu")
    assert (done.returncode, done.stdout) == (1, "")
    assert "a schema of version 1, which is too old" in done.stderr
    assert "`reconciler ledger migrate`" in done.stderr


def test_init_of_a_file_is_refused(shell: Shell) -> None:
    for command in ("init", "migrate"):
        done = shell.run("ledger", command)
        assert done.returncode == 1
        assert "slot_updates_audit.jsonl, which needs no schema" in done.stderr


def test_a_workflow_learns_what_kind_of_ledger_it_has(shell: Shell) -> None:
    for value, kind in (("", "file"), ("a.jsonl", "file"), ("postgresql://db/slots", "shared")):
        shell.environment["COGNIGY_AUDIT_LOG"] = value
        assert shell.run("ledger", "kind").stdout == f"kind={kind}\n"
    shell.environment["COGNIGY_AUDIT_LOG"] = "postgresql://w:s3cret@db"
    done = shell.run("ledger", "kind")
    assert done.returncode == 1
    assert "names no database" in done.stderr
    assert "s3cret" not in done.stderr


def test_an_apply_records_in_the_database_and_the_next_plan_is_empty(
    shop: Bot, database: Database
) -> None:
    done = shop.run("apply", "--yes", "--format", "json")
    assert done.returncode == 0, done.stderr
    outcome = json.loads(done.stdout)
    chains = database.execute("select chain, count(*) from reconciler.event group by chain")
    assert [chain for chain, _ in chains] == [shop.environment["COGNIGY_BASE_URL"]]
    last = database.execute("select hash from reconciler.event order by seq desc limit 1")
    assert last == [(outcome["ledger_hash"],)]
    assert not (shop.folder / "slot_updates_audit.jsonl").exists()
    assert shop.run("plan", "--detailed-exitcode").returncode == 0
    assert "is intact" in shop.run("audit", "verify").stdout
    listed = json.loads(shop.run("audit", "list", "--format", "json").stdout)
    assert [run["run_id"] for run in listed["runs"]] == [outcome["run_id"]]
    assert COLOUR in shop.run("audit", "show").stdout
    verified = json.loads(shop.run("audit", "verify", "--format", "json").stdout)
    assert [each["last_hash"] for each in verified["chains"]] == [outcome["ledger_hash"]]


def test_a_reader_plans_and_finds_drift_and_cannot_apply(shop: Bot, database: Database) -> None:
    shop.write(FRUIT, patterns=["^nothing$"])
    assert shop.run("apply", "--yes").returncode == 3
    shop.environment["COGNIGY_AUDIT_LOG"] = database.url(READER)
    assert "rejected" in shop.run("plan").stdout
    assert shop.run("drift").returncode == 2
    writes = len(shop.writes)
    refused = shop.run("apply", "--yes", "--retry-failed")
    assert refused.returncode == 1
    assert "permission denied" in refused.stderr
    assert len(shop.writes) == writes


def test_no_output_shows_the_password(shop: Bot, database: Database) -> None:
    shop.environment["COGNIGY_AUDIT_LOG"] = database.server.url(
        database.name, role=WRITER, password="s3cret"
    )
    for arguments in (
        ("apply", "--yes", "-vv"),
        ("plan", "-vv"),
        ("drift", "-vv"),
        ("audit", "verify"),
        ("audit", "show", "-vv"),
        ("report", "--html", "report.html"),
        ("doctor", "-vv"),
    ):
        done = shop.run(*arguments)
        assert "s3cret" not in done.stdout + done.stderr, arguments
    assert "s3cret" not in (shop.folder / "report.html").read_text(encoding="utf-8")
    shop.environment["COGNIGY_AUDIT_LOG"] += "gone"
    gone = shop.run("apply", "--yes", "-vv")
    assert gone.returncode == 1
    assert "s3cret" not in gone.stdout + gone.stderr


def test_a_file_is_imported_exported_again_and_gone_on_with(shop: Bot, database: Database) -> None:
    shared = shop.environment.pop("COGNIGY_AUDIT_LOG")
    assert shop.run("apply", "--yes").returncode == 0
    former = (shop.folder / LEDGER).read_bytes()
    shop.environment["COGNIGY_AUDIT_LOG"] = shared
    done = shop.run("audit", "import", LEDGER)
    assert done.returncode == 0, done.stderr
    assert shop.environment["COGNIGY_BASE_URL"] in done.stderr
    assert shop.run("audit", "export", "copy.jsonl").returncode == 0
    assert (shop.folder / "copy.jsonl").read_bytes() == former
    assert "had been there before" in shop.run("audit", "import", LEDGER).stderr
    shop.write(FRUIT, patterns=["^apple$"])
    assert shop.run("apply", "--yes").returncode in (0, 3)
    assert "is intact" in shop.run("audit", "verify").stdout
    assert shop.run("audit", "export", "copy.jsonl").returncode == 0
    assert (shop.folder / "copy.jsonl").read_bytes().startswith(former)
    shop.environment["COGNIGY_AUDIT_LOG"] = "new.jsonl"
    assert shop.run("audit", "import", "copy.jsonl").returncode == 0
    assert shop.run("audit", "export", "again.jsonl").returncode == 0
    copy = (shop.folder / "copy.jsonl").read_bytes()
    assert (shop.folder / "again.jsonl").read_bytes() == copy
    assert shop.run("audit", "import", LEDGER).returncode == 1


def test_a_damaged_file_is_not_imported_and_a_half_written_line_is_left_out(
    shop: Bot, database: Database
) -> None:
    shared = shop.environment.pop("COGNIGY_AUDIT_LOG")
    assert shop.run("apply", "--yes").returncode == 0
    path = shop.folder / LEDGER
    whole = path.read_bytes()
    shop.environment["COGNIGY_AUDIT_LOG"] = shared
    path.write_bytes(whole.replace(b"gate_passed", b"gate_failed"))
    done = shop.run("audit", "import", LEDGER)
    assert done.returncode == 1
    assert "is damaged, so nothing is copied" in done.stderr
    assert database.execute("select 1 from reconciler.event") == []
    path.write_bytes(whole + b'{"half')
    assert "half-written last line was left out" in shop.run("audit", "import", LEDGER).stderr
    assert shop.run("audit", "import", "none.jsonl").returncode == 1


def test_an_export_of_several_tenants_asks_for_one(shop: Bot, database: Database) -> None:
    assert shop.run("apply", "--yes").returncode == 0
    here = shop.environment["COGNIGY_BASE_URL"]
    database.execute(
        "insert into reconciler.event select 'https://other.example', seq, fence, prev_hash, hash, "
        "line from reconciler.event"
    )
    done = shop.run("audit", "export", "copy.jsonl")
    assert done.returncode == 1
    assert "https://other.example" in done.stderr
    assert "--origin" in done.stderr
    assert shop.run("audit", "export", "copy.jsonl", "--origin", here).returncode == 0
    assert shop.run("audit", "export", "copy.jsonl", "--origin", "https://no.example").returncode
    assert shop.run("audit", "export", "slots/a.yaml", "--origin", here).returncode == 1


def test_what_passed_in_another_environment_is_found_in_the_same_database(
    company: Callable[..., Company], database: Database
) -> None:
    shop = company(staging=[], production=[])
    shop.declare(staging={}, production={"promote_from": "staging"})
    shop.environment["COGNIGY_AUDIT_LOG"] = database.url(WRITER)
    shop.write(FRUIT, patterns=document(FRUIT)["patterns"])
    assert planned(shop, "production") == {}
    assert shop.run("apply", "--yes", "--env", "staging").returncode == 0
    assert planned(shop, "production") == {FRUIT: "create"}
    assert shop.run("apply", "--yes", "--env", "production").returncode == 0
    assert planned(shop, "production") == {}
    assert shop.run("status", "--format", "json").returncode == 0


def test_the_chain_of_a_fleet_beside_those_of_tenants(shop: Bot, database: Database) -> None:
    stores = FleetStores(database.access(WRITER), clock=SystemClock())
    chain = Chain()
    chain.start("fleet_1", PlannedStep(targets=1), actor="ada")
    chain.end(result("acme/live"))
    chain.finish()
    with stores.fleet().open("fleet_1") as ledger:
        for each in chain.entries:
            ledger.append(each.event, **each.data)
    assert shop.run("apply", "--yes").returncode == 0
    assert shop.run("plan", "--detailed-exitcode").returncode == 0
    assert shop.run("drift").returncode == 0
    verified = json.loads(shop.run("audit", "verify", "--format", "json").stdout)
    assert verified["intact"] is True
    here = shop.environment["COGNIGY_BASE_URL"]
    assert {each["origin"] for each in verified["chains"]} == {"fleet", here}
    listed = json.loads(shop.run("audit", "list", "--format", "json").stdout)["runs"]
    assert (listed[0]["command"], listed[0]["state"]) == ("fleet apply", "finished")
    assert listed[0]["summary"] == {"verified": 1}
    assert "fleet apply: 1 verified, in " in shop.run("audit", "show", "--run", "fleet_1").stdout
    assert "acme/live, verified" in shop.run("audit", "show").stdout
    assert shop.run("report", "--html", "report.html").returncode == 0
    reverted = shop.run("revert", "fleet_1")
    assert reverted.returncode == 1
    assert "bug in reconciler" not in reverted.stderr
    # Its file can be copied to and fro like a tenant's.
    assert shop.run("audit", "export", "fleet.jsonl", "--origin", "fleet").returncode == 0
    assert "had been there before" in shop.run("audit", "import", "fleet.jsonl").stderr
    database.execute("alter table reconciler.event disable trigger append_only")
    database.execute("truncate reconciler.event")
    done = shop.run("audit", "import", "fleet.jsonl")
    assert "Copied 3 lines" in done.stderr
    assert "about fleet." in done.stderr


WITHOUT = """
import sys
sys.modules["psycopg"] = None
from reconciler.cli.main import run
sys.exit(run(sys.argv[1:]))
"""


def test_without_the_extra_a_database_says_what_to_install_and_a_file_works(shop: Bot) -> None:
    def without(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # noqa: S603 - this interpreter, with our own code
            [sys.executable, "-c", WITHOUT, *arguments],
            cwd=shop.folder,
            env=shop.variables(),
            capture_output=True,
            text=True,
            check=False,
        )

    for arguments in (("plan",), ("apply", "--yes"), ("audit", "verify"), ("ledger", "init")):
        done = without(*arguments)
        assert done.returncode == 1
        assert "psycopg is not installed" in done.stderr
        assert "slot-reconciler[postgres]" in done.stderr
    del shop.environment["COGNIGY_AUDIT_LOG"]
    assert without("apply", "--yes").returncode == 0
