"""Which URLs may get our credentials."""

from __future__ import annotations

import pytest

from reconciler.config.urls import checked_url, proxy_for
from reconciler.errors import ConfigurationError

SECRET = "hunter2"


def checked(value: str, *, path: bool = False) -> tuple[str, list[str]]:
    problems: list[str] = []
    return checked_url(value, name="URL", problems=problems, path=path), problems


@pytest.mark.parametrize(
    ("value", "origin"),
    [
        ("https://acme.cognigy.com", "https://acme.cognigy.com"),
        ("https://ACME.cognigy.com:443/", "https://acme.cognigy.com"),
        ("https://acme.cognigy.com:8443", "https://acme.cognigy.com:8443"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("http://localhost", "http://localhost"),
        ("http://[::1]:80/", "http://[::1]"),
    ],
)
def test_an_origin_is_normalised(value: str, origin: str) -> None:
    assert checked(value) == (origin, [])


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ("http://acme.cognigy.com", "must begin with https://"),
        ("ftp://acme.cognigy.com", "must begin with https://"),
        ("acme.cognigy.com", "must begin with https://"),
        ("https://", "must begin with https://"),
        ("http://127.0.0.1.evil.com", "must begin with https://"),
        ("https://acme.cognigy.com:99999", "is not a URL"),
        ("https://[::1", "is not a URL"),
        ("https://-acme.com", "invalid host name"),
        ("https://acme_.com", "invalid host name"),
        ("https://größe.com", "invalid host name"),
        (f"https://user:{SECRET}@acme.com", "must not contain a user name"),
        (f"https://{SECRET}@acme.com", "must not contain a user name"),
        ("https://acme.com\\@evil.com", "must not contain a user name"),
        ("https://acme.com/\\evil", "must not contain a user name"),
        ("https://acme.com/ x", "must not contain a user name"),
        ("https://acme.com/\u200b", "must not contain a user name"),
        ("https://acme.com/path", "must be an origin without a path"),
        (f"https://acme.com?token={SECRET}", "must be an origin without a path"),
        ("https://acme.com?", "must be an origin without a path"),
        ("https://acme.com#", "must be an origin without a path"),
    ],
)
def test_any_other_url_is_a_problem_that_shows_no_part_of_it(value: str, problem: str) -> None:
    _, problems = checked(value)
    (told,) = problems
    assert told.startswith("URL ")
    assert problem in told
    assert SECRET not in told


def test_a_url_that_may_have_a_path_is_not_normalised() -> None:
    hook = f"https://hooks.example/T0/{SECRET}?a=b#c"
    assert checked(hook, path=True) == (hook, [])


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for scheme in ("http", "https", "all", "no"):
        monkeypatch.delenv(f"{scheme}_proxy", raising=False)
        monkeypatch.delenv(f"{scheme}_PROXY".upper(), raising=False)


def proxy(url: str = "https://acme.cognigy.com") -> str | None:
    found = proxy_for(url)
    return found.get_secret_value() if found else None


def test_without_a_variable_there_is_no_proxy() -> None:
    assert proxy() is None


def test_the_proxy_for_the_scheme_takes_precedence_over_all_proxy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("all_proxy", "http://all:1")
    assert proxy() == "http://all:1"
    monkeypatch.setenv("https_proxy", "http://one:2")
    assert proxy() == "http://one:2"
    assert proxy("http://acme.cognigy.com") == "http://all:1"


def test_a_host_and_a_port_are_an_http_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "proxy_1.local:3128")
    assert proxy() == "http://proxy_1.local:3128"


def test_loopback_addresses_and_hosts_in_no_proxy_are_reached_directly(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("https_proxy", "http://proxy:1")
    monkeypatch.setenv("http_proxy", "http://proxy:1")
    monkeypatch.setenv("no_proxy", "acme.cognigy.com")
    assert proxy() is None
    assert proxy("http://127.0.0.1:8000") is None
    assert proxy("http://localhost") is None
    assert proxy("https://other.cognigy.com") == "http://proxy:1"


@pytest.mark.parametrize(
    "value",
    [
        f"http://user:{SECRET}@pro xy:1",
        f"http://user:{SECRET}#@proxy:1",
        "http://proxy:99999",
        "http://proxy:1/path",
        "http://proxy:1?x",
        "http://",
        "http://pröxy:1",
        "http://proxy:1\\",
    ],
)
def test_an_invalid_proxy_is_reported_only_by_the_name_of_its_variable(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", value)
    with pytest.raises(ConfigurationError, match="not a valid proxy URL") as caught:
        proxy()
    assert caught.value.message.startswith("HTTPS_PROXY is")
    assert SECRET not in str(caught.value) + caught.value.hint


def test_an_unsupported_kind_of_proxy_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("all_proxy", f"socks5://user:{SECRET}@proxy:1")
    with pytest.raises(ConfigurationError, match="all_proxy names an unsupported kind") as caught:
        proxy()
    assert SECRET not in str(caught.value)
