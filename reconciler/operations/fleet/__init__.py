"""The use cases of a fleet: the same slots in many tenants.

files     fleet.yaml, what it includes, and the slots → a fleet that can be planned from
validate  check all of these files offline
plan      plan each target, and group those with the same changes
apply     roll out the files, step by step
drift     compare each target with the files
status    how the fleet is, as its ledger says
halt      ask a run to begin nothing new
worker    work on the targets of a pool, for runs elsewhere
init      make the queue, and its grants

selection      which targets a selector selects
saved_plan     plans in files
services       the adapters of a run
queue          the queue that a run and its workers share
running        a run, from the targets to the report
chain          how a run begins and ends in the fleet's ledger
target         one target's part of a run
at_work        which target a thread works on, for the log
actions        what is done in it
worker_counts  what a worker counts
"""
