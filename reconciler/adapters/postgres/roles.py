"""The statements by which the owner of a schema lets roles use it.

Row-level security lets every role see every row, by a policy with the name `public`; grants say
what it may do. The role of a pool is limited further, by a policy of its own on each table, which
has the name of the role: so no other role's is ever replaced, and no role is called public.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from reconciler.model.pool import PoolRole


def granted(statements: Iterable[str], *, role: str) -> Iterator[str]:
    """These grants, to `{role}`."""
    return (each.format(role=_identifier(role)) for each in statements)


def limited(policies: Mapping[str, str], *, to: PoolRole) -> Iterator[str]:
    """Statements that limit the role in each of these tables to the rows of which an expression
    about `{pool}` is true. They replace those from before."""
    role = _identifier(to.role)
    for table, expression in policies.items():
        rows = expression.format(pool=_literal(to.pool))
        yield f"drop policy if exists {role} on {table};"
        yield f"create policy {role} on {table} as restrictive to {role} {rows};"


def _identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
