"""The command line: one small module per command, which parses, calls, prints and exits."""

from reconciler.cli.main import main

__all__ = ["main"]
