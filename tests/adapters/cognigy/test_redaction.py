"""Our secrets are found in messages in any spelling, and in data only if there is no doubt."""

from __future__ import annotations

import pytest

from reconciler.adapters.cognigy.redaction import KnownSecrets

SECRET = "s3cr3t+/é-of-the-client"
TOKEN = "AbCdEfGhIjKlMnOpQrStUv"


@pytest.mark.parametrize("written", ["s3cr3t+/é", "s3cr3t%2B%2F%C3%A9", "s3cr3t+/\\u00e9"])
def test_a_secret_is_redacted_in_any_spelling(written: str) -> None:
    assert KnownSecrets("s3cr3t+/é").redact(f"echo: {written}") == "echo: [redacted]"


def test_a_secret_that_contains_another_is_redacted_whole() -> None:
    secrets = KnownSecrets("secret")
    secrets.add_token("my-secret-token")
    assert secrets.redact("my-secret-token, secret") == "[redacted], [redacted]"


@pytest.mark.parametrize(("secret", "is_known"), [("12345", False), ("123456", True)])
def test_a_secret_that_is_too_short_would_match_innocent_text(secret: str, is_known: bool) -> None:
    assert (KnownSecrets(secret).redact(secret) == "[redacted]") is is_known


@pytest.mark.parametrize(
    ("secret", "is_certain"),
    [("order-number", True), ("order-numbe", False)],
)
def test_a_long_secret_of_the_client_is_certain(secret: str, is_certain: bool) -> None:
    assert KnownSecrets(secret).are_in({"name": [f"Basic {secret}"]}) is is_certain


@pytest.mark.parametrize(
    ("token", "is_certain"),
    [(TOKEN, True), (TOKEN[:20], True), (TOKEN[:19], False), (TOKEN.lower(), False)],
)
def test_a_token_is_certain_only_if_it_cannot_be_a_word(token: str, is_certain: bool) -> None:
    secrets = KnownSecrets(SECRET)
    assert not secrets.are_in([token])
    secrets.add_token(token)
    assert secrets.are_in([token]) is is_certain
    assert secrets.are_in([SECRET])
