"""Runs of a fleet as text for people, as Markdown for a pull request, and as OpenMetrics.

A fleet may have thousands of targets, and a report stays readable: what all targets have in common
is said once, names are listed up to a bound, and what is left out is counted.
"""
