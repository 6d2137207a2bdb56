"""Where the tenant and the webhook are, and what identifies us there."""

from __future__ import annotations

import re
from collections.abc import Sequence

from reconciler.config.urls import checked_url, proxy_for
from reconciler.config.variables import Variables
from reconciler.errors import ConfigurationError
from reconciler.model.access import TenantAccess, WebhookAccess
from reconciler.model.endpoint import Endpoint
from reconciler.model.secret import Secret

_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


def endpoint_of(variables: Variables) -> tuple[Endpoint, Sequence[str]]:
    """The endpoint that the variables name, and what is wrong with its origin, which is "" then."""
    problems: list[str] = []
    origin = _origin(variables, problems)
    bot_id = variables.get("COGNIGY_BOT_ID")
    return Endpoint(origin="" if problems else origin, bot_id=bot_id), problems


def tenant_access(
    variables: Variables, *, endpoint: Endpoint, problems: Sequence[str]
) -> TenantAccess:
    """The way to this endpoint. Raises ConfigurationError with every variable that is missing or
    bad, of which `problems` are the origin's."""
    client_id = variables.get("COGNIGY_CLIENT_ID")
    client_secret = variables.secret("COGNIGY_CLIENT_SECRET")
    if problems or client_id is None or client_secret is None:
        missing = [
            f"{name} is missing."
            for name in ("COGNIGY_CLIENT_ID", "COGNIGY_CLIENT_SECRET")
            if variables.get(name) is None
        ]
        raise ConfigurationError(
            "The environment is not complete:",
            details=[*problems, *missing],
            hint="Set them in the environment, or in a .env file here. To try reconciler "
            "without a tenant of your own: reconciler demo",
        )
    return TenantAccess(
        endpoint=endpoint,
        client_id=client_id,
        client_secret=client_secret,
        proxy=proxy_for(endpoint.origin),
    )


def webhook_access(variables: Variables) -> WebhookAccess | None:
    """Where events go, if anywhere. Raises ConfigurationError for a URL that is bad, or not .env's
    to say."""
    reason = variables.reason_withheld("COGNIGY_WEBHOOK_SECRET")
    if reason:
        raise ConfigurationError(reason, hint="Set both in the environment, or both in .env.")
    url = variables.get("COGNIGY_WEBHOOK_URL")
    if url is None:
        return None
    problems: list[str] = []
    checked = checked_url(url, name="COGNIGY_WEBHOOK_URL", problems=problems, path=True)
    if problems:
        raise ConfigurationError(problems[0], hint="Correct it, or unset it.")
    return WebhookAccess(
        url=Secret(checked),
        secret=variables.secret("COGNIGY_WEBHOOK_SECRET"),
        proxy=proxy_for(checked),
    )


def _origin(variables: Variables, problems: list[str]) -> str:
    base_url = variables.get("COGNIGY_BASE_URL")
    if base_url is not None:
        return checked_url(base_url, name="COGNIGY_BASE_URL", problems=problems, path=False)
    tenant = variables.get("COGNIGY_TENANT")
    if tenant is None:
        reason = variables.reason_withheld("COGNIGY_CLIENT_SECRET")
        problems.append(f"COGNIGY_TENANT is missing{f': {reason}' if reason else '.'}")
    elif not _LABEL.fullmatch(tenant):
        problems.append(
            f"COGNIGY_TENANT is {tenant[:40]!r}, and must be one DNS label: a-z, 0-9 and "
            "hyphens. It becomes the host name that gets the credentials."
        )
    return f"https://{tenant}.cognigy.com"
