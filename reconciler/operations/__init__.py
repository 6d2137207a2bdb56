"""The use cases: the public Python API, of which the command line is one user.

validate     check the slot files offline
plan         the ordered changes from live to desired
apply        make them, one by one, each judged by its metrics
drift        compare live with the files
watch        follow a branch: apply what it has, and look for drift
status       how every slot stands in every environment
diff         compare two environments live
pull         write live slots as slot files
revert       undo a run in the slot files
init         start a repository
environments the environments in the order in which changes reach them
doctor       examine the tenant: access, rights, and what the files name
audit        check the ledger, and read its history
audit_copy   copy a ledger out of its store, and into another
ledger_schema  make the schema of a shared ledger, and bring it up to date
explain      what a slot takes, and what it does with a text
graph        the dependency graph of the slot files
review       what a reviewer must know about a plan
rules        the rules of slot files and plans, each with the reason and the fix
schema       the JSON Schema of a slot file
completion   which slots a shell can complete, and where its script belongs

fleet        the same for many tenants: a package of its own

comment         comment on a pull request: plans, an apply or a validation
compare         compare a plan with the one that its pull request showed
drift_issue     keep one issue about drift up to date
restore_ledger  restore the ledger from an artifact
offered_revert  open a pull request that undoes what was rejected

project            slot files → a project
saved_plan         plans in files
saved_results      what the other commands printed, in files
environment_plans  the plans of all environments, as a workflow's jobs leave them

services     the adapters that they need, built from the configuration
credentials  credentials by name, from where the variables say that they lie
clocks       clocks for the threads of one process, and what stops them
connecting   connections to a tenant, whatever its API
ledger_stores  the ledger in its file or database
examination  those of an examination
workflow     the current run of a GitHub Actions workflow, built from the configuration

Each takes a typed request and returns a typed result. None depends on a terminal: confirmation,
events and interrupts come in as ports. Shared by them:

live_plan    a plan from the live slots to the files, with what the ledger adds
history      the history of an endpoint, from the ledger
former_slot  the slot that a change replaced, from the ledger alone
branch       the project at the head of a branch, and what was in sync before
outlook      what an unattended apply would do, and whether it should
run_policy   the settings of a run, from the project and the command line
forecast     how long a plan's gates will wait
health       the current success rates of its slots
"""
