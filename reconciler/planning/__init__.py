"""The pure verbs: values in, values out.

Nothing here reads a file, a clock, the environment or the network: planning and ports are
siblings, so no I/O can even be handed in.
"""
