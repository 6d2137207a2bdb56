from __future__ import annotations

import copy
import pickle

import pytest

from reconciler.model.access import GitHubAccess, TenantAccess, WebhookAccess
from reconciler.model.endpoint import Endpoint
from reconciler.model.secret import Secret

HIDDEN = "s3cr3t"
SECRET = Secret(HIDDEN)
ACCESSES = [
    TenantAccess(
        endpoint=Endpoint(origin="https://acme.cognigy.com"),
        client_id="id",
        client_secret=SECRET,
        proxy=SECRET,
    ),
    WebhookAccess(url=SECRET, secret=SECRET, proxy=SECRET),
    GitHubAccess(api_url="u", graphql_url="u", token=SECRET, owner="o", name="n"),
]


@pytest.mark.parametrize("access", ACCESSES)
def test_a_value_with_a_secret_never_shows_it(access: TenantAccess) -> None:
    for shown in (repr(access), str(access), access.model_dump_json(), repr(access.model_dump())):
        assert HIDDEN not in shown
        assert "***" in shown


def test_a_secret_cannot_be_pickled_or_copied() -> None:
    assert SECRET.get_secret_value() == HIDDEN
    for leave in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match="cannot be pickled or copied"):
            leave(SECRET)
