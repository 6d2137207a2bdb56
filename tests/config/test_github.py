"""Which variables of GitHub Actions are read, and which values are refused."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from reconciler.config.github import GitHub, github_of
from reconciler.config.variables import Variables
from reconciler.errors import ConfigurationError
from reconciler.model.secret import Secret

TOKEN = "ghs_s3cr3t"
GOOD = {
    "GITHUB_TOKEN": TOKEN,
    "GITHUB_REPOSITORY": "acme/shop.site",
    "GITHUB_EVENT_PATH": "/events/1.json",
}


def github(values: Mapping[str, str]) -> GitHub:
    """Parse these variables; an empty one counts as unset."""
    return github_of(Variables(values={name: value for name, value in values.items() if value}))


def refusal(**variables: str) -> str:
    values = {**GOOD, **variables}
    with pytest.raises(ConfigurationError) as caught:
        github(values).access_with_event.required()
    assert TOKEN not in caught.value.message + caught.value.hint
    return caught.value.message


def test_the_access_is_for_one_repository_and_never_shows_its_token() -> None:
    access, event = github(GOOD).access_with_event.required()
    assert (access.owner, access.name, access.token) == ("acme", "shop.site", Secret(TOKEN))
    assert access.api_url == "https://api.github.com"
    assert access.graphql_url == "https://api.github.com/graphql"
    assert event == Path("/events/1.json")
    assert TOKEN not in repr(access) + repr(github(GOOD))


@pytest.mark.parametrize(
    ("variables", "api_url", "graphql_url"),
    [
        (
            {"GITHUB_API_URL": "https://git.acme.example/api/v3/"},
            "https://git.acme.example/api/v3",
            "https://git.acme.example/api/graphql",
        ),
        (
            {"GITHUB_API_URL": "http://127.0.0.1:8080"},
            "http://127.0.0.1:8080",
            "http://127.0.0.1:8080/graphql",
        ),
        (
            {"GITHUB_GRAPHQL_URL": "https://api.github.com/graphql2"},
            "https://api.github.com",
            "https://api.github.com/graphql2",
        ),
    ],
)
def test_the_api_may_be_on_another_server(
    variables: dict[str, str], api_url: str, graphql_url: str
) -> None:
    access = github({**GOOD, **variables}).access.required()
    assert (access.api_url, access.graphql_url) == (api_url, graphql_url)


def test_one_message_names_everything_that_is_missing_or_invalid() -> None:
    message = refusal(
        GITHUB_TOKEN="", GITHUB_REPOSITORY="", GITHUB_EVENT_PATH="", GITHUB_API_URL="http://x.com"
    )
    for name in ("GITHUB_TOKEN is", "GITHUB_REPOSITORY is", "GITHUB_EVENT_PATH is"):
        assert f"{name} missing" in message
    assert "GITHUB_API_URL must begin with https://" in message


def test_the_event_is_required_only_where_it_is_used() -> None:
    values = {name: value for name, value in GOOD.items() if name != "GITHUB_EVENT_PATH"}
    assert github(values).access.required().owner == "acme"


@pytest.mark.parametrize(
    "repository",
    [
        "acme",
        "acme/",
        "/shop",
        "acme/shop/x",
        "acme/..",
        "acme/.",
        "../x",
        "a b/c",
        "acme/sh?p",
        "acme/shop\n",
        "äcme/shop",
        "acme/%2e%2e",
    ],
)
def test_an_invalid_repository_is_refused(repository: str) -> None:
    assert "must be owner/name" in refusal(GITHUB_REPOSITORY=repository)


@pytest.mark.parametrize("name", ["GITHUB_API_URL", "GITHUB_GRAPHQL_URL"])
@pytest.mark.parametrize(
    "url",
    [
        "http://api.github.com",
        "https://user@evil.example",
        "https://a.example/x?y=",
        "ftp://a.b",
        "https://a.example/#",
        "not a url",
        "https://a b.example",
    ],
)
def test_an_invalid_or_insecure_url_is_refused(name: str, url: str) -> None:
    assert name in refusal(**{name: url})


@pytest.mark.parametrize("token", ["a b", "a\nb", "tökén", "x" * 1001])
def test_a_token_that_is_not_a_valid_header_value_is_refused(token: str) -> None:
    message = refusal(GITHUB_TOKEN=token)
    assert "GITHUB_TOKEN contains characters" in message
    assert token not in message


@pytest.mark.parametrize(
    ("missing", "link"),
    [
        ({}, "https://github.com/acme/shop.site/actions/runs/42"),
        ({"GITHUB_SERVER_URL": ""}, None),
        ({"GITHUB_RUN_ID": ""}, None),
        ({"GITHUB_RUN_ID": "42)"}, None),
        ({"GITHUB_SERVER_URL": "javascript:x"}, None),
    ],
)
def test_the_link_leads_to_the_run(missing: dict[str, str], link: str | None) -> None:
    values = {
        **GOOD,
        "GITHUB_SERVER_URL": "https://github.com",
        "GITHUB_RUN_ID": "42",
        **missing,
    }
    assert github(values).link == link


@pytest.mark.parametrize(
    ("server", "url"),
    [
        ("https://github.com/", "https://github.com/acme/shop.site"),
        ("javascript:x", None),
        ("", None),
    ],
)
def test_the_repository_has_pages(server: str, url: str | None) -> None:
    assert github({**GOOD, "GITHUB_SERVER_URL": server}).repository_url == url


@pytest.mark.parametrize(
    ("sha", "commit"), [("A" * 40, "a" * 40), ("b" * 64, "b" * 64), ("main", None), ("", None)]
)
def test_a_commit_is_a_full_hash_or_none(sha: str, commit: str | None) -> None:
    assert github({"GITHUB_SHA": sha}).commit == commit
