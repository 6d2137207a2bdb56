"""A ledger in a database replaces the artifact, and every workflow sees the same one."""

from __future__ import annotations

import pytest

from reconciler.adapters.ledger.postgres import PostgresLedgerStore
from reconciler.ports import SILENT
from tests.support.clock import VirtualClock
from tests.support.postgres import READER, WRITER, Database, database, server
from tests.workflows.conftest import COLOUR, FRUIT, FRUITS, Shop

__all__ = ["database", "server"]

PASSWORD = "s3cret-of-the-database"


@pytest.fixture
def sharing(shop: Shop, database: Database) -> Shop:
    """The shop, whose environments have the secret, and whose repository has the variable."""
    for environment, role in (("reconciler-plan", READER), ("reconciler-apply", WRITER)):
        url = database.server.url(database.name, role=role, password=PASSWORD)
        shop.runner.secrets = {
            **shop.runner.secrets,
            environment: {**shop.runner.secrets[environment], "COGNIGY_AUDIT_LOG": url},
        }
    shop.runner.variables = {**shop.runner.variables, "RECONCILER_LEDGER": "shared"}
    return shop


def laptop(shop: Shop, database: Database) -> PostgresLedgerStore:
    """The ledger as somebody's own machine opens it."""
    return PostgresLedgerStore(
        database.access(WRITER),
        clock=VirtualClock(),
        observer=SILENT,
        origin=shop.runner.variables["COGNIGY_BASE_URL"],
    )


def test_nothing_is_restored_or_kept_and_drift_goes_by_the_same_ledger(
    sharing: Shop, database: Database
) -> None:
    sharing.write(FRUIT, patterns=["^nothing$"])
    sharing.push()
    applied = sharing.run("apply", sharing.by_hand())
    job = applied.jobs["apply"]
    assert job.step("Apply").code == 3
    for name in (
        "Restore the ledger",
        "Without a ledger, measure what earlier runs may have left",
        "Keep the ledger",
    ):
        assert job.step(name).outcome == "skipped"
    assert sharing.bot.live(FRUIT)["patterns"] == FRUITS
    drifted = sharing.run("drift", sharing.scheduled())
    assert drifted.succeeded, drifted.log
    assert drifted.jobs["drift"].step(
        "Keep the ledger, because its artifact would expire"
    ).outcome == ("skipped")
    (issue,) = sharing.github.issues
    assert "Rejected by the gate" in issue["body"]
    assert "reconciler-ledger" not in {each["name"] for each in sharing.github.artifacts}
    assert PASSWORD not in applied.log + drifted.log
    assert database.execute("select count(*) > 5 from reconciler.event") == [(True,)]


def test_an_apply_is_refused_while_a_laptop_holds_the_lock_and_names_it(
    sharing: Shop, database: Database
) -> None:
    sharing.write(COLOUR, patterns=["^blue$", "^red$"])
    sharing.push()
    with laptop(sharing, database).open("run_of_a_laptop"):
        refused = sharing.run("apply", sharing.by_hand())
    step = refused.jobs["apply"].step("Apply")
    assert step.code == 4
    assert "run run_of_a_laptop, on " in step.log
    assert sharing.written == []
    assert sharing.run("apply", sharing.by_hand()).succeeded


def test_a_drift_during_an_apply_touches_no_issue(sharing: Shop, database: Database) -> None:
    sharing.bot.tenant.edit(COLOUR, fillStrategy="fuzzy")
    with laptop(sharing, database).open("run_of_a_laptop"):
        during = sharing.run("drift", sharing.scheduled())
    assert during.succeeded, during.log
    assert sharing.github.issues == []
    assert sharing.run("drift", sharing.scheduled()).succeeded
    assert len(sharing.github.issues) == 1


def test_a_variable_that_contradicts_the_secret_fails_the_job(shop: Shop) -> None:
    shop.runner.variables = {**shop.runner.variables, "RECONCILER_LEDGER": "shared"}
    run = shop.run("drift", shop.scheduled())
    step = run.jobs["drift"].step("Find out whether the ledger is shared")
    assert step.code == 1
    assert "RECONCILER_LEDGER" in step.log
