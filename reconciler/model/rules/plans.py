"""Rules that only a plan can check, because it knows the live slots."""

from __future__ import annotations

from reconciler.model.problem import Severity
from reconciler.model.rule import Rule

UNKNOWN_TARGET = Rule(
    id="unknown-target",
    severity=Severity.ERROR,
    summary="`--target` names a slot that no file describes.",
    why="""
        A plan for a slot without a file would have nothing to do. If it simply said "No changes", a
        mistyped id would look like success, and the urgent fix would not be live.
    """,
    fix="""
        Correct the id or the name; if several slots have that name, use the id. To manage a slot
        that is live but has no file, write one with `reconciler pull --slot SLOT`.
    """,
)
UNREADABLE_SLOT = Rule(
    id="unreadable-slot",
    severity=Severity.ERROR,
    summary="A managed slot is live in a form that cannot be read.",
    why="""
        The tenant holds this slot with a field of an unknown shape, such as `patterns` that are not
        a list of text. It cannot be compared with its file, and a write could not be rolled back,
        because the former slot is not known.
    """,
    fix="""
        Correct the slot in the console and plan again, or remove its file to leave the slot
        unmanaged.
    """,
)
UNSUPPORTED_CHANGE = Rule(
    id="unsupported-change",
    severity=Severity.ERROR,
    summary="The plan would make a change that the tenant's API does not offer.",
    why="""
        Some fields of a live slot are fixed, such as the `type` of a slot filler: what becomes of
        the fields of its former type is not documented. Some slots can only be created in the
        console, because the API does not know all their fields.
    """,
    fix="""
        Give the slot its former value again. To replace it by one of another type, delete it with
        `state: absent` first, and add the new slot in a second change. Create slots that the
        message says cannot be created in the console, and write their files with
        `reconciler pull`.
    """,
)
PROTECTED = Rule(
    id="protected",
    severity=Severity.ERROR,
    summary="The plan would delete a protected slot.",
    why="""
        Somebody marked this slot as one that must never be deleted, by `protect: true` in its file
        or by `protect` in `reconciler.yaml`. The protection outlives the file, so that deleting a
        file by mistake does not delete a slot that the bot cannot do without.
    """,
    fix="""
        Restore the slot's file, or remove `state: absent` from it. If the slot should really go,
        lift its protection and apply that first, and delete the slot in a second change.
    """,
)
DELETION_IN_USE = Rule(
    id="deletion-in-use",
    severity=Severity.ERROR,
    summary="The plan would delete a slot that another still depends on.",
    why="""
        Deleting it would leave a live slot that depends on a slot that does not exist, and the
        tenant refuses any later write to such a slot. The dependent may be unmanaged, and then it
        is another team's bot that breaks.
    """,
    fix="""
        Remove the dependency from the slots that the message names, or delete those too. With
        `--target`, name them as well. If they are unmanaged, ask their owners first.
    """,
)
