"""Every request that our adapter sends, against what the vendor's own client would send.

The requests are those of real runs against the sandbox. For each, the operation of the client that
has its route is given the same arguments, and three things have to hold:

- The client sends the same method, path, query and body.
- The client's types accept the arguments: tsc refuses an unknown name, and a value of another type.
  Of a slot filler's fields, they lack `regex` and `slot`.
- The client's JSON Schemas accept the body, where it ships one: `slotFillerSchema` and
  `slotFillerDataSchema` for what creates and changes a slot filler, and `playbookRunSchema` for
  what schedules a playbook. It ships none for a training, nor for any query, so for these only the
  types and the comparison remain.

The tenant's OpenAPI document is read from a route that the client does not have.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator, FormatChecker

from reconciler.adapters.cognigy.v2 import openapi
from reconciler.adapters.cognigy.v2.doctor import connect
from reconciler.model.access import ProjectAccess
from reconciler.model.endpoint import Endpoint
from reconciler.model.secret import Secret
from reconciler.sandbox.v2.settings import ADMIN
from tests.support.filler_world import ALIKE, BAD, CITY, GOOD_CITY, FillerWorld, desired_slot
from tests.support.shop import CUSTOMER, FLOW, ORDER, ORIGIN, desired, filler

pytestmark = pytest.mark.conformance

FOLDER = Path(__file__).parent
BASE = "/new/v2.0"
FILLERS = "/flows/{flowId}/slotfillers"
OPERATIONS = {
    ("GET", "/users/me"): "readUserMe",
    ("GET", "/users/me/acl"): "readUserAclMe",
    ("GET", "/projects"): "indexProjects",
    ("GET", "/projects/{projectId}/members"): "indexProjectMembers",
    ("GET", "/flows"): "indexFlows",
    ("GET", "/flows/{flowId}"): "readFlow",
    ("GET", FILLERS): "indexSlotFillers",
    ("POST", FILLERS): "createSlotFiller",
    ("GET", f"{FILLERS}/{{slotFillerId}}"): "readSlotFiller",
    ("PATCH", f"{FILLERS}/{{slotFillerId}}"): "updateSlotFiller",
    ("DELETE", f"{FILLERS}/{{slotFillerId}}"): "deleteSlotFiller",
    ("POST", "/flows/{flowId}/intents/train"): "trainIntents",
    ("GET", "/lexicons/{lexiconId}/slots"): "indexLexiconSlots",
    ("GET", "/locales"): "indexLocales",
    ("GET", "/tasks"): "indexTasks",
    ("GET", "/tasks/{taskId}"): "readTask",
    ("GET", "/playbooks"): "indexPlaybooks",
    ("GET", "/playbooks/{playbookId}"): "readPlaybook",
    ("POST", "/playbooks/{playbookId}/schedule"): "schedulePlaybook",
    ("GET", "/playbooks/{playbookId}/runs/{playbookRunId}"): "readPlaybookRun",
    ("GET", "/endpoints"): "indexEndpoints",
    ("GET", "/snapshots"): "indexSnapshots",
    ("POST", "/snapshots"): "createSnapshot",
}
"""The client's operation for each route, with the names of its parameters in the path."""
SCHEMAS = {
    # The first knows every field and no other; the second is the one for writes, which knows which
    # fields belong together.
    "createSlotFiller": ("slotFillerSchema", "slotFillerDataSchema"),
    "updateSlotFiller": ("slotFillerSchema", "slotFillerDataSchema"),
    "schedulePlaybook": ("playbookRunSchema",),
}
WITHOUT_ARGUMENTS = frozenset({"readUserMe", "readUserAclMe"})
UNTYPED = frozenset({"regex", "slot"})
"""The types have them in slot fillers, but not in what creates and changes one."""
NUMBERS = frozenset({"limit", "skip"})
NODE_MODULES = FOLDER / "node_modules"
GROUPS = ("AdministrationAPIGroup_2_0", "MetricsAPIGroup_2_0", "ResourcesAPIGroup_2_0")
DECLARED = (
    f'import type {{ {", ".join(GROUPS)} }} from "@cognigy/rest-api-client";',
    f"declare const client: {' & '.join(GROUPS)};",
)
FORMATS = FormatChecker(formats=())


@FORMATS.checks("mongo-id")
def is_mongo_id(value: object) -> bool:
    """Whether it is one of the tenant's own ids."""
    return not isinstance(value, str) or re.fullmatch(r"[a-z0-9]{24}", value) is not None


@FORMATS.checks("uuid")
def is_uuid(value: object) -> bool:
    """Whether it is a reference id."""
    return (
        not isinstance(value, str)
        or re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", value) is not None
    )


