"""A folder with fleet.yaml, files that it includes, and slots, from only what a test is about."""

from __future__ import annotations

from pathlib import Path

SLOT = "slot_id: {0}\nname: {0}\ntype: regex\npatterns: ['^x$']\nfill_strategy: bestMatch\n"


def slot_text(slot_id: str) -> str:
    """A sound slot file."""
    return SLOT.format(slot_id)


def write_fleet(folder: Path, text: str = "", **included: str) -> Path:
    """Write fleet.yaml with `version: 1` and `text`, `customers/NAME.yaml` for each of `included`,
    and slots/ with one slot unless there are slots already; returns the path of fleet.yaml."""
    path = folder / "fleet.yaml"
    folder.mkdir(exist_ok=True)
    path.write_text(f"version: 1\n{text}", encoding="utf-8")
    for name, content in included.items():
        write(folder, f"customers/{name}.yaml", content)
    if not (folder / "slots").exists():
        write(folder, "slots/order.yaml", slot_text("slot_order"))
    return path


def write(folder: Path, name: str, text: str) -> Path:
    """Write a file, and the folders that it is in."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path
