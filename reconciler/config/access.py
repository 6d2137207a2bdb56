"""The addresses of the tenant and the webhook, and our credentials for them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from reconciler.config.urls import checked_url, proxy_for
from reconciler.config.variables import Variables
from reconciler.errors import ConfigurationError
from reconciler.model.access import ProjectAccess, TenantAccess, WebhookAccess, WebhookFormat
from reconciler.model.endpoint import Endpoint
from reconciler.model.secret import Secret

PROJECT_ID = re.compile(r"[a-z0-9]{24}")
API_KEY = re.compile(r"[!-~]{1,1000}")
"""What a header can carry: httpx quotes any other value in its error, and so would our report."""
_LEADING = (
    "COGNIGY_TENANT",
    "COGNIGY_BASE_URL",
    "COGNIGY_CLIENT_ID",
    "COGNIGY_CLIENT_SECRET",
    "COGNIGY_BOT_ID",
    "COGNIGY_API_KEY",
    "COGNIGY_PROJECT_ID",
)
"""The variables that lead to a tenant."""
LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


def endpoint_of(variables: Variables) -> tuple[Endpoint, Sequence[str]]:
    """The endpoint, and problems with its origin; if there are any, the origin is "".

    Its bot is a bot of version 1 or, if none is named, a project of version 2.
    """
    problems: list[str] = []
    origin = _origin(variables, problems)
    if problems:
        origin = ""
    bot_id, project_id = variables.get("COGNIGY_BOT_ID"), variables.get("COGNIGY_PROJECT_ID")
    if project_id and not bot_id:
        return Endpoint(origin=origin, bot_id=project_id, kind="project"), problems
    return Endpoint(origin=origin, bot_id=bot_id), problems


def has_own_access(variables: Variables) -> bool:
    """Whether any variable that leads to a tenant is set for this environment alone."""
    return any(map(variables.is_own, _LEADING))


def tenant_access(
    variables: Variables, *, endpoint: Endpoint, problems: Sequence[str]
) -> TenantAccess:
    """Access to this endpoint. Raises ConfigurationError with all missing or invalid variables;
    `problems` are those of the origin."""
    client_id = variables.get("COGNIGY_CLIENT_ID")
    client_secret = variables.secret("COGNIGY_CLIENT_SECRET")
    if problems or client_id is None or client_secret is None:
        needed = ("COGNIGY_CLIENT_ID", "COGNIGY_CLIENT_SECRET")
        raise _incomplete(variables, needed, problems=problems)
    return TenantAccess(
        endpoint=endpoint,
        client_id=client_id,
        client_secret=client_secret,
        proxy=proxy_for(endpoint.origin),
    )


def project_access(variables: Variables) -> ProjectAccess:
    """Access to a project of version 2. Raises ConfigurationError with all missing or invalid
    variables."""
    problems: list[str] = []
    origin = ""
    base_url = variables.get("COGNIGY_BASE_URL")
    if base_url is None:
        reason = variables.reason_withheld("COGNIGY_API_KEY")
        problems.append(f"COGNIGY_BASE_URL is missing{f': {reason}' if reason else '.'}")
    else:
        origin = _checked_base_url(base_url, problems)
    project_id = variables.get("COGNIGY_PROJECT_ID")
    api_key = variables.secret("COGNIGY_API_KEY")
    if project_id is not None and not PROJECT_ID.fullmatch(project_id):
        problems.append(
            f"COGNIGY_PROJECT_ID is {project_id[:40]!r}, but must be the 24 characters a-z, 0-9 "
            "that follow /project/ in the console's address."
        )
    if api_key is not None and not API_KEY.fullmatch(api_key.get_secret_value()):
        problems.append("COGNIGY_API_KEY contains characters that no key has, or is too long.")
    if problems or project_id is None or api_key is None:
        needed = ("COGNIGY_API_KEY", "COGNIGY_PROJECT_ID")
        raise _incomplete(variables, needed, problems=problems, api="cognigy-v2")
    return ProjectAccess(
        endpoint=Endpoint(origin=origin, bot_id=project_id, kind="project"),
        api_key=api_key,
        proxy=proxy_for(origin),
    )


def webhook_access(variables: Variables) -> WebhookAccess | None:
    """The webhook, if one is configured. Raises ConfigurationError if its URL or its format
    is invalid, or its URL may not come from .env."""
    reason = variables.reason_withheld("COGNIGY_WEBHOOK_SECRET")
    if reason:
        raise ConfigurationError(reason, hint="Set both in the environment, or both in .env.")
    url = variables.get("COGNIGY_WEBHOOK_URL")
    if url is None:
        return None
    problems: list[str] = []
    checked = checked_url(url, name="COGNIGY_WEBHOOK_URL", problems=problems, path=True)
    form = variables.get("COGNIGY_WEBHOOK_FORMAT") or WebhookFormat.RAW.value
    known = [each.value for each in WebhookFormat]
    if form not in known:
        problems.append(
            f"COGNIGY_WEBHOOK_FORMAT is {form[:40]!r}, but must be one of {', '.join(known)}."
        )
    if problems:
        raise ConfigurationError(problems[0], hint="Correct it, or unset it.")
    return WebhookAccess(
        url=Secret(checked),
        form=WebhookFormat(form),
        secret=variables.secret("COGNIGY_WEBHOOK_SECRET"),
        proxy=proxy_for(checked),
    )


def _incomplete(
    variables: Variables, needed: Sequence[str], *, problems: Sequence[str], api: str = ""
) -> ConfigurationError:
    """The error with these problems and each needed variable that is missing; `api` is named if it
    is not the default one."""
    missing = [f"{name} is missing." for name in needed if variables.get(name) is None]
    return ConfigurationError(
        f"The configuration is incomplete{f' (reconciler.yaml says api: {api})' if api else ''}:",
        details=[*problems, *missing],
        hint="Set these variables in the environment, or in the project's "
        f"{variables.dotenv} file. To try reconciler without a tenant, run: "
        f"reconciler demo{f' --api {api}' if api else ''}",
    )


def _origin(variables: Variables, problems: list[str]) -> str:
    base_url = variables.get("COGNIGY_BASE_URL")
    if base_url is not None:
        return _checked_base_url(base_url, problems)
    tenant = variables.get("COGNIGY_TENANT")
    if tenant is None:
        reason = variables.reason_withheld("COGNIGY_CLIENT_SECRET")
        problems.append(f"COGNIGY_TENANT is missing{f': {reason}' if reason else '.'}")
    elif not LABEL.fullmatch(tenant):
        problems.append(
            f"COGNIGY_TENANT is {tenant[:40]!r}, but must be a single DNS label of a-z, 0-9 and "
            "hyphens, because it becomes part of the host name that gets the credentials."
        )
    return f"https://{tenant}.cognigy.com"


def _checked_base_url(base_url: str, problems: list[str]) -> str:
    """The origin. The `/new` that version 2 has in its address is not part of it."""
    origin = base_url.rstrip("/").removesuffix("/new")
    return checked_url(origin, name="COGNIGY_BASE_URL", problems=problems, path=False)
