"""The algorithm of an apply. It meets the world through `reconciler.ports` only.

run         a run: what was left open, then a plan, batch by batch
recovery    recovering what an earlier run left open
batch       changes that are made together: one, or those of a wave
baseline    the success rates just before a write
reading     slots read just before a write, and until they show what was written
attempt     one change, each step recorded before the next
write       a write whose outcome is always found out
training    training that no write brought
mismatch    messages about slots that are not as they were written
conclusion  stored changes trained and judged, and rolled back if they must be
gate        measurements → a verdict
judging     waiting for the verdicts on many slots at once
rollback    rolling back rejected changes
cut_off     the report of a run that a second interrupt cuts off
policy      the settings that a run judges and acts by
health      the success rates of slots right now
"""
