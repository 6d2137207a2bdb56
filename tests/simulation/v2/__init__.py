"""The same histories over version 2: a tenant model of its own, its faults, the same invariants.

scenario      what a seed draws
tenant        a model of the tenant: fillers, trainings, playbooks' runs, the API
network       the way from our client to the tenant, with faults, latency and colleagues
invariants    what must hold at every step
world         runs, crashes, restarts
convergence   how it ends once the faults are over
breaks        mistakes that the invariants must find
"""
