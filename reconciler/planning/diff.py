"""Two forms of a slot → the fields that differ; the only importer of deepdiff."""

from __future__ import annotations

from deepdiff import DeepDiff

from reconciler.model.change import FieldChange
from reconciler.model.slot import CONTENT_FIELDS, CanonicalSlot


def changed_fields(
    before: CanonicalSlot | None, after: CanonicalSlot | None
) -> tuple[FieldChange, ...]:
    """The modelled fields that differ, in the order of the model.

    Compared with None, every field of the other side differs: a creation shows all that it adds, a
    deletion all that it removes.
    """
    if before == after:
        return ()
    old = before.as_json() if before else dict.fromkeys(CONTENT_FIELDS)
    new = after.as_json() if after else dict.fromkeys(CONTENT_FIELDS)
    differing = set(DeepDiff(old, new, threshold_to_diff_deeper=0).affected_root_keys)
    return tuple(
        FieldChange(field=field, before=old[field], after=new[field])
        for field in CONTENT_FIELDS
        if field in differing
    )
