"""The former content of a slot goes back to where its file says it, and nothing else changes."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings

from reconciler.adapters.manifests import read_manifests
from reconciler.adapters.manifests.restoring import Restorer
from reconciler.model.slot import LiveSlot
from tests.support.edited_files import edited_files


def live(folder: Path, slot_id: str) -> LiveSlot:
    """The slot as a tenant holds it once the file is applied."""
    manifests = read_manifests(folder)
    assert manifests.problems == ()
    content = manifests.desired[slot_id].content
    assert content is not None
    return LiveSlot(slot_id=slot_id, content=content)


@settings(max_examples=200)
@given(edited_files("slot_a"))
def test_an_edited_file_is_restored_byte_for_byte(edit: tuple[str, str]) -> None:
    before, after = (text.encode() for text in edit)
    with TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / "a.yaml"
        path.write_bytes(before)
        former = live(folder, "slot_a")
        path.write_bytes(after)
        restorer = Restorer(folder, existing=read_manifests(folder), environment=None)
        assert restorer.restore("slot_a", former).result.value == "refreshed"
        assert restorer.edited == {path: before}
        assert path.read_bytes() == after
