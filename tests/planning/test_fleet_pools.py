"""Which ledgers the workers of each pool need."""

from __future__ import annotations

from reconciler.model.environment import Expectation
from reconciler.model.fleet import Fleet, Target
from reconciler.model.pool import PoolChain
from reconciler.planning.fleet_pools import pool_chains
from tests.support.fleet import target


def on(name: str, origin: str | None, **fields: object) -> Target:
    return target(name, expect=Expectation(origin=origin, bot_id="bot"), **fields)


def chains(*targets: Target) -> set[tuple[str, str, bool]]:
    found = pool_chains(Fleet(targets=targets))
    assert all(isinstance(each, PoolChain) for each in found)
    return {(each.pool, each.chain, each.may_write) for each in found}


def test_a_pool_writes_the_chains_of_its_targets() -> None:
    assert chains(on("acme/live", "https://a", pool="eu"), on("globex/live", "https://g")) == {
        ("eu", "https://a", True),
        ("default", "https://g", True),
    }


def test_targets_on_one_origin_have_one_chain_in_each_of_their_pools() -> None:
    assert chains(
        on("acme/live", "https://a", pool="eu"),
        on("acme/test", "https://a", pool="eu"),
        on("acme/next", "https://a", pool="us"),
    ) == {("eu", "https://a", True), ("us", "https://a", True)}


def test_a_target_that_expects_no_origin_has_no_chain() -> None:
    assert chains(on("acme/live", None, pool="eu")) == set()


def test_what_a_target_is_promoted_from_is_read_in_its_pool_too() -> None:
    assert chains(
        on("acme/test", "https://t", pool="eu"),
        on("acme/live", "https://a", pool="us", promote_from="test"),
        on("globex/test", None),
        on("globex/live", "https://g", promote_from="test"),
    ) == {
        ("eu", "https://t", True),
        ("us", "https://a", True),
        ("us", "https://t", False),
        ("default", "https://g", True),
    }


def test_what_a_pool_writes_anyway_it_does_not_only_read() -> None:
    assert chains(
        on("acme/live", "https://a", pool="us", promote_from="test"),
        on("acme/test", "https://t", pool="us"),
    ) == {("us", "https://a", True), ("us", "https://t", True)}
