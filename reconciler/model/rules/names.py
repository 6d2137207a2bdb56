"""Rules that keep ids, names and other text distinguishable."""

from __future__ import annotations

from reconciler.model.problem import Severity
from reconciler.model.rule import Example, Rule

DUPLICATE_SLOT_ID = Rule(
    id="duplicate-slot-id",
    severity=Severity.ERROR,
    summary="Two files describe slots with the same `slot_id`.",
    why="""
        A slot has one desired state; if two files describe it, nobody can tell which one is meant.
        It usually happens when a file is copied to start a new slot: the copy would overwrite the
        first slot instead of creating another.
    """,
    fix="""
        Give the new slot an id of its own. If both files mean the same slot, merge them into one.
    """,
    example=Example(
        bad="""
            slot_id: slot_order_number
            name: order_number
            ---
            slot_id: slot_order_number
            name: return_number
        """,
        good="""
            slot_id: slot_order_number
            name: order_number
            ---
            slot_id: slot_return_number
            name: return_number
        """,
    ),
)
DUPLICATE_NAME = Rule(
    id="duplicate-name",
    severity=Severity.ERROR,
    summary="Two slots have the same name.",
    why="""
        Authors of flows choose a slot by its name, and cannot tell two of one name apart. Many
        tenants refuse the second one, but only in the middle of an apply. Names are compared in
        Unicode's composed form, so that `é` counts as one letter however it is encoded. Under
        `api: cognigy-v2`, a name is used once in its flow.
    """,
    fix="Give one of the two slots another name.",
    example=Example(
        bad="""
            slot_id: slot_order_number
            name: number
            ---
            slot_id: slot_customer_id
            name: number
        """,
        good="""
            slot_id: slot_order_number
            name: order_number
            ---
            slot_id: slot_customer_id
            name: customer_number
        """,
    ),
)
DUPLICATE_ADDRESS = Rule(
    id="duplicate-address",
    severity=Severity.ERROR,
    summary="Two files describe the same slot filler.",
    why="""
        Under `api: cognigy-v2`, a slot filler is found by its flow and name, or by its
        `reference_id`, and `slot_id` is a key of our own. If two files lead to the same slot
        filler, one would undo what the other has done: with `state: absent` in one of them, a
        slot filler would be deleted that the other one describes.
    """,
    fix="""
        Remove one of the two files, or correct its `flow`, `name` or `reference_id`. To give a slot
        another `slot_id`, change it in the file that there is.
    """,
    example=Example(
        bad="""
            slot_id: order_number
            state: absent
            flow: Order intake
            name: number
            ---
            slot_id: number
            type: number
            flow: Order intake
        """,
        good="""
            slot_id: number
            type: number
            flow: Order intake
        """,
    ),
)
TEXT_NOT_NFC = Rule(
    id="text-not-nfc",
    severity=Severity.WARNING,
    summary="Text is not in Unicode's composed form (NFC).",
    why="""
        `é` can be one character, or an `e` followed by a combining accent. They look the same but
        are not equal: a pattern with one does not match a message with the other, and most
        keyboards type the composed one. macOS file names are a common source of the decomposed one.
    """,
    fix="""
        Type the text again, or paste the composed form that the hint gives. In an editor, look
        for a command that normalises text to NFC.
    """,
    example=Example(
        bad=r"""
            name: "cafe\u0301"
        """,
        good="""
            name: "café"
        """,
    ),
)
NAME_INVISIBLE_CHARACTER = Rule(
    id="name-invisible-character",
    severity=Severity.WARNING,
    summary="The name of a slot or flow contains an invisible character.",
    why="""
        A zero-width or control character cannot be seen, so the name is not the one that it looks
        like: a new slot would appear next to the one that is meant, and no flow is found. Such a
        character usually comes with copied text.
    """,
    fix="Type the name again, or correct it in the console first if it is live with it.",
    example=Example(
        bad=r"""
            name: "order\u200bnumber"
        """,
        good="""
            name: ordernumber
        """,
    ),
)
