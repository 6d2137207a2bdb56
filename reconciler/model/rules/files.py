"""Rules for the files of a slots folder and of a fleet, before their content is looked at."""

from __future__ import annotations

from reconciler.model.problem import Severity
from reconciler.model.rule import Example, Rule

MERGE_CONFLICT = Rule(
    id="merge-conflict",
    severity=Severity.ERROR,
    summary="The file contains an unresolved merge conflict.",
    why="""
        Git left both versions of these lines in the file, with markers around them. Within a
        block of text the markers are even valid YAML: both versions, and `<<<<<<< HEAD`, would go
        to the tenant as patterns.
    """,
    fix="""
        Decide which version is right, or combine the two, and delete the lines that begin with
        `<<<<<<<`, `|||||||`, `=======` and `>>>>>>>`.
    """,
    example=Example(
        bad="""
            <<<<<<< HEAD
            fill_strategy: strict
            =======
            fill_strategy: bestMatch
            >>>>>>> order-numbers
        """,
        good="""
            fill_strategy: bestMatch
        """,
    ),
)
BYTE_ORDER_MARK = Rule(
    id="byte-order-mark",
    severity=Severity.ERROR,
    summary="The file contains an invisible byte order mark after its beginning.",
    why="""
        A byte order mark (U+FEFF) is invisible, and becomes part of the key or value next to it:
        a key that begins with one is not `slot_id`, and a pattern that contains one
        never matches what a user types. It is left where files that begin with one were joined,
        as by `cat a.yaml b.yaml`.
    """,
    fix="""
        Delete the character at the place that the message gives, and save the files that were
        joined as UTF-8 without a byte order mark.
    """,
)
NOT_UTF8 = Rule(
    id="not-utf8",
    severity=Severity.ERROR,
    summary="The file is not encoded in UTF-8.",
    why="""
        The bytes alone do not say which encoding they are in. If it were guessed, the pattern
        `^Café$` could reach the tenant as `^CafÃ©$`, which matches nothing that users type.
    """,
    fix="""
        Save the file as UTF-8 in your editor, or convert it:
        `iconv -f WINDOWS-1252 -t UTF-8 old.yaml > new.yaml`, where `-f` names its current encoding.
    """,
)
EMPTY_FILE = Rule(
    id="empty-file",
    severity=Severity.ERROR,
    summary="The file describes no slot, or no target.",
    why="""
        The file is empty or has only comments. A file that was emptied by accident would leave its
        slot unmanaged: `drift` would no longer report it, and `--prune` could delete it.
    """,
    fix="""
        Restore the slot, or delete the file. To delete the slot from the tenant, write its
        `slot_id` and `state: absent`. To keep a draft that is not read, begin the file's name
        with `_`.
    """,
)
FILE_TOO_LARGE = Rule(
    id="file-too-large",
    severity=Severity.ERROR,
    summary="The file is larger than 8 MiB.",
    why="""
        A slot takes a few hundred bytes. A file of this size is most likely an export or a log
        that ended up in the folder, and reading it could take minutes and gigabytes of memory on
        every run.
    """,
    fix="""
        Move the file out of the slots folder, or begin its name with `_`, so that it is not read.
        If it really holds slots, split it: one slot a file is easiest to review.
    """,
)
UNREADABLE = Rule(
    id="unreadable",
    severity=Severity.ERROR,
    summary="The file cannot be read.",
    why="""
        You lack the permission, or it is a broken link, a pipe or a device rather than a file. If
        it were skipped, its slots would count as unmanaged, and a run that looks complete would
        not be.
    """,
    fix="""
        Look at it with `ls -l`. Make it readable (`chmod u+r`), repair or remove the link, or
        replace what is not a regular file.
    """,
)
OUTSIDE_FOLDER = Rule(
    id="outside-folder",
    severity=Severity.ERROR,
    summary="A symbolic link leads out of the slots folder, or of that of `fleet.yaml`.",
    why="""
        A link can lead to any file that the machine can read. A pull request that adds
        `slots/a.yaml` as a link to a file of the build machine could make the run print lines of
        that file in its messages.
    """,
    fix="""
        Replace the link with a copy of the file, or move the file into the slots folder and link
        to it there. A link whose name begins with `_` is not followed.
    """,
)
MISPLACED_SETTINGS = Rule(
    id="misplaced-settings",
    severity=Severity.ERROR,
    summary="A `reconciler.yaml` is not at the root of the slots folder.",
    why="""
        Settings apply to the whole project and are read from the root of the slots folder alone.
        A `slots/billing/reconciler.yaml` looks as if it held the billing team's slots to a
        stricter gate, and would have no effect at all.
    """,
    fix="""
        Move the settings into `slots/reconciler.yaml`. To judge one slot differently, write a
        `gate` in that slot's file. A file whose name begins with `_` is not read.
    """,
)
IGNORED_FILE = Rule(
    id="ignored-file",
    severity=Severity.WARNING,
    summary="The file is not read, because its suffix is not in lower case.",
    why="""
        Only `*.yaml` and `*.yml` are read. A slot in `Order.YAML` is not managed: no plan creates
        or changes it, and `drift` does not notice when someone edits it.
    """,
    fix="""
        Rename the file (`git mv Order.YAML order.yaml`). If it should not be read, begin its name
        with `_`.
    """,
)
TOO_MANY_PROBLEMS = Rule(
    id="too-many-problems",
    severity=Severity.ERROR,
    summary="The file has more problems than are listed.",
    why="""
        Only the first thousand problems of a file are listed, so the list is not complete. That
        many problems almost always have one cause, such as wrong indentation, or a file that is
        not a slot file.
    """,
    fix="""
        Fix the first few problems and run `reconciler validate` again. If the file does not
        belong in the slots folder, move it out, or begin its name with `_`.
    """,
)
