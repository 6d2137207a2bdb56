"""The example bot: its files, its corpus, and the live bot that it replaces."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import pytest
import yaml

from reconciler.sandbox.messages import Request
from reconciler.sandbox.v1.corpus import Corpus
from reconciler.sandbox.v1.nlu import Nlu, extract
from reconciler.sandbox.v1.seed import packaged_documents, seed
from reconciler.sandbox.v1.settings import SandboxSettings
from reconciler.sandbox.v1.slots import FILL_STRATEGIES, Document
from reconciler.sandbox.v1.store import MemoryStore
from reconciler.sandbox.v1.tenant import SandboxTenant
from tests.sandbox.v1.caller import content, put_body
from tests.support.clock import VirtualClock

FOLDER = Path(__file__).parents[3] / "slots"
FIELDS = ("name", "type", "patterns", "fillStrategy", "dependencies")
ORDER = "slot_8f3a9c2d"


@cache
def files() -> dict[str, dict[str, Any]]:
    """The slot files as written, by slot id."""
    parsed = [
        yaml.safe_load(path.read_text("utf-8"))
        for path in sorted(FOLDER.glob("*.yaml"))
        if path.name != "reconciler.yaml"
    ]
    return {slot["slot_id"]: slot for slot in parsed}


def desired() -> dict[str, Document]:
    """The slots of the files in the API's words."""
    return {
        slot_id: {
            "slotId": slot_id,
            "name": slot["name"],
            "type": slot["type"],
            "patterns": slot["patterns"],
            "fillStrategy": slot["fill_strategy"],
            "dependencies": slot.get("dependencies", []),
        }
        for slot_id, slot in files().items()
    }


def waves() -> list[set[str]]:
    sorter = TopologicalSorter({one: slot["dependencies"] for one, slot in desired().items()})
    sorter.prepare()
    found = []
    while sorter.is_active():
        ready = sorter.get_ready()
        found.append(set(ready))
        sorter.done(*ready)
    return found


@cache
def nlu() -> Nlu:
    return Nlu(Corpus.packaged())


