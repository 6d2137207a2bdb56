"""Mistakes that someone could make in the package: each breaks an invariant, and is caught.

A break patches our own modules, which no other test does: here, the simulation is under test.
"""
