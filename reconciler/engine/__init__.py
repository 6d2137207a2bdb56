"""The algorithm of an apply. It reaches everything outside only through `reconciler.ports`.

run         a run: what was left open, then a plan, batch by batch
recovery    recovering what an earlier run left open
snapshot    the tenant's snapshot before the first change
batch       changes that are made together: one, or those of a wave
baseline    the success rates just before a write
reading     slots read just before a write, and until they show what was written
attempt     one change, each step recorded before the next
write       a write whose outcome is always determined
training    training that was not part of a write
mismatch    messages about slots that are not as they were written
conclusion  stored changes trained and judged, and rolled back if they must be
gate        measurements → a verdict
judging     waiting for the verdicts on many slots at once
rollback    rolling back rejected changes
cut_off     the report of a run that a second interrupt cuts off
policy      the settings of a run
health      the current success rates of slots
fleet       the controller of many targets, each of which is a run of its own
"""
