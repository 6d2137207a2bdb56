"""The dialect of Cognigy.AI's REST API v2.0, `cognigy-v2`.

What a playbook measures is computed, never invented: each slot filler of the flow, as it was last
trained, runs on the text of each step (`extraction`), with the semantics of JavaScript for a regex
(`expressions`), and the asserts of the step judge the context that results (`asserts`). What is not
documented is a setting, or is said to be a guess.

    tenant ──▶ directory, slotfillers, training, tasks, playbooks, snapshots     the routes
                  │                       │         │         │
                  ▼                       ▼         ▼         ▼
                world, filler_fields   extraction  agenda   conversation, asserts

`world` has every object, `agenda` what will happen without a request, `mishaps` what the settings
let go wrong. `state` makes one document of everything, which `storage` keeps.
"""
