"""What differs between two environments live, and which of that the files mean; changes
nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from reconciler.errors import ConfigurationError, NoAccessError, ReconcilerError, TenantError
from reconciler.model.environment import Environment
from reconciler.model.live_difference import LiveDifference
from reconciler.model.project import Project
from reconciler.operations.connecting import Connect
from reconciler.planning.environments import in_environment, require_no_missing_ids
from reconciler.planning.live_difference import Side, live_difference
from reconciler.ports import Connection, Permission


def diff(project: Project, first: str, second: str, *, connect: Connect) -> LiveDifference:
    """What differs from one environment of the project to another.

    Costs the requests for the listing's pages of both. Raises ConfigurationError, of which
    NoAccessError is one, PlanningError, Refusal and TenantError; and ReconcilerError if both are
    the same environment.
    """
    if not project.environments:
        raise ConfigurationError(
            "reconciler.yaml declares no environments, so there are none to compare.",
            hint="`reconciler docs environments` shows how to declare them.",
        )
    here, there = (in_environment(project, name) for name in (first, second))
    if first == second:
        raise ReconcilerError(
            f"{first} is named twice.", hint="Name two environments to compare them."
        )
    environments = project.environments
    with (
        _reached(here, environments[first], connect=connect) as one,
        _reached(there, environments[second], connect=connect) as other,
    ):
        _require_different(one, other)
        return live_difference(one.side(), other.side())


@dataclass(frozen=True)
class _Reached:
    """The project in an environment, and a connection to its tenant."""

    project: Project
    environment: Environment
    connection: Connection

    def side(self) -> Side:
        """What the files say, and what is live. Raises PlanningError and TenantError."""
        with _errors_in(self.environment):
            live = self.connection.tenant.list_slots()
            require_no_missing_ids(self.project, live)
        return Side(
            self.environment,
            desired=self.project.desired,
            live=live,
            origin=self.connection.endpoint.origin,
        )


@contextmanager
def _reached(project: Project, environment: Environment, *, connect: Connect) -> Iterator[_Reached]:
    with ExitStack() as connected:
        with _errors_in(environment):
            connection = connected.enter_context(connect(project, permission=Permission.READ))
        yield _Reached(project, environment, connection)


@contextmanager
def _errors_in(environment: Environment) -> Iterator[None]:
    """Errors of configurations and tenants say which of the two environments they are about."""
    try:
        yield
    except NoAccessError:  # it names the environment
        raise
    except (ConfigurationError, TenantError) as error:
        raise error.about(environment.name) from error


def _require_different(first: _Reached, second: _Reached) -> None:
    """Raises ConfigurationError if both are one and the same place, where nothing can differ."""
    endpoint = first.connection.endpoint
    if endpoint == second.connection.endpoint and first.environment.ids == second.environment.ids:
        raise ConfigurationError(
            f"The variables of {first.environment.name} and {second.environment.name} lead to the "
            f"same {endpoint.kind}, {endpoint.bot_id or '(none)'} on {endpoint.origin}.",
            hint="Correct them; `expect` in reconciler.yaml says where each should lead.",
        )
