"""The URL of a shared ledger, or of the queue of a fleet. It may hold a password, so no message
quotes any part of it."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote

from reconciler.errors import ConfigurationError
from reconciler.model.access import FleetDatabase, LedgerDatabase
from reconciler.model.secret import Secret

_SCHEME = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://")
_CONNECTION_STRING = re.compile(
    r"postgres(?:ql)?:/|(?:.*\s)?(?:host|dbname|user|password|service)\s*=", re.IGNORECASE
)
_ENCODED = "%(?!00)[0-9A-Fa-f]{2}"
_HOST = rf"(?:[A-Za-z0-9._-]|{_ENCODED})+|\[[0-9A-Fa-f:.]+\]"
_PLACE = rf"(?:{_HOST})?(?::[0-9]{{1,5}})?"
_TEXT = rf"(?:[^:@/?#%]|{_ENCODED})*"
_OPTION = rf"[A-Za-z_]+=(?:[^&=#%]|{_ENCODED})*"
_URL = re.compile(
    r"postgres(?:ql)?://"
    rf"(?:(?P<user>{_TEXT})(?::(?P<password>{_TEXT}))?@)?"
    rf"(?P<hosts>{_PLACE}(?:,{_PLACE})*)"
    rf"(?:/(?P<name>{_TEXT}))?"
    rf"(?:\?(?P<options>{_OPTION}(?:&{_OPTION})*))?"
)
_SECRET_OPTIONS = frozenset({"password", "sslpassword"})
_WAY_OUT = (
    "Use postgresql://user@host:5432/database, with special characters in a user or password "
    "percent-encoded (%40 for @, %2F for /). A password is best left to PGPASSFILE."
)


def is_database(value: str) -> bool:
    """Whether the value of COGNIGY_AUDIT_LOG is a URL, or another form of libpq's connection
    strings, and not a path."""
    return any(each.match(value) for each in (_SCHEME, _CONNECTION_STRING))


def ledger_database(value: str) -> LedgerDatabase:
    """The database that this URL of COGNIGY_AUDIT_LOG names. Raises ConfigurationError."""
    return LedgerDatabase(
        **_parts(
            value,
            variable="COGNIGY_AUDIT_LOG",
            where="a ledger is a file or on PostgreSQL",
            hint="Set it to the path of a file, or to a URL that begins with postgresql://.",
        )
    )


def fleet_database(value: str) -> FleetDatabase:
    """The database that this URL of COGNIGY_FLEET names. Raises ConfigurationError."""
    return FleetDatabase(
        **_parts(
            value,
            variable="COGNIGY_FLEET",
            where="the queue of a fleet is on PostgreSQL",
            hint="Set it to a URL that begins with postgresql://, or unset it to work on all "
            "targets from this process.",
        )
    )


def _parts(value: str, *, variable: str, where: str, hint: str) -> dict[str, Any]:
    """The fields of a Database. Raises ConfigurationError."""
    scheme = _SCHEME.match(value)
    if scheme is None or scheme["scheme"] not in ("postgresql", "postgres"):
        kind = f"{scheme['scheme'][:20]}://" if scheme is not None else "not a URL"
        raise ConfigurationError(f"{variable} is {kind}, but {where}.", hint=hint)
    found = _URL.fullmatch(value)
    if found is None or not value.isprintable() or any(each.isspace() for each in value):
        raise ConfigurationError(
            f"{variable} is not a valid URL of a PostgreSQL database.", hint=_WAY_OUT
        )
    if not found["name"]:
        raise ConfigurationError(f"{variable} names no database.", hint=_WAY_OUT)
    options = [_option(each) for each in (found["options"] or "").split("&") if each]
    secret = [found["password"] or "", *(text for key, text in options if key in _SECRET_OPTIONS)]
    return {
        "url": Secret(value),
        "location": _location(found, dict(options)),
        "variable": variable,
        "secrets": tuple(Secret(each) for each in _spellings(secret)),
        "options": frozenset(key for key, _ in options),
    }


def _option(pair: str) -> tuple[str, str]:
    key, _, text = pair.partition("=")
    return key, text


def _location(found: re.Match[str], options: dict[str, str]) -> str:
    user = f"{found['user']}@" if found["user"] else ""
    host = unquote(options.get("host", "")) if not found["hosts"] else ""
    return f"postgresql://{user}{found['hosts']}/{found['name']}{f'?host={host}' if host else ''}"


def _spellings(secrets: list[str]) -> set[str]:
    return {each for secret in secrets for each in (secret, unquote(secret)) if each}
