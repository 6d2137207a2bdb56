"""The command line: one small file a command, each of which parses, calls, prints and exits."""

from reconciler.cli.main import main

__all__ = ["main"]
