"""In which order the targets of a fleet are changed, and when no more are.

stages      which targets are in which step
policy      what to do next: begin targets, wait, or nothing more
decision    the values that say it
admission   which targets may be in hand together
progress    how far a step is

Everything here is computed from the targets, from how they ended and from the time that is passed
in. An event costs the same however large the fleet is.
"""
