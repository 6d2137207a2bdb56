"""Rules for the examples of a slot."""

from __future__ import annotations

from reconciler.model.problem import Severity
from reconciler.model.rule import Example, Rule

EXAMPLE_NOT_MATCHED = Rule(
    id="example-not-matched",
    severity=Severity.ERROR,
    summary="No pattern extracts anything from a `match` example.",
    why="""
        The file says that users write this, but it would not fill the slot. Once applied, the bot
        asks again for an order number that the user has just typed.
    """,
    fix="""
        Correct or add a pattern. If the text should not fill the slot, move it to `reject`. Case
        matters unless the strategy is `fuzzy`.
    """,
    example=Example(
        bad=r"""
            patterns:
              - ^ORD-\d{5}$
            examples:
              match: [ORD-12345, ORD 12345]
        """,
        good=r"""
            patterns:
              - ^ORD[ -]\d{5}$
            examples:
              match: [ORD-12345, ORD 12345]
        """,
    ),
)
EXAMPLE_WRONG_VALUE = Rule(
    id="example-wrong-value",
    severity=Severity.ERROR,
    summary="The patterns extract another value from a `match` example than the one it states.",
    why="""
        The slot would be filled, but with the wrong text. This is worse than an empty slot, because
        nobody asks again: a cut-off order number goes straight to the order system.
    """,
    fix="""
        Correct the patterns, or the `value` of the example. `bestMatch` takes the longest match,
        `firstMatch` that of the first pattern that matches.
    """,
    example=Example(
        bad=r"""
            patterns:
              - ORD-\d{5}
            examples:
              match:
                - {text: my order is ORD-123456, value: ORD-123456}
        """,
        good=r"""
            patterns:
              - ORD-\d{5,6}
            examples:
              match:
                - {text: my order is ORD-123456, value: ORD-123456}
        """,
    ),
)
EXAMPLE_NOT_REJECTED = Rule(
    id="example-not-rejected",
    severity=Severity.ERROR,
    summary="A pattern extracts something from a `reject` example.",
    why="""
        The file says that this text must not fill the slot, and it does. Once applied, a date or a
        price in a message could be taken for an order number, and the dialogue goes the wrong way.
    """,
    fix=r"""
        Make the pattern narrower: anchor it with `^` and `$` or `\b`, or require what sets the
        value apart. If the text may fill the slot, move it to `match`.
    """,
    example=Example(
        bad=r"""
            patterns:
              - \d{4}
            examples:
              reject: ["2024-05-01"]
        """,
        good=r"""
            patterns:
              - ^\d{4}$
            examples:
              reject: ["2024-05-01"]
        """,
    ),
)
AMBIGUOUS_EXAMPLE = Rule(
    id="ambiguous-example",
    severity=Severity.WARNING,
    summary="Two slots extract the same text from an example.",
    why="""
        A message fills both slots, and which one the dialogue uses depends on where it is. A
        customer number that is also taken for an order number looks up someone else's order.
    """,
    fix="""
        Make one of the two patterns narrower, by a prefix or a length, so that a text has one
        meaning. If the dialogue always asks for one of them by name, leave it: it is a warning.
    """,
    example=Example(
        bad=r"""
            slot_id: slot_order_number
            name: order_number
            patterns: ['^(ORD-)?\d{8}$']
            examples:
              match: ["12345678"]
            ---
            slot_id: slot_customer_id
            name: customer_id
            patterns: ['^\d{8}$']
        """,
        good=r"""
            slot_id: slot_order_number
            name: order_number
            patterns: ['^ORD-\d{8}$']
            examples:
              match: [ORD-12345678]
            ---
            slot_id: slot_customer_id
            name: customer_id
            patterns: ['^\d{8}$']
        """,
    ),
)
EXAMPLES_NOT_CHECKED = Rule(
    id="examples-not-checked",
    severity=Severity.WARNING,
    summary="Not every example was tried, because too many patterns took too long.",
    why="""
        Ten patterns each took longer than half a second to match an example, so the rest of the
        examples were not tried, to end the run in reasonable time. Slots that no longer match what
        their files promise may be among them.
    """,
    fix="""
        Fix the patterns that `pattern-too-complex` names, and validate again.
    """,
)
EXAMPLES_NOT_RUN = Rule(
    id="examples-not-run",
    severity=Severity.WARNING,
    summary="The examples of a regex were not tried, because only a JavaScript engine can run it.",
    why="""
        A few regexes cannot be run by Python with the same result, such as those that refer to a
        group within a repetition. Whether the slot extracts what its examples promise is not known.
    """,
    fix="""
        Install the engine, with `pip install "slot-reconciler[ecmascript]"` on Python 3.11 or
        newer, or write the regex without the reference.
    """,
)
EXAMPLES_NOT_COMPARED = Rule(
    id="examples-not-compared",
    severity=Severity.WARNING,
    summary="Not every example was tried on the other slots, because there are too many.",
    why="""
        Each `match` example is tried on every other slot whose patterns might match it. Patterns
        that could match anything, such as `.+`, have to be tried on every example of every slot,
        and 200,000 trials were used up. Slots that take each other's values may have gone
        unnoticed.
    """,
    fix="""
        Give patterns some fixed text, as in `^ORD-`: a pattern is tried only where its fixed text
        occurs. Or list fewer examples for each slot.
    """,
)
