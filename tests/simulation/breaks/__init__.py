"""Mistakes that somebody could make in the package: each breaks an invariant, and is caught.

A break patches our own modules, which no other test does: here they are not what is tested.
"""
