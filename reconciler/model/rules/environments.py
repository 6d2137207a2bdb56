"""Rules for the environments that reconciler.yaml declares, and for what differs in them."""

from __future__ import annotations

from reconciler.model.problem import Severity
from reconciler.model.rule import Example, Rule

UNKNOWN_ENVIRONMENT = Rule(
    id="unknown-environment",
    severity=Severity.ERROR,
    summary="A file names an environment that reconciler.yaml does not declare.",
    why="""
        What a slot says for an environment counts only there. With a misspelled name, it would
        count nowhere, and the environment that was meant would get the same slot as all others. A
        target of a fleet would have none of the settings that its environment should.
    """,
    fix="""
        Correct the name, or declare the environment under `environments` in `reconciler.yaml`.
    """,
    example=Example(
        bad=r"""
            # where the project declares staging and production
            environments:
              stagging:
                patterns: ['^TEST-\d{5}$']
        """,
        good=r"""
            environments:
              staging:
                patterns: ['^TEST-\d{5}$']
        """,
    ),
)
NOT_OVERRIDABLE = Rule(
    id="not-overridable",
    severity=Severity.ERROR,
    summary="A key of a slot cannot differ between environments.",
    why="""
        An environment has the same slots as the others. Their content, `gate`, `protect` and
        `state` may differ where that is meant. Their `slot_id` is what identifies them, and their
        description and examples are for all.
    """,
    fix="""
        Move the key out of `environments`. What a slot is called in a tenant belongs under `ids`
        in `reconciler.yaml`.
    """,
    example=Example(
        bad="""
            slot_id: slot_order
            environments:
              production:
                slot_id: slot_77aa01
        """,
        good="""
            # reconciler.yaml
            environments:
              production:
                ids: {slot_order: slot_77aa01}
        """,
    ),
)
ENVIRONMENT_ID = Rule(
    id="environment-id",
    severity=Severity.ERROR,
    summary="An id under `ids` belongs to no slot, or to two.",
    why="""
        Under `ids`, an environment says which id its tenant has for a slot. Two slots with one id
        would overwrite each other in turn, with every apply. An id for a slot that no file
        describes has probably outlived it, or is misspelled.
    """,
    fix="""
        Give each slot its own id, and remove those of slots that no file describes.
    """,
    example=Example(
        bad="""
            # reconciler.yaml
            environments:
              production:
                ids: {slot_order: slot_77aa01, slot_ticket: slot_77aa01}
        """,
        good="""
            # reconciler.yaml
            environments:
              production:
                ids: {slot_order: slot_77aa01, slot_ticket: slot_77aa02}
        """,
    ),
)
PROMOTION = Rule(
    id="promotion",
    severity=Severity.ERROR,
    summary="The order in which environments are promoted is wrong.",
    why="""
        An environment with `promote_from` gets only what has passed its gate in another one. If
        that one does not exist, or waits for this one in turn, nothing would ever be planned here.
        And `soak_hours` counts from that pass, so it means nothing without `promote_from`.
    """,
    fix="""
        Name an environment that `reconciler.yaml` declares, in a fleet one of the same tenant, and
        let one of them be promoted from no other.
    """,
    example=Example(
        bad="""
            # reconciler.yaml
            environments:
              staging: {promote_from: production}
              production: {promote_from: staging}
        """,
        good="""
            # reconciler.yaml
            environments:
              staging: {}
              production: {promote_from: staging, soak_hours: 24}
        """,
    ),
)
