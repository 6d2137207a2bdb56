"""The use cases of a fleet: the same slots in many tenants.

files     fleet.yaml, what it includes, and the slots → a fleet that can be planned from
validate  check all of these files offline
"""
