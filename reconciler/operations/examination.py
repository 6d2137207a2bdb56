"""The adapters that an examination needs, built from the configuration."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

from reconciler.adapters.cognigy.v1 import doctor as doctor_v1
from reconciler.adapters.cognigy.v1.capabilities import COGNIGY_V1
from reconciler.adapters.cognigy.v2 import doctor as doctor_v2
from reconciler.adapters.cognigy.v2.capabilities import COGNIGY_V2
from reconciler.config.configuration import read_configuration
from reconciler.config.parts import Unusable
from reconciler.errors import ConfigurationError
from reconciler.model.access import ProjectAccess
from reconciler.model.project import Project
from reconciler.operations.connecting import USER_AGENT
from reconciler.operations.services import access_of, configuration_for
from reconciler.ports import Clock, Examiner, Observer


@dataclass(frozen=True)
class ExaminationServices:
    """The adapters for an examination.

    `connect` gives access to an examiner of the tenant that holds a project, and raises
    ConfigurationError. `faults` are those of the other variables. `default_api` is the name of the
    API that the variables are for.
    """

    connect: Callable[[Project], AbstractContextManager[Examiner]]
    faults: Sequence[ConfigurationError]
    default_api: str


def services_for_examining(
    environment: str | None = None, *, clock: Clock, observer: Observer
) -> ExaminationServices:
    """Services for an examination, from the variables, which may be those of one of the project's
    environments. What is missing or invalid there raises nothing yet."""
    try:
        configuration = read_configuration(environment)
    except ConfigurationError:  # `connect` raises it again
        faults, names_project = [], False
    else:
        parts = (configuration.webhook, configuration.ledger)
        faults = [part.reason for part in parts if isinstance(part, Unusable)]
        names_project = configuration.names_project

    def connect(project: Project) -> AbstractContextManager[Examiner]:
        access = access_of(configuration_for(project), project)
        if isinstance(access, ProjectAccess):
            return doctor_v2.connect(
                access, project=project, clock=clock, observer=observer, user_agent=USER_AGENT
            )
        return doctor_v1.connect(
            access, project=project, clock=clock, observer=observer, user_agent=USER_AGENT
        )

    return ExaminationServices(
        connect=connect,
        faults=faults,
        default_api=(COGNIGY_V2 if names_project else COGNIGY_V1).name,
    )
