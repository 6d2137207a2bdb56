"""Rules for what a slot says about other slots."""

from __future__ import annotations

from reconciler.model.problem import Severity
from reconciler.model.rule import Example, Rule

SELF_DEPENDENCY = Rule(
    id="self-dependency",
    severity=Severity.ERROR,
    summary="A slot depends on itself.",
    why="""
        A slot is written after the slots that it depends on, and none can be written before itself.
        The id is usually left over from a file that was copied.
    """,
    fix="Remove the dependency, or replace it with the slot that was meant.",
    example=Example(
        bad="""
            slot_id: slot_order_number
            dependencies: [slot_order_number]
        """,
        good="""
            slot_id: slot_order_number
            dependencies: []
        """,
    ),
)
REPEATED_DEPENDENCY = Rule(
    id="repeated-dependency",
    severity=Severity.ERROR,
    summary="A slot lists the same dependency twice.",
    why="""
        One of the two is superfluous, or was meant to be another slot. In that case a dependency is
        missing, and the slot may be written before a slot that it needs.
    """,
    fix="Remove one of the two, or replace it with the slot that was meant.",
    example=Example(
        bad="""
            slot_id: slot_order_number
            name: order_number
            dependencies: [slot_customer_id, slot_customer_id]
            ---
            slot_id: slot_customer_id
            name: customer_id
        """,
        good="""
            slot_id: slot_order_number
            name: order_number
            dependencies: [slot_customer_id]
            ---
            slot_id: slot_customer_id
            name: customer_id
        """,
    ),
)
ABSENT_DEPENDENCY = Rule(
    id="absent-dependency",
    severity=Severity.ERROR,
    summary="A slot depends on one that is `state: absent`.",
    why="""
        The files ask to delete a slot and to keep another that needs it. The tenant refuses a slot
        whose dependency does not exist, and a deletion would leave the live slot broken.
    """,
    fix="""
        Remove the dependency, so that the slot is released before the other one is deleted, or
        keep the other one.
    """,
    example=Example(
        bad="""
            slot_id: slot_order_number
            dependencies: [slot_region_code]
            ---
            slot_id: slot_region_code
            state: absent
        """,
        good="""
            slot_id: slot_order_number
            dependencies: []
            ---
            slot_id: slot_region_code
            state: absent
        """,
    ),
)
UNKNOWN_DEPENDENCY = Rule(
    id="unknown-dependency",
    severity=Severity.WARNING,
    severity_in_plan=Severity.ERROR,
    summary="A slot depends on one that no file describes.",
    why="""
        The tenant refuses a slot whose dependency does not exist. The dependency may be live and
        unmanaged, which `validate` cannot see, so it only warns. A plan looks at the live slots: if
        it is not there either, that is an error.
    """,
    fix="""
        Correct the id, or describe the slot too: `reconciler pull --slot SLOT_ID` writes its file
        if it is live.
    """,
    example=Example(
        bad="""
            slot_id: slot_order_number
            name: order_number
            dependencies: [slot_costumer_id]
            ---
            slot_id: slot_customer_id
            name: customer_id
        """,
        good="""
            slot_id: slot_order_number
            name: order_number
            dependencies: [slot_customer_id]
            ---
            slot_id: slot_customer_id
            name: customer_id
        """,
    ),
)
UNKNOWN_WATCH = Rule(
    id="unknown-watch",
    severity=Severity.WARNING,
    severity_in_plan=Severity.ERROR,
    summary="A slot watches one that no file describes.",
    why="""
        `gate.watch` names slots that a change might harm, so that they are measured too. With a
        misspelled id that slot is not measured, and the gate lets a change pass that ruins it. The
        slot may be live and unmanaged, so `validate` only warns; if it is not live either, a plan
        refuses.
    """,
    fix="Correct the id, or remove it if the slot is gone.",
    example=Example(
        bad="""
            slot_id: slot_order_number
            name: order_number
            gate:
              watch: [slot_tiket_id]
            ---
            slot_id: slot_ticket_id
            name: ticket_id
        """,
        good="""
            slot_id: slot_order_number
            name: order_number
            gate:
              watch: [slot_ticket_id]
            ---
            slot_id: slot_ticket_id
            name: ticket_id
        """,
    ),
)
DEPENDENCY_CYCLE = Rule(
    id="dependency-cycle",
    severity=Severity.ERROR,
    summary="Dependencies form a cycle.",
    why="""
        Slots are written in the order of their dependencies, and a cycle has no first slot:
        whichever is written first, the tenant refuses it, because the one that it needs does not
        exist yet.
    """,
    fix="""
        Remove one dependency of the cycle, usually the one that was added last. If two slots really
        need one another, move what they share into a third that both depend on.
    """,
    example=Example(
        bad="""
            slot_id: slot_order_number
            name: order_number
            dependencies: [slot_return_number]
            ---
            slot_id: slot_return_number
            name: return_number
            dependencies: [slot_order_number]
        """,
        good="""
            slot_id: slot_order_number
            name: order_number
            ---
            slot_id: slot_return_number
            name: return_number
            dependencies: [slot_order_number]
        """,
    ),
)
