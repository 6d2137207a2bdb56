"""Label selectors: what text means, and which text means nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.errors import ConfigurationError
from reconciler.model.fleet import EVERYTHING, LABEL_KEY, LABEL_VALUE, Requirement, Selector, Target
from reconciler.planning.selectors import parse_selector, probably_meant

TARGET = Target(
    tenant="acme",
    environment="production",
    labels={"region": "eu", "canary": ""},
    slots="slots",
    credentials="acme-production",
)
keys = st.from_regex(LABEL_KEY, fullmatch=True)
values = st.from_regex(LABEL_VALUE, fullmatch=True)
requirements = st.builds(Requirement, key=keys, value=st.none() | values, negated=st.booleans())
selectors = st.builds(Selector, requirements=st.lists(requirements, max_size=4).map(tuple))


@pytest.mark.parametrize(
    ("text", "selects"),
    [
        ("", True),
        (" ", True),
        ("region=eu", True),
        ("region==eu", True),
        (" region = eu , canary ", True),
        ("region=us", False),
        ("region!=us", True),
        ("region!=eu", False),
        ("tier!=test", True),
        ("canary", True),
        ("canary=", True),
        ("region=", False),
        ("!canary", False),
        ("!retired", True),
        ("! retired", True),
        ("region=eu,retired", False),
        ("tenant=acme,environment=production", True),
        ("tenant!=acme", False),
    ],
)
def test_a_selector_selects_the_targets_for_which_all_its_requirements_hold(
    text: str, selects: bool
) -> None:
    assert parse_selector(text).selects(TARGET) is selects


def test_a_selector_without_requirements_selects_everything() -> None:
    assert parse_selector("") == EVERYTHING


@given(selectors)
def test_a_selector_that_is_printed_is_read_back_the_same(selector: Selector) -> None:
    assert parse_selector(str(selector)) == selector


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (",", "a requirement is empty"),
        ("region=eu,", "a requirement is empty"),
        ("=eu", "'=eu' is none of key=value, key!=value, key and !key"),
        ("!region=eu", "'!region=eu' is none of key=value, key!=value, key and !key"),
        ("region eu", "'region eu' is none of key=value, key!=value, key and !key"),
        ("!", "'!' is none of key=value, key!=value, key and !key"),
        ("region===eu", "'=eu' is not a valid value of a label"),
        ("region=e u", "'e u' is not a valid value of a label"),
        ("-region", "'-region' is not a valid key of a label"),
        ("region in (eu)", "'region in (eu)' is none of key=value, key!=value, key and !key"),
        ("région=eu", "'région' is not a valid key of a label"),
        ("a" * 64, f"'{'a' * 64}' is not a valid key of a label"),
    ],
)
def test_a_selector_that_is_not_valid_is_one_error_that_says_which_part(
    text: str, why: str
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        parse_selector(text)
    assert caught.value.message == f"The selector {text!r} is not valid: {why}."
    assert "region=eu,tier!=test" in caught.value.hint


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("regoin=eu", "region=eu"),
        ("regoin", "region"),
        ("region=eu1", "region=eu"),
        ("tenant=amce,regoin=eu", "tenant=acme"),
        ("region=eu,environment=produktion", "environment=production"),
        ("region!=eu", None),
        ("!canary", None),
        ("region=asia", None),
        ("xyzzy", None),
    ],
)
def test_a_requirement_that_no_target_meets_suggests_what_was_probably_meant(
    text: str, meant: str | None
) -> None:
    assert probably_meant(parse_selector(text), [TARGET]) == meant


@given(st.text(max_size=40))
def test_any_text_is_a_selector_or_a_configuration_error(text: str) -> None:
    try:
        selector = parse_selector(text)
    except ConfigurationError:
        return
    assert parse_selector(str(selector)) == selector
