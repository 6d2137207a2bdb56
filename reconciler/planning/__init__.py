"""The pure verbs: values in, values out.

Nothing here reads a file, a clock, the environment or the network: planning and ports are
siblings, so no I/O can even be handed in. In the order in which a plan is made:

    validate     rules across slots: examples, dependencies; own_examples, slot_patterns,
                 unintended and, in the API's dialect, pattern_faults or javascript and
                 regex_faults within one, by an analysis with a budget
    difference   what to create, update and delete
    obstacles    what prevents a plan
    planner      the plan, with fields from diff; order, the order of changes, by graph and names
    rejections   which of its changes the gate has rejected before; fleet_quarantine, those that it
                 has rejected in another target
    limits       whether a plan may be applied; staleness, whether a saved one still holds
    estimate     how long an apply of it will take
    review       what a plan does apart from its changes; safety_changes, what weakens safety itself
    effects      what its changes mean to the texts that slots take: meaning compares the takers of
                 a slot's contents, and a trial confirms each text before it is shown
    overlaps     what it makes two slots both take, by what they have in_common
    explaining   what a slot takes, and what it does with a text
    history      the ledger's record of earlier runs, by fold; chain and damage, if it is intact
    status       how a slot stands in an environment; live_difference, how two of them differ
    rollout      in which order the targets of a fleet are changed, and when no more are
    left_open    what earlier runs left open; causes, why slots differ from that
"""
