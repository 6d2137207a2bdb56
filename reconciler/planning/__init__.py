"""The pure verbs: values in, values out.

Nothing here reads a file, a clock, the environment or the network: planning and ports are
siblings, so no I/O can even be handed in. In the order in which a plan comes about:

    validate     rules across slots: examples, dependencies; slot_patterns, pattern_faults and
                 unintended within one, by an analysis that ends
    difference   what is to be created, updated, deleted
    obstacles    what stands in the way
    planner      the plan, with fields from diff; order, what comes before what, by graph and names
    rejections   what of it the gate has rejected before
    limits       a plan that may be applied; staleness, whether a saved one still holds
    gates        how each slot is judged
    review       what a plan does beside its changes; safety, what weakens the safety itself
    history      what the ledger says of earlier runs, by fold; chain and damage, if it is whole
    unsettled    what earlier runs left open; causes, why slots differ from what they left
"""
