"""Declarative GitOps for the slots of NICE Cognigy bots.

Data flows one way, and imports go one way too (import-linter enforces it):

    slots/*.yaml ── manifests ──> desired ─┐
                                           ├─ planner ──> Plan ── limits ──> ApprovedPlan
    the tenant ──── cognigy ────> live ────┘                                    │
                                                                              engine
    the ledger, the webhook <── every step <────────────────────────────────────┤
                                                                                v
    JSON <── formats <───────────────────────────────────────────────────── RunReport
    text, Markdown <── reports <────────────────────────────────────────────────┘

    model       the nouns: frozen values
    patterns    regular expressions: parsing, languages, backtracking, dialects
    planning    pure verbs: validate, diff, order, plan, limit
    ports       what the engine needs from outside
    engine      the algorithm of an apply, through ports only
    github      what to write to GitHub: which comment, issue and pull request
    adapters    files, git, the tenant's HTTP API, GitHub's, the webhook, the clock
    config      variables and .env, parsed into typed values: the only reader of os.environ
    formats     our JSON documents ↔ values
    reports     values → text for people
    sandbox     a tenant for the demo and the tests; shares only the clock and the patterns
    operations  the use cases, library functions: the public Python API
    cli         commands: parse, call, print, exit code
"""

__version__ = "0.1.0"
