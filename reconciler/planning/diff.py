"""Two forms of a slot → the fields that differ; the only importer of deepdiff."""

from __future__ import annotations

from deepdiff import DeepDiff

from reconciler.model.change import FieldChange
from reconciler.model.content import CanonicalSlot


def changed_fields(
    before: CanonicalSlot | None, after: CanonicalSlot | None
) -> tuple[FieldChange, ...]:
    """The modelled fields that differ, in the order of the model.

    Compared with None, every field of the other side differs: a creation shows all that it adds, a
    deletion all that it removes.
    """
    shown = after or before
    if shown is None:
        return ()
    old = before.as_json() if before else dict.fromkeys(shown.FIELDS)
    new = after.as_json() if after else dict.fromkeys(shown.FIELDS)
    unequal = [field for field in shown.FIELDS if old[field] != new[field]]
    if not unequal:
        return ()
    # DeepDiff takes a large part of a plan's time: it gets no equal field, does not have to align
    # lists, and builds no report, because only the names of the fields are asked for.
    differing = DeepDiff(
        {field: old[field] for field in unequal},
        {field: new[field] for field in unequal},
        threshold_to_diff_deeper=0,
        zip_ordered_iterables=True,
        view="tree",
    ).affected_root_keys
    return tuple(
        FieldChange(field=field, before=old[field], after=new[field])
        for field in unequal
        if field in differing
    )
