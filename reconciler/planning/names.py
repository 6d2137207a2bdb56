"""Names that pass from one slot to another within a plan. Many tenants require unique names, and no
two live slots should share a name while a gate measures: the change that takes a name waits for the
one that frees it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from reconciler.model.content import SlotContent
from reconciler.model.listed import listed
from reconciler.model.lookalikes import composed
from reconciler.planning.difference import Difference

_Use = tuple[str, str]
"""What is trained together, within which names are used once, and the name."""


@dataclass(frozen=True)
class Handover:
    """`taker` will get the `name` that `holder` has live. `freed` says whether the plan takes it
    from `holder`."""

    name: str
    taker: str
    holder: str
    freed: bool

    def __str__(self) -> str:
        return f"{self.taker} takes {self.name!r} from {self.holder}"


def handovers(difference: Difference) -> Iterator[Handover]:
    """Every handover of the plan, sorted by taker and holder."""
    holders: dict[_Use, list[str]] = defaultdict(list)
    for slot_id, slot in difference.live.items():
        use = _use_of(slot.content)
        if use is not None:
            holders[use].append(slot_id)
    for taker in sorted(difference.to_write):
        use = desired_use(taker, difference)
        if use is None or taker in holders.get(use, ()):
            continue
        for holder in sorted(holders.get(use, ())):
            freed = holder in difference.to_delete or (
                holder in difference.to_write and desired_use(holder, difference) != use
            )
            yield Handover(name=use[1], taker=taker, holder=holder, freed=freed)


def names_shared(
    found: list[Handover], *, waves: Mapping[str, int], difference: Difference
) -> Iterator[str]:
    """Warnings about the handovers after which, in this order, two live slots share a name."""
    kept = [each for each in found if not each.freed]
    unmanaged = [each for each in kept if each.holder in difference.unmanaged]
    left = [each for each in kept if each.holder not in difference.unmanaged]
    early = [each for each in found if each.freed and waves[each.holder] >= waves[each.taker]]
    for shared, what, cure in (
        (unmanaged, "These names belong to unmanaged slots", "Choose other names."),
        (left, "This plan leaves these names in use", "Add the other slots with --target."),
        (
            early,
            "These names cannot be freed before they are taken",
            "Do it in two steps: give "
            f"{listed(dict.fromkeys(each.taker for each in early))} a temporary name and apply "
            "that, then the intended name.",
        ),
    ):
        if shared:
            yield (
                f"{what}: {listed(str(each) for each in shared)}. Two live slots would "
                f"share a name, and a tenant that requires unique names refuses the change. {cure}"
            )


def desired_use(slot_id: str, difference: Difference) -> _Use | None:
    """The name that the file gives this slot, with what it is trained with."""
    content = difference.desired[slot_id].content
    return _use_of(content) if content else None


def _use_of(content: SlotContent) -> _Use | None:
    return None if content.name is None else (content.trained_with, composed(content.name))
