"""Measurements, run by hand. No test asserts a time of this machine."""
