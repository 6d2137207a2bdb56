"""The files that `reconciler init` writes.

In github/action.yml, `@TOOL@` is replaced by the source that `--tool` names. The workflows are this
repository's own; they are copied here when a wheel is built.
"""
