"""What an API can do, as a value."""

from __future__ import annotations

import pickle
from typing import get_args

import pytest

from reconciler.adapters.cognigy.v1.capabilities import COGNIGY_V1
from reconciler.adapters.manifests.documents.v1 import SlotDocument
from tests.support.apis import OTHER
from tests.support.build import content


@pytest.mark.parametrize("api", [COGNIGY_V1, OTHER])
def test_an_api_survives_pickling(api: object) -> None:
    assert pickle.loads(pickle.dumps(api)) == api  # noqa: S301 - ours


def test_a_slot_file_accepts_the_strategies_of_the_api() -> None:
    names = get_args(SlotDocument.model_fields["fill_strategy"].annotation)
    assert names == tuple(strategy.name for strategy in COGNIGY_V1.strategies)


def test_a_strategy_that_the_api_does_not_know_takes_the_longest_match() -> None:
    for api, name in ((COGNIGY_V1, "other"), (COGNIGY_V1, None), (OTHER, "firstMatch")):
        found = api.strategy_of(content(fill_strategy=name))
        assert not (found.takes_first or found.whole_text or found.ignores_case)


def test_literal_phrases_ignore_case_and_regexes_do_if_the_strategy_does() -> None:
    assert not COGNIGY_V1.ignores_case(content())
    assert COGNIGY_V1.ignores_case(content(fill_strategy="fuzzy"))
    assert COGNIGY_V1.ignores_case(content(type="list"))
    assert OTHER.ignores_case(content(type="regex"))
    assert not OTHER.ignores_case(content(type="expression", fill_strategy="fuzzy"))
