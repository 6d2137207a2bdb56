"""Options that name the roles of a database."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeVar

import click

from reconciler.model.pool import POOL_PATTERN, PoolRole

Command = TypeVar("Command", bound=Callable[..., Any])

_EVERYBODY = "public"


def role_option(name: str, *, summary: str, **default: Any) -> Callable[[Command], Command]:
    """`NAME ROLE`."""

    def named(
        _context: click.Context, _parameter: click.Parameter, value: str | None
    ) -> str | None:
        return None if value is None else _role(value)

    return click.option(
        name, metavar="ROLE", callback=named, show_default=True, help=summary, **default
    )


def pool_options(command: Command) -> Command:
    """`--pool NAME=ROLE` and `--plan-pool NAME=ROLE`."""
    applies = _pool_option(
        "--pool",
        plan_only=False,
        summary="The role of the workers of this pool, which sees no ledger of another one; can be "
        "repeated.",
    )
    plans = _pool_option(
        "--plan-pool",
        plan_only=True,
        summary="The same, of workers that only plan; can be repeated.",
    )
    return applies(plans(command))


def _pool_option(name: str, *, plan_only: bool, summary: str) -> Callable[[Command], Command]:
    def parsed(
        _context: click.Context, _parameter: click.Parameter, values: tuple[str, ...]
    ) -> tuple[PoolRole, ...]:
        return tuple(_pool_role(each, plan_only=plan_only) for each in values)

    return click.option(name, multiple=True, metavar="NAME=ROLE", callback=parsed, help=summary)


def _pool_role(text: str, *, plan_only: bool) -> PoolRole:
    pool, separator, role = text.partition("=")
    if not separator or not re.fullmatch(POOL_PATTERN, pool):
        raise click.BadParameter(
            f"{text!r} must be the name of a pool, as fleet.yaml has it, an equals sign, and the "
            "name of a role, such as eu-onprem=worker_eu."
        )
    return PoolRole(pool=pool, role=_role(role), plan_only=plan_only)


def _role(name: str) -> str:
    """The name of a role. Raises BadParameter."""
    if not name:
        raise click.BadParameter("it must be the name of a role.")
    if name == _EVERYBODY:
        raise click.BadParameter("public is not a role: it means all roles.")
    return name
