"""Names that change hands within a plan. Many tenants require unique names, and nobody wants two
live slots of one name for as long as a gate takes: what takes a name waits for what frees it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from reconciler.model.listed import listed
from reconciler.model.lookalikes import composed
from reconciler.planning.difference import Difference


@dataclass(frozen=True)
class Handover:
    """`taker` is to get the `name` that `holder` has live. `freed` says whether the plan takes it
    from that one."""

    name: str
    taker: str
    holder: str
    freed: bool

    def __str__(self) -> str:
        return f"{self.taker} takes {self.name!r} from {self.holder}"


def handovers(difference: Difference) -> Iterator[Handover]:
    """Every one that the plan asks for, by taker and holder."""
    holders: dict[str, list[str]] = defaultdict(list)
    for slot_id, slot in difference.live.items():
        if slot.content.name is not None:
            holders[composed(slot.content.name)].append(slot_id)
    for taker in sorted(difference.to_write):
        name = _wanted(taker, difference)
        if name is None or taker in holders.get(name, ()):
            continue
        for holder in sorted(holders.get(name, ())):
            freed = holder in difference.to_delete or (
                holder in difference.to_write and _wanted(holder, difference) != name
            )
            yield Handover(name=name, taker=taker, holder=holder, freed=freed)


def names_shared(
    found: list[Handover], *, waves: Mapping[str, int], difference: Difference
) -> Iterator[str]:
    """What to tell of those after which, in this order, two live slots share a name."""
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
            "that, then the name that is wanted.",
        ),
    ):
        if shared:
            yield (
                f"{what}: {listed(str(each) for each in shared)}. Two live slots would "
                f"share a name, and a tenant that requires unique names refuses the change. {cure}"
            )


def _wanted(slot_id: str, difference: Difference) -> str | None:
    content = difference.desired[slot_id].content
    return composed(content.name) if content and content.name is not None else None
