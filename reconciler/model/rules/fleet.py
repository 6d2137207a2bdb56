"""Rules for fleet.yaml and the files that it includes."""

from __future__ import annotations

from reconciler.model.problem import Severity
from reconciler.model.rule import Example, Rule

FLEET_VERSION = Rule(
    id="fleet-version",
    severity=Severity.ERROR,
    summary="`fleet.yaml` is of a version that this reconciler cannot read.",
    why="""
        A later version may mean something else with the same keys. Reading it as if it were of this
        one could change targets in another order than the file says, or others.
    """,
    fix="""
        Write `version: 1`, or install the reconciler that the file was written for.
    """,
    example=Example(
        bad="""
            # fleet.yaml
            version: 2
        """,
        good="""
            # fleet.yaml
            version: 1
        """,
    ),
)
UNMATCHED_INCLUDE = Rule(
    id="unmatched-include",
    severity=Severity.WARNING,
    summary="A glob under `include` matches no file.",
    why="""
        Its targets are not in the fleet: no plan, apply or drift check reaches them. A misspelled
        folder looks the same as one that has no customers yet.
    """,
    fix="""
        Correct the glob, which is relative to the folder of `fleet.yaml`, or remove it. Files and
        folders whose names begin with `.` or `_` are left out.
    """,
    example=Example(
        bad="""
            # fleet.yaml, next to a folder customers/
            include: [costumers/*.yaml]
        """,
        good="""
            # fleet.yaml, next to a folder customers/
            include: [customers/*.yaml]
        """,
    ),
)
DUPLICATE_TARGET = Rule(
    id="duplicate-target",
    severity=Severity.ERROR,
    summary="An environment of a tenant is declared twice.",
    why="""
        The two may say different things about one target: where it is, or which slots it gets. If
        one of them won, the other would look as if it had an effect.
    """,
    fix="""
        Remove one of the two, or correct its tenant or environment.
    """,
    example=Example(
        bad="""
            # fleet.yaml
            targets:
              - tenant: acme
                environments: {staging: {}, production: {}}
              - tenant: acme
                environments: {production: {}}
        """,
        good="""
            # fleet.yaml
            targets:
              - tenant: acme
                environments: {staging: {}, production: {}}
        """,
    ),
)
SHARED_ENDPOINT = Rule(
    id="shared-endpoint",
    severity=Severity.ERROR,
    summary="Two targets of a fleet lead to the same bot of the same tenant.",
    why="""
        Both would write to one bot, each undoing what the other did where their slots differ. Most
        often an entry was copied, and its `expect` was not changed. Targets with the same
        `credentials` have the same tenant, so only a `bot_id` tells them apart.
    """,
    fix="""
        Correct `expect` of one of them, give each its own credentials, or remove the target that is
        not meant.
    """,
    example=Example(
        bad="""
            # fleet.yaml
            targets:
              - tenant: acme
                environments:
                  staging:
                    expect: {origin: https://acme.cognigy.com, bot_id: b1}
                  production:
                    expect: {origin: https://acme.cognigy.com, bot_id: b1}
        """,
        good="""
            # fleet.yaml
            targets:
              - tenant: acme
                environments:
                  staging:
                    expect: {origin: https://acme.cognigy.com, bot_id: b1}
                  production:
                    expect: {origin: https://acme.cognigy.com, bot_id: b9}
        """,
    ),
)
PROMOTION_ORIGIN = Rule(
    id="promotion-origin",
    severity=Severity.ERROR,
    summary="A target is promoted from one that does not say which origin it expects.",
    why="""
        What a slot has proven in another environment is in the ledger of that tenant, and the
        ledger of a target is found by its origin. Without it, every change would wait for ever.
    """,
    fix="""
        Write `expect` with an `origin` for the environment that `promote_from` names.
    """,
    example=Example(
        bad="""
            # fleet.yaml
            targets:
              - tenant: acme
                environments:
                  staging: {}
                  production: {promote_from: staging}
        """,
        good="""
            # fleet.yaml
            targets:
              - tenant: acme
                environments:
                  staging:
                    expect: {origin: https://acme-stg.cognigy.com}
                  production: {promote_from: staging}
        """,
    ),
)
SLOTS_FOLDER = Rule(
    id="slots-folder",
    severity=Severity.ERROR,
    summary="The slots folder of a target does not exist, or has no slots.",
    why="""
        Nothing says which slots the target should have. As with a single project, an empty folder
        is more likely a wrong path than the wish to manage nothing.
    """,
    fix="""
        Correct `slots`, which is relative to the folder of `fleet.yaml` and within it, or add the
        slot files.
    """,
    example=Example(
        bad="""
            # fleet.yaml, next to a folder slots/
            defaults: {slots: slot/}
        """,
        good="""
            # fleet.yaml, next to a folder slots/
            defaults: {slots: slots/}
        """,
    ),
)
TOO_MANY_TARGETS = Rule(
    id="too-many-targets",
    severity=Severity.WARNING,
    summary="The fleet has more targets than `limits.max_targets` allows in one run.",
    why="""
        An apply of the whole fleet is refused; one of fewer targets, selected by their labels, is
        not. If that is not what the limit is for, a glob may match more files than it should.
    """,
    fix="""
        Raise `limits.max_targets`, or find out which targets should not be there.
    """,
    example=Example(
        bad="""
            # fleet.yaml
            limits: {max_targets: 1}
            targets:
              - tenant: acme
                environments: {staging: {}, production: {}}
        """,
        good="""
            # fleet.yaml
            limits: {max_targets: 2}
            targets:
              - tenant: acme
                environments: {staging: {}, production: {}}
        """,
    ),
)
INCOMPLETE_ROLLOUT = Rule(
    id="incomplete-rollout",
    severity=Severity.WARNING,
    summary="The steps of the rollout do not reach every target.",
    why="""
        A rollout is complete after its last step. The targets that no step has reached then keep
        what they have, and drift checks go on reporting them.
    """,
    fix="""
        Add a last step with `targets: 100%`, unless the others are meant to be left out.
    """,
    example=Example(
        bad="""
            # fleet.yaml
            rollout:
              steps: [{targets: 1%}, {targets: 10%}]
        """,
        good="""
            # fleet.yaml
            rollout:
              steps: [{targets: 1%}, {targets: 10%}, {targets: 100%}]
        """,
    ),
)
EMPTY_STEP = Rule(
    id="empty-step",
    severity=Severity.WARNING,
    summary="A step of the rollout selects no target.",
    why="""
        A step is there to find a fault before the next one spreads it. One that selects nothing
        finds none: with a misspelled label, the canaries would be changed together with all others.
    """,
    fix="""
        Correct the selector, or label the targets that the step is meant for.
    """,
    example=Example(
        bad="""
            # fleet.yaml, where canaries have the label `ring: canary`
            rollout:
              steps: [{select: ring=canari}, {targets: 100%}]
        """,
        good="""
            # fleet.yaml, where canaries have the label `ring: canary`
            rollout:
              steps: [{select: ring=canary}, {targets: 100%}]
        """,
    ),
)
UNLABELLED_TARGET = Rule(
    id="unlabelled-target",
    severity=Severity.WARNING,
    summary="A target lacks the label that `max_parallel_per` limits by.",
    why="""
        The limit is for targets with one value of the label, such as those of one region. A target
        without the label may be changed at any time, whatever else is in hand there.
    """,
    fix="""
        Label the target, or set the label for all under `defaults`.
    """,
    example=Example(
        bad="""
            # fleet.yaml
            rollout: {max_parallel_per: {label: region, limit: 5}}
            targets:
              - {tenant: acme, environments: {production: {}}}
        """,
        good="""
            # fleet.yaml
            rollout: {max_parallel_per: {label: region, limit: 5}}
            defaults: {labels: {region: eu}}
            targets:
              - {tenant: acme, environments: {production: {}}}
        """,
    ),
)
