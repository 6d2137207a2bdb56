"""What a file's YAML must keep."""

from __future__ import annotations

from reconciler.model.problem import Severity
from reconciler.model.rule import Rule

YAML_SYNTAX = Rule(
    id="yaml-syntax",
    severity=Severity.ERROR,
    summary="The file is not valid YAML.",
)
YAML_CHARACTER = Rule(
    id="yaml-character",
    severity=Severity.ERROR,
    summary="The file contains a character that YAML does not allow.",
)
YAML_KEY = Rule(
    id="yaml-key",
    severity=Severity.ERROR,
    summary="A key is not text.",
)
YAML_VALUE = Rule(
    id="yaml-value",
    severity=Severity.ERROR,
    summary="A value is not valid for its YAML type.",
)
YAML_NUMBER = Rule(
    id="yaml-number",
    severity=Severity.ERROR,
    summary="A number such as `010`, `1:30` or `1_000` means different things to "
    "different versions of YAML.",
)
YAML_TAG = Rule(
    id="yaml-tag",
    severity=Severity.ERROR,
    summary="A value has a YAML tag.",
)
YAML_TOO_LARGE = Rule(
    id="yaml-too-large",
    severity=Severity.ERROR,
    summary="The file is nested too deeply, or its aliases expand to too many values.",
)
DUPLICATE_KEY = Rule(
    id="duplicate-key",
    severity=Severity.ERROR,
    summary="A key occurs twice in one mapping.",
)
