"""What the files name in a project: flows, locales and playbooks, looked up."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import partial

from reconciler.adapters.cognigy.entrance import guarded
from reconciler.adapters.cognigy.paths import segment
from reconciler.adapters.cognigy.v2 import snapshots
from reconciler.adapters.cognigy.v2.asserts import count
from reconciler.adapters.cognigy.v2.calls import Calls, Purpose, Right
from reconciler.adapters.cognigy.v2.directory import Directory
from reconciler.adapters.cognigy.v2.index import fillers_path
from reconciler.model.check import Check, failed, passed, warned
from reconciler.model.content import FillerContent
from reconciler.model.gate import GatePolicy, PlaybookPolicy
from reconciler.model.listed import listed
from reconciler.model.project import Project


class Named:
    """Looks up what a project's files name. Every check may raise a TenantError."""

    def __init__(self, project: Project, *, calls: Calls) -> None:
        self._project = project
        self._calls = calls
        self._directory = Directory(calls)

    @property
    def unused(self) -> set[str]:
        """The resources that the files do not use at all, of those that need rights of their
        own."""
        contents = [slot.content for slot in self._project.desired.values()]
        finds = any(isinstance(each, FillerContent) and each.slot for each in contents)
        return {
            *([] if self.playbook_names else ["playbooks"]),
            *([] if finds else ["lexicons"]),
            *([] if self._project.settings.snapshot.before_apply else ["snapshots"]),
        }

    def flows(self) -> Iterator[Check]:
        """Each flow, and its list of slot fillers."""
        total = len(self._directory.flows)  # one error for all of them
        slots = self._project.desired.values()
        addresses = [slot.address.flow for slot in slots if slot.address]
        named = dict.fromkeys(filter(None, [self._project.settings.flow, *addresses]))
        if not named:
            yield passed("flows", f"The files name none; the project has {total}.")
        for each in named:
            yield from guarded(f"flow: {each}", partial(self._flow, each))

    def _flow(self, named: str) -> Iterator[Check]:
        flow = self._directory.flow(named)
        purpose = Purpose(about=f"Listing the slot fillers of {flow.name}", right=Right.READ_FLOWS)
        fillers = self._calls.all(fillers_path(flow), purpose=purpose, of_project=False)
        found = f"Found; slot fillers: {len(fillers)}."
        if self._directory.is_out_of_date(flow):
            yield warned(
                f"flow: {named}",
                f"{found} Its training is out of date, so an apply also trains what others have "
                "edited there.",
                hint="Train it in the console first, so that playbooks judge our changes alone.",
            )
        else:
            yield passed(f"flow: {named}", f"{found} It is trained.")

    def locales(self) -> Iterator[Check]:
        """Those of the project, and each that a gate names and that is not there."""
        names = listed(each.name for each in self._directory.locales)
        primary = self._directory.primary_locale.name
        yield passed("locales", f"Found {names}; {primary} is primary.")
        wanted = [each for policy in self._policies for each in policy.locales]
        for named in dict.fromkeys(wanted):
            reason = self._directory.reason_no_locale(named)
            if reason:
                yield failed(
                    f"locale: {named}",
                    f"{reason[:1].upper()}{reason[1:].rstrip('.')}.",
                    hint="Correct gate.locales.",
                )

    def allowed_locales(self, allowed: Collection[str]) -> Iterator[Check]:
        """Whether our user may use every locale, by the ids of those that the user may."""
        locales = self._directory.locales
        others = [each.name for each in locales if not {each.id, each.reference_id} & {*allowed}]
        if others:
            yield warned(
                "right: use locales",
                f"Not granted for {listed(others)}, but `apply` trains every locale of the "
                "project.",
                hint="Allow the user of the API key to use them in this project, unless this key "
                "is only for planning.",
            )
        else:
            yield passed(
                "right: use locales", "Granted for every locale; `apply` trains each of them."
            )

    def playbooks(self) -> Iterator[Check]:
        """Each playbook, and whether it measures anything; and slots that none judges."""
        total = len(self._directory.playbooks)
        unjudged = [
            slot_id
            for slot_id, gate in self._project.gates.items()
            if gate.policy.enabled and not _playbooks_of(gate.policy)
        ]
        if unjudged:
            yield warned(
                "playbooks",
                f"No playbook judges {listed(sorted(unjudged))}, so `apply` would refuse them.",
                hint="Name playbooks in gate.playbooks, or say gate: {enabled: false}.",
            )
        elif not self.playbook_names:
            yield passed("playbooks", f"The files name none; the project has {total}.")
        for each in self.playbook_names:
            yield from guarded(f"playbook: {each}", partial(self._playbook, each))

    def _playbook(self, named: str) -> Iterator[Check]:
        name = f"playbook: {named}"
        playbook = self._directory.playbook(named)
        purpose = Purpose(about=f"Reading the playbook {named}", right=Right.READ_PLAYBOOKS)
        definition = self._calls.get(f"/playbooks/{segment(playbook.id)}", purpose=purpose)
        asserts = count(definition)
        if asserts:
            yield passed(name, f"Found; asserts: {asserts}.")
        else:
            yield failed(
                name,
                "Found, but without asserts, so it measures nothing.",
                hint="Add asserts to its steps in the console.",
            )

    def snapshots(self) -> Iterator[Check]:
        """Whether there is room for another one, if an apply takes one."""
        settings = self._project.settings.snapshot
        if not settings.before_apply:
            return
        total = len(snapshots.present(self._calls))
        found = f"The project has {total} of at most {settings.max_snapshots}"
        if total < settings.max_snapshots:
            yield passed("snapshots", f"{found}.")
        else:
            yield warned(
                "snapshots",
                f"{found}, so `apply` cannot take one and would be refused.",
                hint=snapshots.MAKE_ROOM,
            )

    @property
    def _policies(self) -> list[PlaybookPolicy]:
        policies = [gate.policy for gate in self._project.gates.values()]
        policies.append(self._project.settings.gate)
        return [each for each in policies if isinstance(each, PlaybookPolicy) and each.enabled]

    @property
    def playbook_names(self) -> list[str]:
        """The playbooks of all gates that are on."""
        return list(dict.fromkeys(each for policy in self._policies for each in policy.playbooks))


def _playbooks_of(policy: GatePolicy) -> tuple[str, ...]:
    return policy.playbooks if isinstance(policy, PlaybookPolicy) else ()
