"""The work of reading a fleet grows linearly with the number of targets."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from reconciler.adapters.manifests import read_manifests
from reconciler.operations.fleet.files import read_fleet
from reconciler.operations.fleet.validate import validate_fleet
from tests.planning.test_growth import calls_of
from tests.support.fleet_folder import write, write_fleet

SETTINGS = """\
include: [customers/*.yaml]
rollout:
  steps: [{select: ring=canary, bake_hours: 24}, {targets: 1%}, {targets: 100%}]
  max_parallel_per: {label: region, limit: 50}
"""
TENANT = """\
  - tenant: t{0}
    labels: {{region: eu, ring: canary}}
    environments:
      staging: {{expect: {{origin: "https://t{0}-stg.example.com", bot_id: b}}}}
      production:
        expect: {{origin: "https://t{0}.example.com", bot_id: b}}
        promote_from: staging
"""
FEW, MANY = 50, 200


def fleet_of(folder: Path, tenants: int) -> Path:
    """A fleet of so many tenants with two targets each, in files of ten tenants."""
    for first in range(0, tenants, 10):
        text = "".join(TENANT.format(number) for number in range(first, first + 10))
        write(folder, f"customers/c{first}.yaml", f"targets:\n{text}")
    return write_fleet(folder, SETTINGS)


def test_four_times_the_targets_take_four_times_the_calls(tmp_path: Path) -> None:
    paths = [fleet_of(tmp_path / str(size), size) for size in (FEW, MANY)]
    read_fleet(paths[0])  # fills the caches
    for work in (read_fleet, validate_fleet):
        small, large = (calls_of(partial(work, path)) for path in paths)
        assert large / small < 5, work


def test_a_slots_folder_is_read_once_however_many_targets_share_it(tmp_path: Path) -> None:
    path = fleet_of(tmp_path, FEW)
    assert calls_of(partial(read_fleet, path), function=read_manifests) == 1
