"""The algorithm of an apply. It meets the world through `reconciler.ports` only.

apply      a run: what was left open, then a plan, batch by batch
recovery   recovering what an earlier run left open
batch      the changes that are made together: one, or those of a wave
baseline   the success rates just before
check      is live still as planned?
reading    a slot read until it shows what was written
attempt    one change, each step recorded before the next
write      a PUT or DELETE whose outcome is always found out
mismatch   what is said of a slot that is not as it was written
conclusion stored changes judged, and what must not stand rolled back
cut_off    what is known of a change when a second interrupt stops its run
gate       measurements → a verdict
judging    the waiting for verdicts, of many slots at once
rollback   putting rejected changes back
policy     what a run judges and acts by
health     how slots fare right now
"""
