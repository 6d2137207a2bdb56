"""The nouns: frozen values, without I/O.

Nothing here reads a file, a clock, the environment or the network, and nothing here
decides: a noun knows its own parts, and verbs live in `planning` and `engine`.
"""
