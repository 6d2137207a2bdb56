"""Slots of the usual size, like those in `slots/`, without examples; they are numbered from 0."""

from __future__ import annotations

from typing import Any


def slot_id(number: int) -> str:
    return f"slot_{number:06}"


def slot_text(number: int) -> str:
    """The slot as a file declares it."""
    first, second = patterns(number)
    return (
        f"slot_id: {slot_id(number)}\n"
        f"name: order_number_{number}\n"
        "type: regex\n"
        "patterns:\n"
        f"  - {first}\n"
        f"  - {second}\n"
        "fill_strategy: bestMatch\n"
        f"dependencies: [{', '.join(dependencies(number))}]\n"
        "description: What the order system calls an order\n"
        "gate: {min_success_rate: 0.80}\n"
    )


def slot_document(number: int, **fields: Any) -> dict[str, Any]:
    """The same slot as the tenant sends it, except for these fields."""
    return {
        "slotId": slot_id(number),
        "name": f"order_number_{number}",
        "type": "regex",
        "patterns": patterns(number),
        "fillStrategy": "bestMatch",
        "dependencies": dependencies(number),
        **fields,
    }


def patterns(number: int) -> list[str]:
    return [f"^[A-Z]{{2}}-{number}-\\d{{4,6}}$", f"^ORD{number}-\\d{{5}}$"]


def dependencies(number: int) -> list[str]:
    """The two slots before it within each ten, which makes at least three waves."""
    return [slot_id(number - 1), slot_id(number - 2)] if number % 10 > 1 else []
