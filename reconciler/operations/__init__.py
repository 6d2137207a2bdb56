"""The use cases: the public Python API, of which the command line is one user.

validate     check the slot files offline
plan         the ordered changes from live to desired
apply        make them, one by one, each judged by its metrics
drift        compare live with the files
pull         write live slots as slot files
init         begin a repository
audit        check the ledger, and read its history
graph        the dependency graph of the slot files
review       what a reviewer has to know of a plan
rules        the rules of slot files and plans, each with the reason and the fix
schema       the JSON Schema of a slot file

comment         tell a pull request of a plan, an apply or a validation
compare         a plan against the one that its pull request showed
drift_issue     keep one issue about drift
restore_ledger  bring the ledger back from an artifact

project        slot files → a project
saved_plan     plans in files
saved_results  what the other commands printed, in files

services     what they meet the world through, built from the configuration
workflow     the run of a GitHub Actions workflow likewise

Each takes a typed request and returns a typed result. None knows a terminal: who is asked, who
listens and what interrupts come in as ports. Behind them:

live_plan    a plan from the live slots to the files, with what the ledger adds
history      what the ledger says of an endpoint
run_policy   what a run judges and acts by
forecast     how long a plan's gates will wait
health       how its slots fare right now
"""