@dataclass(frozen=True)
class Sent:
    """A request, without what it was answered."""

    method: str
    path: str
    query: Mapping[str, str]
    body: Any

    @property
    def route(self) -> tuple[str, str]:
        """The route, as OPERATIONS has it; ids look like nothing else in a path."""
        for method, path in OPERATIONS:
            if method == self.method and _pattern(path).fullmatch(self.path):
                return method, path
        raise AssertionError(f"no operation of the client has {self.method} {self.path}")

    @property
    def operation(self) -> str:
        """The client's name for it."""
        return OPERATIONS[self.route]

    @property
    def given(self) -> set[str]:
        """The names in its query and its body."""
        return {*self.query, *(self.body or {})}

    @property
    def arguments(self) -> dict[str, Any]:
        """What to call the operation with, to have it send this."""
        matched = _pattern(self.route[1]).fullmatch(self.path)
        assert matched is not None
        query = {name: int(v) if name in NUMBERS else v for name, v in self.query.items()}
        return {**matched.groupdict(), **query, **(self.body or {})}

    def as_the_client_sends_it(self) -> Sent:
        """This request, with what we leave out of it, or add to it, on purpose."""
        if self.operation == "schedulePlaybook":  # it repeats what is in the path
            return replace(self, body={**self.body, "playbookId": self.arguments["playbookId"]})
        if self.operation == "readTask":  # its types have the project, but it is not sent
            return replace(self, query={})
        return self


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(BASE + re.sub(r"\{(\w+)\}", r"(?P<\1>[a-z0-9]{24})", path))


@pytest.fixture(scope="module")
def requests(tmp_path_factory: pytest.TempPathFactory) -> list[Sent]:
    """One of each kind of request: what is sent by a doctor, plans, applies and a drift check."""
    fillers = [filler(ORDER), filler(CUSTOMER), filler(CITY, regex=GOOD_CITY), filler("extra")]
    flow = {"name": FLOW, "slotfillers": fillers, "lexicons": ["Goods"]}
    slots = [{"name": "colours", "phrases": ["red"]}]
    bot = FillerWorld(
        tmp_path_factory.mktemp("ledger"),
        user=ADMIN,
        snapshot={"before_apply": True},
        bot={"flows": [flow], "lexicons": [{"name": "Goods", "slots": slots}]},
    )
    _examine(bot)
    complete = desired_slot("whole", **EVERY_FIELD)
    good = (
        desired_slot(ORDER, regex=ALIKE[ORDER]),
        desired_slot(CUSTOMER),
        desired_slot(CITY, regex=GOOD_CITY),
    )
    found = desired_slot("colour", type="slot", regex=None, slot="colours")
    files = (*good, complete, found, desired("extra", absent=True))
    assert bot.apply(*files).exit_code == 0
    assert bot.plan(*files).changes == ()
    changed = (*good[1:], desired_slot(ORDER, regex=BAD), complete, found)
    bot.apply(*changed)
    assert bot.outcome(ORDER).status.value == "rolled_back"
    bot.edit(ORDER, contextKey="edited")
    assert bot.drift(*files).last_changes
    sent = {
        json.dumps([each.method, each.path, dict(each.query), each.body]): Sent(
            each.method, each.path, dict(each.query), each.body
        )
        for each in bot.sandbox.requests
        if each.path != openapi.PATH
    }
    return list(sent.values())


EVERY_FIELD: dict[str, Any] = {
    "regex": "/W[0-9]/",
    "context_key": "whole",
    "profile_key": "whole",
    "result_location": "result",
    "additional_validation": "input.text.length > 1",
    "store_result_in_context": True,
    "store_in_contact_profile": True,
    "store_detailed_results": True,
    "skip_if_result_in_context": True,
    "use_positive_only": True,
}


def _examine(bot: FillerWorld) -> None:
    access = ProjectAccess(
        endpoint=Endpoint(origin=ORIGIN, bot_id=bot.sandbox.project_id, kind="project"),
        api_key=Secret(bot.user.api_key),
    )
    with connect(
        access,
        project=bot.project,
        clock=bot.clock,
        observer=bot.observer,
        user_agent="tests",
        transport=bot.transport,
    ) as examiner:
        assert list(examiner.examine())


@pytest.fixture(scope="module")
def of_the_client(requests: list[Sent]) -> dict[str, Any]:
    """What the client sends if it is called with the same arguments, and its JSON Schemas."""
    calls = [
        [each.operation, *([] if each.operation in WITHOUT_ARGUMENTS else [each.arguments])]
        for each in requests
    ]
    done = run("node", FOLDER / "cognigy_requests.mjs", given=json.dumps(calls))
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def run(program: str, *arguments: object, given: str = "") -> subprocess.CompletedProcess[str]:
    found = shutil.which(program)
    assert found is not None, f"the conformance tests need {program}"
    return subprocess.run(  # noqa: S603 - our own script, or what package.json names
        [found, *map(str, arguments)],
        input=given,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )


