"""The page about fleets, and what the pages about JSON and the examples say of them."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from itertools import combinations
from pathlib import Path
from typing import Any

import kubernetes_validate  # type: ignore[import-untyped]
import pytest
import yaml

from reconciler.cli.fleet import SUMMARIES
from reconciler.formats.fleet import fleet_json
from reconciler.formats.fleet_status import fleet_status_json
from reconciler.model.fleet_history import PlannedStep
from reconciler.model.fleet_run import Halt, TargetStatus
from reconciler.model.fleet_status import FleetStatus
from reconciler.operations.docs import page
from reconciler.reports.fleet import openmetrics, worker_metrics
from reconciler.reports.openmetrics import Family
from tests.cli.conftest import Shell
from tests.docs.conftest import ROOT, blocks
from tests.docs.test_json import documented, shape
from tests.reports.fleet_examples import APPLIED, PLANNED
from tests.support.command_table import COMMANDS_JSON
from tests.support.fleet_chain import Chain, result
from tests.support.fleet_folder import slot_text, write

EXAMPLES = ROOT / "reconciler" / "docs" / "examples"
UNIT = EXAMPLES / "systemd" / "reconciler-fleet-worker@.service"
DEPLOYMENT = EXAMPLES / "kubernetes" / "fleet-worker.yaml"
DASHBOARD: dict[str, Any] = json.loads(
    (EXAMPLES / "grafana" / "fleet.json").read_text(encoding="utf-8")
)
SUFFIXES = {"counter": ("_total",), "histogram": ("_bucket", "_count", "_sum"), "gauge": ("",)}
FAMILIES = (*openmetrics.FAMILIES, *worker_metrics.FAMILIES)


def options_of(command: str) -> set[str]:
    """The options of a command of the fleet, as the table for completion has them."""
    table = json.loads((ROOT / COMMANDS_JSON).read_text(encoding="utf-8"))
    return set(table["commands"]["fleet"]["commands"][command]["options"])


def test_the_example_of_a_fleet_is_valid(shell: Shell) -> None:
    (fleet,) = blocks(page("fleet"), "yaml")
    write(shell.folder, "slots/order.yaml", slot_text("slot_order"))
    write(
        shell.folder,
        "customers/bond.yaml",
        "targets:\n  - {tenant: bond, labels: {region: us}, environments: {production: }}\n",
    )
    write(shell.folder, "fleet.yaml", fleet)
    done = shell.run("fleet", "validate", "--strict")
    assert done.returncode == 0, done.stdout


def test_the_page_names_only_commands_and_options_that_exist() -> None:
    named = re.findall(r"reconciler fleet ([a-z]+)([^#\n`|;>]*)", page("fleet"))
    assert {name for name, _ in named} <= set(SUMMARIES)
    for name, words in named:
        assert set(re.findall(r"--[a-z-]+", words)) <= options_of(name), name


def test_a_run_has_the_keys_on_the_page() -> None:
    groups = tuple(PLANNED.groups[:1])
    real = json.loads(fleet_json(APPLIED.model_copy(update={"groups": groups})))
    shown = documented("fleet")
    for document in (real, shown):
        for each in document["groups"]:
            each["plan"] = {}
        for each in document["targets"]:
            each["summary"] = {}
    assert shape(real) == shape(shown)


def test_a_status_has_the_keys_on_the_page() -> None:
    chain = Chain()
    chain.start("run_1", PlannedStep(targets=2))
    chain.end(result("acme/live", TargetStatus.REJECTED))
    chain.halt(Halt(step=1, reason="why"))
    status = FleetStatus(at=chain.now, history=chain.history)
    assert shape(json.loads(fleet_status_json(status))) == shape(documented("fleet status"))


def test_the_statuses_are_those_on_the_page() -> None:
    section = page("json").partition("\n## fleet\n")[2].partition("\n## ")[0]
    (sentence,) = re.findall(r"`status` is one of (.*?)\n\n", section, flags=re.DOTALL)
    assert set(re.findall(r"`([a-z_]+)`", sentence)) == {each.value for each in TargetStatus}


def samples(family: Family) -> set[str]:
    return {f"{family.name}{suffix}" for suffix in SUFFIXES[family.kind]}


def expressions() -> list[str]:
    return [target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"]]


def test_the_dashboard_queries_only_metrics_and_labels_that_exist() -> None:
    known = {name: family for family in FAMILIES for name in samples(family)}
    found = re.findall(r"(reconciler_\w+)(?:\{([^}]*)\})?", "\n".join(expressions()))
    assert {name for name, _ in found} <= set(known)
    assert len({name for name, _ in found}) > len(FAMILIES) / 2
    for name, matchers in found:
        assert set(re.findall(r"(\w+)=", matchers)) <= set(known[name].labels)
    labels = {label for family in FAMILIES for label in family.labels} | {"le"}
    for grouped in re.findall(r"by \(([^)]*)\)", "\n".join(expressions())):
        assert {each.strip() for each in grouped.split(",")} <= labels


def test_the_dashboard_has_what_grafana_needs() -> None:
    assert {"uid", "title", "schemaVersion", "panels", "time", "templating"} <= set(DASHBOARD)
    (source,) = DASHBOARD["__inputs"]
    assert (source["type"], source["pluginId"]) == ("datasource", "prometheus")
    panels = DASHBOARD["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    for panel in panels:
        assert panel["title"]
        assert panel["type"]
        assert panel["description"].endswith(".")
        assert len({each["refId"] for each in panel["targets"]}) == len(panel["targets"])
        for part in (panel, *panel["targets"]):
            assert part["datasource"] == {
                "type": "prometheus",
                "uid": f"${{{source['name']}}}",
            }
    required = {each["id"] for each in DASHBOARD["__requires"] if each["type"] == "panel"}
    assert required == {panel["type"] for panel in panels}


def test_the_panels_of_the_dashboard_do_not_overlap() -> None:
    places = [panel["gridPos"] for panel in DASHBOARD["panels"]]
    assert all(each["x"] >= 0 and each["x"] + each["w"] <= 24 for each in places)
    for one, other in combinations(places, 2):
        beside = one["x"] + one["w"] <= other["x"] or other["x"] + other["w"] <= one["x"]
        below = one["y"] + one["h"] <= other["y"] or other["y"] + other["h"] <= one["y"]
        assert beside or below, (one, other)


def verified(unit: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own arguments
        ["systemd-analyze", "verify", "--man=no", str(unit)],  # noqa: S607
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze")
def test_systemd_accepts_the_unit_for_a_pool(tmp_path: Path) -> None:
    text = UNIT.read_text(encoding="utf-8")
    good, bad = tmp_path / UNIT.name.replace("@", "@eu"), tmp_path / "bad@eu.service"
    good.write_text(text, encoding="utf-8")
    bad.write_text(text.replace("KillMode=mixed", "KillMode=gently"), encoding="utf-8")
    assert bad.name in verified(bad).stderr, "otherwise it looks at nothing here"
    done = verified(good)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_unit_runs_a_worker_that_stops_politely_and_starts_again() -> None:
    text = UNIT.read_text(encoding="utf-8").replace("\\\n", "")
    (command,) = re.findall(r"^ExecStart=(.*)$", text, flags=re.MULTILINE)
    assert command.startswith("/usr/bin/env reconciler fleet worker --pool %i ")
    assert set(re.findall(r"--[a-z-]+", command)) <= options_of("worker")
    settings = dict(re.findall(r"^([A-Z]\w+)=(.*)$", text, flags=re.MULTILINE))
    assert (settings["Restart"], settings["DynamicUser"]) == ("always", "yes")
    assert settings["ProtectSystem"] == "strict"
    assert "COGNIGY_FLEET=" not in text, "a URL may hold a password"


def resources() -> list[dict[str, Any]]:
    return list(yaml.safe_load_all(DEPLOYMENT.read_text(encoding="utf-8")))


@pytest.mark.parametrize("version", ["1.31", kubernetes_validate.latest_version()])
def test_kubernetes_accepts_the_deployment_strictly(version: str) -> None:
    for resource in resources():
        kubernetes_validate.validate(resource, version, strict=True)
    broken = {**resources()[0], "replica": 2}
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(broken, version, strict=True)


def test_the_deployment_runs_a_worker_without_rights() -> None:
    deployment, policy = resources()
    spec = deployment["spec"]["template"]["spec"]
    (container,) = spec["containers"]
    assert container["command"] == ["reconciler"]
    assert container["args"][:2] == ["fleet", "worker"]
    given = {each.partition("=")[0] for each in container["args"][2:]}
    assert given <= options_of("worker")
    assert spec["securityContext"]["runAsNonRoot"] is True
    assert spec["automountServiceAccountToken"] is False
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert {"requests", "limits"} == set(container["resources"])
    assert spec["terminationGracePeriodSeconds"] == 1200
    volumes = {each["name"] for each in spec["volumes"]}
    assert {each["name"] for each in container["volumeMounts"]} == volumes
    labels = deployment["spec"]["template"]["metadata"]["labels"]
    assert deployment["spec"]["selector"]["matchLabels"] == labels
    assert policy["spec"]["podSelector"]["matchLabels"] == labels
    assert "password" not in json.dumps(container["args"]).lower()
