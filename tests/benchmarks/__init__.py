"""Measurements, run by hand; no test asserts a time."""
