"""Benchmarks, run by hand. No test asserts a time that depends on the machine."""
