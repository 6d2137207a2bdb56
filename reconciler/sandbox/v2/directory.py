"""What is only read: users, projects, flows, locales, lexicons, endpoints, audit events."""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.sandbox.messages import Refused, Response
from reconciler.sandbox.v2.calls import Call, Document, Route, answer
from reconciler.sandbox.v2.listing import listed
from reconciler.sandbox.v2.mishaps import Mishaps
from reconciler.sandbox.v2.settings import SandboxUser
from reconciler.sandbox.v2.training import Training
from reconciler.sandbox.v2.world import META, Collection, World

_FLOW_SUMMARY = ("_id", "referenceId", "name", "description", *META)
_ACTIONS = ("create", "read", "update", "delete")
_AUDITORS = {"admin", "fullSupportUser"}


class Directory:
    """The routes for reading. `people` are the users by id."""

    def __init__(
        self,
        world: World,
        mishaps: Mishaps,
        *,
        training: Training,
        people: Mapping[str, SandboxUser],
    ) -> None:
        self._world = world
        self._mishaps = mishaps
        self._training = training
        self._people = people

    def routes(self) -> list[Route]:
        """The routes, and the rights that they need."""
        return [
            Route("GET", "/users/me", self._me),
            Route("GET", "/users/me/acl", self._acl),
            Route("GET", "/projects", self._projects, collection="projects"),
            Route("GET", "/projects/{}", self._project),
            Route("GET", "/projects/{}/members", self._members, collection="members"),
            Route("GET", "/flows", self._flows, ("flows", "read"), "flows"),
            Route("GET", "/flows/{}", self._flow, ("flows", "read")),
            Route("GET", "/locales", self._locales, ("locales", "read"), "locales"),
            Route("GET", "/lexicons", self._lexicons, ("lexicons", "read"), "lexicons"),
            Route("GET", "/lexicons/{}/slots", self._slots, ("lexicons", "read"), "slots"),
            Route("GET", "/endpoints", self._endpoints, ("endpoints", "read"), "endpoints"),
            Route("GET", "/auditevents", self._events, collection="auditEvents"),
            Route("POST", "/projects/{}/nlu/scores", self._scores, ("intents", "read")),
        ]

    def _me(self, call: Call) -> Response:
        projects = [project["_id"] for project in self._world.projects.everything()]
        content = {
            **_person(call.user_id, call.user),
            "organisation": self._organisation(),
            "roles": list(call.user.organisation_roles),
            "projects": projects,
        }
        return answer(content)

    def _acl(self, call: Call) -> Response:
        rights = {
            resource: {action: action in allowed for action in _ACTIONS}
            for resource, allowed in call.user.rights.items()
        }
        content = {
            "organisationWide": {"rights": {}, "roles": list(call.user.organisation_roles)},
            "projectWide": {
                project["_id"]: {
                    "rights": rights,
                    "roles": list(call.user.roles),
                    "allowedLocales": [
                        {"localeId": locale["_id"], "primary": locale["primary"]}
                        for locale in self._world.locales.of(project["_id"])
                    ],
                }
                for project in self._world.projects.everything()
            },
        }
        return answer(content)

    def _projects(self, call: Call) -> Response:
        return self._listed(call, self._world.projects.everything())

    def _project(self, call: Call) -> Response:
        return answer(self._world.projects.get(call.ids[0]))

    def _members(self, call: Call) -> Response:
        self._world.projects.get(call.ids[0])
        forbidden = self._mishaps.settings.members_forbidden
        # Of the roles here, only basic alone does not see members.
        if forbidden or set(call.user.roles) <= {"basic"}:
            raise Refused(403, "You are not allowed to read the members of this project.")
        members = [
            {**_person(user_id, user), "roles": list(user.roles)}
            for user_id, user in self._people.items()
        ]
        return self._listed(call, members)

    def _flows(self, call: Call) -> Response:
        project = self._asked_for(call)
        return self._listed(
            call, [self._summary(flow, project) for flow in self._world.flows.of(project)]
        )

    def _flow(self, call: Call) -> Response:
        flow = self._world.flows.get(call.ids[0])
        project = self._world.flows.parent_of(flow["_id"])
        locales = self._world.locales.of(project)
        preferred = call.request.query.get("preferredLocaleId")
        locale = (
            self._world.locales.get(preferred, parent=project)
            if preferred
            else next(each for each in locales if each["primary"])
        )
        content = {
            **self._summary(flow, project),
            "attachedFlows": [],
            "attachedLexicons": flow["attachedLexicons"],
            "intentTrainGroupReference": flow["intentTrainGroupReference"],
            "localeReference": locale["referenceId"],
        }
        if call.request.query.get("includeFeedbackReport") == "true":
            finding = {"type": "goodAccuracy"}
            content["feedbackReport"] = {"findings": [finding], "info": {"fScore": 0.9}}
        return answer(content)

    def _locales(self, call: Call) -> Response:
        return self._listed_of(call, self._world.locales)

    def _lexicons(self, call: Call) -> Response:
        return self._listed_of(call, self._world.lexicons)

    def _slots(self, call: Call) -> Response:
        lexicon = self._world.lexicons.get(call.ids[0])
        slots = [
            {name: slot[name] for name in ("_id", "name", *META)}
            for slot in self._world.lexicon_slots.of(lexicon["_id"])
        ]
        return self._listed(call, slots)

    def _endpoints(self, call: Call) -> Response:
        project = self._asked_for(call)
        entrypoint = project
        if self._mishaps.settings.endpoint_serves == "snapshot":
            entrypoint = self._world.snapshots.of(project)[-1]["_id"]
        endpoints = self._world.endpoints.of(project)
        return self._listed(call, [{**each, "entrypoint": entrypoint} for each in endpoints])

    def _events(self, call: Call) -> Response:
        if not _AUDITORS & set(call.user.organisation_roles):
            raise Refused(403, "You are not allowed to read audit events.")
        return self._listed_of(call, self._world.events)

    def _scores(self, call: Call) -> Response:
        project = self._world.projects.get(call.ids[0])["_id"]
        body = call.strings("flowReferenceId", "localeReferenceId", "sentence")
        flow = self._world.flows.referenced(body["flowReferenceId"], parent=project)
        self._world.locales.referenced(body["localeReferenceId"], parent=project)
        said = body["sentence"].casefold()
        scores = [
            {
                "id": intent["_id"],
                "name": intent["name"],
                "score": float(said in [each.casefold() for each in intent["sentences"]]),
                "negated": False,
                "flow": flow["name"],
            }
            for intent in flow["intents"]
        ]
        return answer(scores)

    def _summary(self, flow: Document, project: str) -> Document:
        summary = {name: flow[name] for name in _FLOW_SUMMARY if name in flow}
        return {
            **summary,
            "isTrainingOutOfDate": self._is_out_of_date(flow, project),
        }

    def _is_out_of_date(self, flow: Document, project: str) -> bool:
        flag = self._mishaps.settings.out_of_date_flag
        if flag == "honest":
            return self._training.is_out_of_date(flow, project)
        return flag == "always"

    def _asked_for(self, call: Call) -> str:
        """The project in the query; raises `Refused` (400, 404)."""
        project = self._world.projects.get(call.request.query.get("projectId", ""))
        return str(project["_id"])

    def _listed_of(self, call: Call, collection: Collection) -> Response:
        return self._listed(call, collection.of(self._asked_for(call)))

    def _listed(self, call: Call, items: list[Document]) -> Response:
        return listed(call, items, settings=self._mishaps.settings)

    def _organisation(self) -> str:
        return str(self._world.projects.everything()[0]["organisation"])


def _person(user_id: str, user: SandboxUser) -> Document:
    return {"_id": user_id, "id": user.email, "name": user.name}