def values(slot: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The examples to match: text, and the value in it."""
    return [
        (example, example) if isinstance(example, str) else (example["text"], example["value"])
        for example in slot["examples"]["match"]
    ]


class TestFiles:
    def test_there_are_fourteen_slots_in_four_waves(self) -> None:
        assert len(files()) == 14
        assert [len(wave) for wave in waves()] == [5, 3, 4, 2]

    def test_dependencies_stay_within_the_bot(self) -> None:
        for slot in desired().values():
            assert set(slot["dependencies"]) <= set(desired())

    def test_every_strategy_and_more_than_one_type_appear(self) -> None:
        assert {slot["fillStrategy"] for slot in desired().values()} == set(FILL_STRATEGIES)
        assert {slot["type"] for slot in desired().values()} == {"regex", "list"}

    def test_the_order_number_is_the_one_from_the_vendor_guide(self) -> None:
        assert desired()[ORDER] == {
            "slotId": ORDER,
            "name": "order_number",
            "type": "regex",
            "patterns": [r"^[A-Z]{2}-\d{4,6}$", r"^ORD-\d{5}$"],
            "fillStrategy": "bestMatch",
            "dependencies": ["slot_customer_id", "slot_region_code"],
        }

    @pytest.mark.parametrize("slot_id", files())
    def test_a_file_is_named_after_its_slot_and_has_a_description_and_examples(
        self, slot_id: str
    ) -> None:
        slot = files()[slot_id]
        assert (FOLDER / f"{slot['name']}.yaml").is_file()
        assert slot["description"]
        assert len(slot["examples"]["match"]) >= 2
        assert len(slot["examples"]["reject"]) >= 2

    @pytest.mark.parametrize("slot_id", files())
    def test_patterns_are_short_and_plain(self, slot_id: str) -> None:
        for pattern in desired()[slot_id]["patterns"]:
            assert len(pattern) <= 50
            re.compile(pattern)
            # Only what Python and ECMAScript share: no groups with a question mark, no \A or \Z.
            assert not re.search(r"\(\?|\\[^dw.+]|[^\x20-\x7e]", pattern)

    @pytest.mark.parametrize("slot_id", files())
    def test_examples_are_extracted_and_rejected_as_written(self, slot_id: str) -> None:
        slot = desired()[slot_id]
        for text, value in values(files()[slot_id]):
            assert extract([slot], text) == {slot_id: value}
        for text in files()[slot_id]["examples"]["reject"]:
            assert isinstance(text, str)
            assert extract([slot], text) == {}

    @pytest.mark.parametrize("slot_id", files())
    def test_no_slot_extracts_from_the_examples_of_another(self, slot_id: str) -> None:
        for other, slot in files().items():
            for text, _ in values(slot):
                assert slot_id == other or extract([desired()[slot_id]], text) == {}


class TestCorpus:
    def test_every_slot_has_enough_samples_and_some_utterances_have_no_label(self) -> None:
        utterances = Corpus.packaged().utterances
        for slot_id in desired():
            assert sum(slot_id in utterance.labels for utterance in utterances) >= 12
        assert sum(not utterance.labels for utterance in utterances) >= 10
        assert sum(len(utterance.labels) > 1 for utterance in utterances) >= 20

    def test_the_default_window_is_whole_rounds_so_that_rates_do_not_fluctuate(self) -> None:
        settings = SandboxSettings()
        arrivals = settings.window_seconds * settings.traffic_per_second
        assert arrivals % len(Corpus.packaged().utterances) == 0

    def test_labels_name_slots_that_exist(self) -> None:
        known = set(desired()) | {document["slotId"] for document in packaged_documents()}
        assert {key for one in Corpus.packaged().utterances for key in one.labels} <= known

    def test_the_desired_bot_understands_its_users(self) -> None:
        model = nlu().train(desired().values())
        rates = {slot_id: model.success_rate(slot_id) for slot_id in desired()}
        assert all(rate is not None and rate >= 0.90 for rate in rates.values()), rates
        assert any(rate is not None and rate < 1.0 for rate in rates.values())

    def test_a_missing_dash_lowers_the_rate_of_that_slot_alone(self) -> None:
        good = nlu().train(desired().values())
        patterns = [r"^[A-Z]{2}\d{4,6}$", r"^ORD\d{5}$"]
        broken = {**desired(), ORDER: {**desired()[ORDER], "patterns": patterns}}
        bad = nlu().train(broken.values())
        rate = bad.success_rate(ORDER)
        assert rate is not None and rate < 0.2
        for slot_id in set(desired()) - {ORDER}:
            assert bad.success_rate(slot_id) == good.success_rate(slot_id)


class TestLiveBot:
    def test_it_needs_creations_and_updates_and_has_unmanaged_slots(self) -> None:
        live = {document["slotId"]: document for document in packaged_documents()}
        both = set(live) & set(desired())
        changed = {
            slot_id: [name for name in FIELDS if live[slot_id][name] != desired()[slot_id][name]]
            for slot_id in both
        }
        assert len(set(desired()) - both) == 6
        assert {slot_id: fields for slot_id, fields in changed.items() if fields} == {
            "slot_ticket_id": ["patterns"],
            "slot_contact_email": ["fillStrategy"],
            "slot_delivery_date": ["dependencies"],
        }
        assert len(both) == 8
        assert set(live) - both == {
            "slot_hr_leave_type",
            "slot_store_city",
            "slot_newsletter_topic",
        }

    def test_its_dependencies_are_live_and_in_order(self) -> None:
        seen: set[str] = set()
        for document in packaged_documents():
            assert set(document["dependencies"]) <= seen
            seen.add(document["slotId"])

    def test_one_slot_is_foreign_and_one_has_an_unknown_field(self) -> None:
        live = {document["slotId"]: document for document in packaged_documents()}
        assert set(live) & SandboxSettings().foreign_slots == {"slot_hr_leave_type"}
        extra = {one for one, slot in live.items() if set(slot) - {"slotId", *FIELDS}}
        assert extra == {"slot_contact_email"}

    def test_each_step_to_the_desired_bot_passes_the_gate_and_harms_no_other_slot(self) -> None:
        store = MemoryStore()
        seed(store)
        clock = VirtualClock()
        settings = SandboxSettings(requests_per_minute=10_000)
        tenant = SandboxTenant(
            clock=clock, settings=settings, store=store, corpus=Corpus.packaged()
        )
        token = _token(tenant, settings)
        before = _rates(tenant, token, settings)
        assert before["slot_ticket_id"] < 0.85
        for slot_id in [slot_id for wave in waves() for slot_id in sorted(wave)]:
            document = desired()[slot_id]
            live = tenant.slot(slot_id)
            if live is not None and all(live[name] == document[name] for name in FIELDS):
                continue
            _put(tenant, token, document)
            clock.advance(15)
            after = _rates(tenant, token, settings)
            assert after[slot_id] >= 0.85
            untouched = set(before) - {slot_id}
            assert {one: after[one] for one in untouched} == {one: before[one] for one in untouched}
            assert after[slot_id] >= before.get(slot_id, 0.0)
            before = after
        assert set(before) >= set(desired())
        assert before["slot_ticket_id"] >= 0.90


def _token(tenant: SandboxTenant, settings: SandboxSettings) -> str:
    form = f"client_id={settings.client_id}&client_secret={settings.client_secret}"
    headers = {"content-type": "application/x-www-form-urlencoded"}
    body = f"grant_type=client_credentials&{form}".encode()
    response = tenant.handle(Request("POST", "/oauth/token", headers=headers, body=body))
    return str(content(response)["access_token"])


def _put(tenant: SandboxTenant, token: str, document: Document) -> None:
    path = f"/api/v1/slots/{document['slotId']}"
    headers = {"authorization": f"Bearer {token}"}
    body = json.dumps(put_body(document)).encode()
    response = tenant.handle(Request("PUT", path, headers=headers, body=body))
    assert response.status == 200, response.body


def _rates(tenant: SandboxTenant, token: str, settings: SandboxSettings) -> dict[str, float]:
    query = {"timeRange": "last24h", "metric": "successRate"}
    headers = {"authorization": f"Bearer {token}"}
    rates = {}
    for slot in tenant.slots():
        path = f"/api/v1/bots/{settings.bot_id}/analytics/slots/{slot['slotId']}/extraction"
        response = tenant.handle(Request("GET", path, query, headers))
        if response.status == 200:
            rates[slot["slotId"]] = content(response)["successRate"]
    return rates
