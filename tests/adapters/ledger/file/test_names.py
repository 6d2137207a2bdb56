from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.adapters.ledger.file import file_name_of


@pytest.mark.parametrize(
    ("origin", "begins"),
    [
        ("https://acme.cognigy.com", "acme.cognigy.com-"),
        ("http://127.0.0.1:8080", "127.0.0.1-8080-"),
        ("http://[::1]:8080", "1-8080-"),
    ],
)
def test_a_file_is_named_after_its_host(origin: str, begins: str) -> None:
    assert file_name_of(origin).startswith(begins)


@given(st.text(max_size=300), st.text(max_size=300))
def test_each_origin_has_a_file_of_its_own_with_a_safe_name(one: str, other: str) -> None:
    name = file_name_of(one)
    assert (name == file_name_of(other)) is (one == other)
    assert len(name) < 120
    assert not set(name) - set("abcdefghijklmnopqrstuvwxyz0123456789.-")
    assert name != "fleet.jsonl"
    assert not name.startswith(".")


def test_schemes_and_ports_are_told_apart() -> None:
    origins = ("https://a.example", "http://a.example", "https://a.example:8443")
    assert len(set(map(file_name_of, origins))) == len(origins)
