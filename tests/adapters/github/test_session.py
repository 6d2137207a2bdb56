"""How requests to GitHub are retried, paginated, slowed down and refused."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from reconciler.adapters.github.repository import GitHubRepository
from reconciler.adapters.github.session import MAX_ATTEMPTS
from reconciler.errors import GitHubError, UnconfirmedWriteError
from tests.support.clock import VirtualClock
from tests.support.github import TOKEN, GitHub
from tests.support.server import serving


@pytest.mark.parametrize("status", [500, 502, 503])
def test_a_read_is_retried_after_a_server_error(
    github: GitHub, repository: GitHubRepository, status: int
) -> None:
    github.comment(7, "hello")
    github.fail("GET", "/comments", status, times=MAX_ATTEMPTS - 1)
    assert [comment.body for comment in repository.comments(7)] == ["hello"]
    assert len(github.received) == MAX_ATTEMPTS


def test_a_read_is_retried_after_a_lost_response(
    github: GitHub, repository: GitHubRepository
) -> None:
    github.lose("GET", "/comments", times=2)
    assert repository.comments(7) == []
    assert len(github.received) == 3


def test_a_read_is_given_up_after_all_attempts(
    github: GitHub, repository: GitHubRepository
) -> None:
    github.fail("GET", "/comments", 503, times=99, body={"message": "Maintenance."})
    with pytest.raises(GitHubError, match=r"on #7: GitHub answered 503: Maintenance\.") as raised:
        repository.comments(7)
    assert "Run it again later" in raised.value.hint
    assert len(github.received) == MAX_ATTEMPTS


def test_a_retry_after_of_zero_does_not_shorten_our_own_delay(
    github: GitHub, repository: GitHubRepository, clock: VirtualClock
) -> None:
    github.fail("GET", "/comments", 403, headers={"retry-after": "0"}, times=MAX_ATTEMPTS - 1)
    repository.comments(7)
    assert clock.monotonic() >= 7


@pytest.mark.parametrize(
    ("status", "headers"),
    [(408, {}), (409, {}), (423, {}), (425, {}), (410, {"retry-after": "30"})],
)
def test_a_transient_refusal_is_retried(
    github: GitHub,
    repository: GitHubRepository,
    clock: VirtualClock,
    status: int,
    headers: dict[str, str],
) -> None:
    github.fail("GET", "/comments", status, headers=headers, times=2)
    assert repository.comments(7) == []
    assert len(github.received) == 3
    assert clock.monotonic() >= 2 * float(headers.get("retry-after", "0.5"))


def test_a_retry_after_of_hours_is_reported_rather_than_waited_for(
    github: GitHub, repository: GitHubRepository, clock: VirtualClock
) -> None:
    github.fail("GET", "/comments", 503, headers={"retry-after": "7200"}, times=99)
    with pytest.raises(GitHubError, match="503"):
        repository.comments(7)
    assert clock.monotonic() == 0


@pytest.mark.parametrize("status", [409, 423, 425])
def test_a_creation_that_was_not_carried_out_is_sent_again(
    github: GitHub, repository: GitHubRepository, status: int
) -> None:
    github.fail("POST", "/comments", status)
    repository.create_comment(7, "hello")
    assert github.bodies(7) == ["hello"]


@pytest.mark.parametrize("status", [400, 401, 404, 410, 422])
def test_a_final_refusal_is_not_retried(
    github: GitHub, repository: GitHubRepository, status: int
) -> None:
    github.fail("GET", "/comments", status, times=99)
    with pytest.raises(GitHubError, match=str(status)):
        repository.comments(7)
    assert len(github.received) == 1


def test_a_403_names_the_permissions(github: GitHub, repository: GitHubRepository) -> None:
    github.fail("POST", "/comments", 403, body={"message": "Resource not accessible"})
    with pytest.raises(GitHubError, match="Resource not accessible") as raised:
        repository.create_comment(7, "hello")
    assert "pull-requests: write" in raised.value.hint
    assert len(github.received) == 1


@pytest.mark.parametrize("status", [408, 500, 502, 504])
def test_a_creation_is_not_retried_if_it_may_have_been_carried_out(
    github: GitHub, repository: GitHubRepository, status: int
) -> None:
    github.fail("POST", "/comments", status)
    with pytest.raises(UnconfirmedWriteError):
        repository.create_comment(7, "hello")
    assert len(github.received) == 1


def test_a_creation_is_not_retried_after_a_lost_response(
    github: GitHub, repository: GitHubRepository
) -> None:
    github.lose("POST", "/issues")
    with pytest.raises(UnconfirmedWriteError):
        repository.create_issue(title="t", body="b", label="l")
    assert len(github.issues) == 1


def test_an_update_is_retried_because_it_is_idempotent(
    github: GitHub, repository: GitHubRepository
) -> None:
    comment = github.comment(7, "old")
    github.fail("PATCH", "/comments", 502)
    github.lose("PATCH", "/comments")
    repository.update_comment(comment["id"], "new")
    assert github.bodies(7) == ["new"]
    assert len(github.writes) == 3


@pytest.mark.parametrize("status", [403, 429])
@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "37"}, 37),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "{now+90}"}, 91),
        ({"retry-after": "5", "x-ratelimit-remaining": "0", "x-ratelimit-reset": "0"}, 5),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "{now-90}"}, 1),
        ({"retry-after": "Mon, 02 Mar 2026 09:00:37 GMT"}, 37),
        (
            {
                "date": "Mon, 02 Mar 2026 07:00:00 GMT",
                "retry-after": "Mon, 02 Mar 2026 07:00:37 GMT",
            },
            37,
        ),
        (
            {
                "date": "Mon, 02 Mar 2026 09:00:30 GMT",
                "x-ratelimit-remaining": "0",
                "x-ratelimit-reset": "{now+90}",
            },
            61,
        ),
    ],
)
def test_a_rate_limit_is_waited_for_as_its_headers_say(
    github: GitHub,
    repository: GitHubRepository,
    clock: VirtualClock,
    status: int,
    headers: dict[str, str],
    seconds: int,
) -> None:
    now = int(clock.now().timestamp())
    substituted = {
        name: value.replace("{now+90}", str(now + 90)).replace("{now-90}", str(now - 90))
        for name, value in headers.items()
    }
    github.fail("GET", "/comments", status, headers=substituted)
    repository.comments(7)
    assert clock.monotonic() == seconds
    assert len(github.received) == 2


def test_a_write_is_retried_after_a_rate_limit_because_it_was_not_carried_out(
    github: GitHub, repository: GitHubRepository, clock: VirtualClock
) -> None:
    github.fail("POST", "/comments", 403, headers={"retry-after": "60"}, times=2)
    repository.create_comment(7, "hello")
    assert github.bodies(7) == ["hello"]
    assert clock.monotonic() == 120


@pytest.mark.parametrize("status", [403, 429])
def test_a_secondary_limit_without_headers_waits_for_a_minute(
    github: GitHub, repository: GitHubRepository, clock: VirtualClock, status: int
) -> None:
    github.fail(
        "GET", "/comments", status, body={"message": "You have exceeded a secondary rate limit."}
    )
    repository.comments(7)
    assert clock.monotonic() == 60


def test_a_limit_of_an_hour_is_reported_rather_than_waited_for(
    github: GitHub, repository: GitHubRepository, clock: VirtualClock
) -> None:
    reset = str(int(clock.now().timestamp()) + 3600)
    headers = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": reset}
    github.fail("GET", "/comments", 403, headers=headers)
    with pytest.raises(GitHubError) as raised:
        repository.comments(7)
    assert "another 3601 s" in raised.value.hint
    assert clock.monotonic() == 0


def test_the_total_wait_for_a_series_of_limits_is_bounded(
    github: GitHub, repository: GitHubRepository, clock: VirtualClock
) -> None:
    github.fail("GET", "/comments", 429, headers={"retry-after": "400"}, times=99)
    with pytest.raises(GitHubError, match="429"):
        repository.comments(7)
    assert clock.monotonic() == 400


def test_every_page_is_read(github: GitHub, repository: GitHubRepository) -> None:
    github.page_size = 3
    for number in range(8):
        github.comment(7, f"comment {number}")
    assert [each.body for each in repository.comments(7)] == [f"comment {n}" for n in range(8)]
    assert len(github.received) == 3


@pytest.mark.parametrize(
    "link", ["https://evil.example/page2", "http://127.0.0.1:1/page2", "http://u:p@{host}/2", "x:"]
)
def test_a_next_page_on_another_server_is_not_followed(
    github: GitHub, repository: GitHubRepository, link: str
) -> None:
    github.page_size = 1
    github.next_link = link.replace("{host}", github.url.removeprefix("http://"))
    github.comment(7, "one")
    github.comment(7, "two")
    with pytest.raises(GitHubError, match="another server"):
        repository.comments(7)
    assert len(github.received) == 1


def test_endless_pages_are_given_up(
    github: GitHub, repository: GitHubRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reconciler.adapters.github.session.MAX_PAGES", 4)
    github.page_size = 1
    github.next_link = f"{github.url}/repos/acme/shop/issues/7/comments?per_page=1"
    github.comment(7, "one")
    github.comment(7, "two")
    with pytest.raises(GitHubError, match="more than 400 entries"):
        repository.comments(7)
    assert len(github.received) == 4


def test_a_redirect_is_not_followed_with_the_token(
    github: GitHub, repository: GitHubRepository
) -> None:
    with serving(github.respond) as elsewhere:
        github.fail(
            "GET", "/comments", 301, headers={"Location": f"{elsewhere.url}/repos/acme/other"}
        )
        with pytest.raises(GitHubError, match="301") as raised:
            repository.comments(7)
        assert elsewhere.received == []
    assert "renamed" in raised.value.hint


@pytest.mark.parametrize(
    "body", [[7], [{}], {"message": "not a list"}, [{"id": "7"}], [{"id": 7, "user": "ada"}], None]
)
def test_an_answer_of_an_unexpected_shape_is_an_error(
    github: GitHub, repository: GitHubRepository, body: Any
) -> None:
    github.fail("GET", "/comments", 200, body=body)
    with pytest.raises(GitHubError, match="Reading the comments on #7"):
        repository.comments(7)


def test_the_token_never_appears_in_a_message_or_log(
    github: GitHub, repository: GitHubRepository, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    github.fail("GET", "/comments", 422, body={"message": f"no: {TOKEN}"})
    with pytest.raises(GitHubError) as raised:
        repository.comments(7)
    assert "no: [redacted]" in raised.value.message
    github.fail("GET", "/comments", 503)
    repository.comments(7)
    repository.viewer()
    assert "/issues/7/comments" in caplog.text
    assert TOKEN not in caplog.text
    assert TOKEN not in repr(repository) + repr(vars(repository)) + str(raised.value)
