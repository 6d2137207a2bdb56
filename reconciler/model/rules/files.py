"""What the files of a slots folder must keep, whatever they say."""

from __future__ import annotations

from reconciler.model.problem import Severity
from reconciler.model.rule import Rule

MERGE_CONFLICT = Rule(
    id="merge-conflict",
    severity=Severity.ERROR,
    summary="The file contains an unresolved merge conflict.",
)
BYTE_ORDER_MARK = Rule(
    id="byte-order-mark",
    severity=Severity.ERROR,
    summary="The file contains an invisible byte order mark after its beginning.",
)
NOT_UTF8 = Rule(
    id="not-utf8",
    severity=Severity.ERROR,
    summary="The file is not encoded in UTF-8.",
)
EMPTY_FILE = Rule(
    id="empty-file",
    severity=Severity.ERROR,
    summary="The file describes no slot.",
)
FILE_TOO_LARGE = Rule(
    id="file-too-large",
    severity=Severity.ERROR,
    summary="The file is larger than 8 MiB.",
)
UNREADABLE = Rule(
    id="unreadable",
    severity=Severity.ERROR,
    summary="The file cannot be read.",
)
OUTSIDE_FOLDER = Rule(
    id="outside-folder",
    severity=Severity.ERROR,
    summary="A symbolic link leads out of the slots folder.",
)
MISPLACED_SETTINGS = Rule(
    id="misplaced-settings",
    severity=Severity.ERROR,
    summary="A `reconciler.yaml` is not at the root of the slots folder.",
)
IGNORED_FILE = Rule(
    id="ignored-file",
    severity=Severity.WARNING,
    summary="The file is not read, because its suffix is not in lower case.",
)
TOO_MANY_PROBLEMS = Rule(
    id="too-many-problems",
    severity=Severity.ERROR,
    summary="The file has more problems than are listed.",
)
