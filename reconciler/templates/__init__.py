"""What `reconciler init` writes: the files of this folder, as they are.

In github/action.yml `@VERSION@` stands for the release that writes it. The workflows beside it are
this repository's own, and come here when a wheel is built.
"""