def type_errors(requests: Iterable[Sent], folder: Path) -> list[str]:
    """What tsc has against calling the client with what these requests say."""
    (folder / "calls.ts").write_text("\n".join([*DECLARED, *map(_called, requests)]), "utf-8")
    options = {
        "strict": True,
        "noEmit": True,
        "skipLibCheck": True,
        "types": [],
        "lib": ["es2022", "dom"],
        "target": "es2022",
        "module": "commonjs",
        "moduleResolution": "node",
        "baseUrl": str(NODE_MODULES),
    }
    config = folder / "tsconfig.json"
    config.write_text(json.dumps({"compilerOptions": options, "files": ["calls.ts"]}), "utf-8")
    done = run("node", NODE_MODULES / "typescript" / "bin" / "tsc", "--project", config)
    errors = [line for line in done.stdout.splitlines() if ": error TS" in line]
    assert bool(errors) == bool(done.returncode), done.stdout
    return errors


def _called(request: Sent) -> str:
    if request.operation in WITHOUT_ARGUMENTS:
        return f"client.{request.operation}();"
    typed = {name: v for name, v in request.arguments.items() if name not in UNTYPED}
    return f"client.{request.operation}({json.dumps(typed)});"


def test_every_route_that_we_use_is_among_the_requests(requests: list[Sent]) -> None:
    used = {(method, re.sub(r"\{\w+\}", "{}", path)) for method, path in OPERATIONS}
    assert used == set(openapi.ROUTES)
    assert {each.route for each in requests} == set(OPERATIONS)


def test_the_client_sends_the_same(requests: list[Sent], of_the_client: dict[str, Any]) -> None:
    theirs = [Sent(**each) for each in of_the_client["sent"]]
    ours = [each.as_the_client_sends_it() for each in requests]
    assert len(theirs) == len(ours)
    for mine, its in zip(ours, theirs, strict=True):
        # The client sends some GETs with a body, and we never do.
        is_read = mine.method == "GET"
        assert mine.body is None or not is_read
        assert mine == (replace(its, body=None) if is_read else its)


def test_the_types_of_the_client_accept_them(requests: list[Sent], tmp_path: Path) -> None:
    assert type_errors(requests, tmp_path) == []


def test_its_schemas_accept_the_bodies_that_they_describe(
    requests: list[Sent], of_the_client: dict[str, Any]
) -> None:
    described = [each for each in requests if each.operation in SCHEMAS]
    assert {each.operation for each in described} == set(SCHEMAS)
    for each in described:
        assert violations(each, of_the_client["schemas"]) == []


def test_an_id_of_the_wrong_kind_violates_a_schema(
    requests: list[Sent], of_the_client: dict[str, Any]
) -> None:
    run = _first(requests, "schedulePlaybook")
    swapped = replace(run, body={**run.body, "localeId": run.body["entrypoint"]})
    assert violations(swapped, of_the_client["schemas"]) != []


@pytest.mark.parametrize(
    ("operation", "former", "misspelled"),
    [
        ("createSlotFiller", "contextKey", "context_key"),
        ("updateSlotFiller", "type", "kind"),
        ("trainIntents", "localeId", "locale"),
        ("schedulePlaybook", "flowId", "flow"),
        ("indexSlotFillers", "skip", "offset"),
        ("indexFlows", "projectId", "project"),
    ],
)
def test_a_misspelled_name_would_be_found(
    requests: list[Sent], tmp_path: Path, operation: str, former: str, misspelled: str
) -> None:
    sent = next(each for each in requests if each.operation == operation and former in each.given)
    broken = replace(
        sent,
        query=_renamed(sent.query, former, misspelled),
        body=_renamed(sent.body, former, misspelled),
    )
    (error,) = type_errors([broken], tmp_path)
    assert misspelled in error or former in error


def _first(requests: list[Sent], operation: str) -> Sent:
    return next(each for each in requests if each.operation == operation)


def _renamed(values: Any, former: str, name: str) -> Any:
    if not isinstance(values, Mapping):
        return values
    return {name if each == former else each: value for each, value in values.items()}


def violations(request: Sent, schemas: Mapping[str, Any]) -> list[str]:
    """What the client's JSON Schemas have against the body."""
    return [
        error.message
        for name in SCHEMAS[request.operation]
        for error in Draft7Validator(schemas[name], format_checker=FORMATS).iter_errors(
            request.body
        )
    ]
