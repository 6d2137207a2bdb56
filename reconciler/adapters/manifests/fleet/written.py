"""What the scalars of fleet.yaml mean. Errors are pydantic's, for `wording`."""

from __future__ import annotations

import re
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError, PydanticKnownError

from reconciler.adapters.manifests.documents.shared import Text
from reconciler.adapters.manifests.wording import REFUSED
from reconciler.errors import ConfigurationError
from reconciler.model.credentials import is_credentials_name
from reconciler.model.fleet import LABEL_KEY, LABEL_VALUE, TENANT_PATTERN, Amount, Selector
from reconciler.model.pool import POOL_PATTERN
from reconciler.planning.selectors import parse_selector

_WHOLE = 100  # percent
_PERCENTAGE = re.compile(r"(?P<number>[0-9]{1,3}(\.[0-9]{1,6})?) ?%")
_AMOUNT = "should be a whole number, or a percentage such as 10%"
_Items = TypeVar("_Items", tuple[Any, ...], dict[str, Any])
_PLACEHOLDERS = ("tenant", "environment")


def _refused(why: str, *, hint: str = "") -> PydanticCustomError:
    return PydanticCustomError(REFUSED, "{why}", {"why": why, "hint": hint})


def _amount(given: Any) -> Amount:
    if isinstance(given, Amount):
        return given
    if isinstance(given, int) and not isinstance(given, bool) and given >= 0:
        return Amount(count=given)
    found = _PERCENTAGE.fullmatch(given) if isinstance(given, str) else None
    if found is not None and float(found["number"]) <= _WHOLE:
        return Amount(percent=float(found["number"]))
    if isinstance(given, float) and 0 < given <= 1:
        raise _refused(_AMOUNT, hint=f"Write it as a percentage: {given * _WHOLE:g}%")
    if isinstance(given, str) and given.isascii() and given.isdigit():
        raise _refused(_AMOUNT, hint=f"Write it without quotes: {given[:20]}")
    raise _refused(_AMOUNT)


def _selector(given: Any) -> Selector:
    if isinstance(given, Selector):
        return given
    if not isinstance(given, str):
        raise _refused("should be a label selector such as region=eu,tier!=test")
    try:
        return parse_selector(given)
    except ConfigurationError as error:
        why = error.message.partition(" is not valid: ")[2].removesuffix(".")
        raise _refused(why, hint=error.hint) from None


def _inner_path(given: str) -> str:
    """A path of a folder, in one spelling: no `.`, no empty part, and no `..`."""
    if re.match(r"[/\\]|[A-Za-z]:", given) or "\\" in given or "\0" in given:
        raise _refused(
            "should be a path relative to fleet.yaml",
            hint="Write it with /, such as slots/ or bots/shop.",
        )
    parts = [part for part in given.split("/") if part not in ("", ".")]
    if ".." in parts:
        raise _refused(
            "should be a path within the folder of fleet.yaml",
            hint="A fleet is one folder, so that all of it can be reviewed and sent as a whole.",
        )
    return "/".join(parts) or "."


def _folder(given: str) -> str:
    path = _inner_path(given)
    if path == ".":
        raise _refused(
            "should be a folder below that of fleet.yaml, which would be read as a slot",
            hint="Move the slots into a folder of their own, such as slots/.",
        )
    return path


def _glob(given: str) -> str:
    path = _inner_path(given)
    if path == "." or any("**" in part and part != "**" for part in path.split("/")):
        raise _refused(
            "should be a glob of files, in which ** is a part of its own",
            hint="Such as customers/*.yaml, or customers/**/*.yaml with all folders below.",
        )
    return path


def not_empty(given: _Items) -> _Items:
    """The value, which has at least one item. pydantic's own `min_length` does not count items with
    an error, so that it reports a list as empty that is not."""
    if not given:
        context = {"field_type": "Value", "min_length": 1, "actual_length": 0}
        raise PydanticKnownError("too_short", context)
    return given


def _template(given: str) -> str:
    filled = filled_in(given, tenant="a", environment="a")
    unknown = re.search(r"\{([^{}]{0,40})\}", filled)
    if unknown is not None:
        raise _refused(
            "should be a name whose only placeholders are {tenant} and {environment}",
            hint=f"{unknown[0]} has no meaning here.",
        )
    if len(given) > _LONGEST_TEMPLATE or not is_credentials_name(filled):
        raise _refused(
            f"should be a name of at most {_LONGEST_TEMPLATE} letters, digits, '.', '_' and '-'",
            hint="It is the name of a folder where the credentials lie, not a path and not a "
            "secret.",
        )
    return given


_LONGEST_TEMPLATE = 64


def filled_in(template: str, *, tenant: str, environment: str) -> str:
    """The name of the credentials of a target."""
    names = {"tenant": tenant, "environment": environment}
    for placeholder in _PLACEHOLDERS:
        template = template.replace(f"{{{placeholder}}}", names[placeholder])
    return template


NotEmpty = AfterValidator(not_empty)
AmountOf = Annotated[
    Amount,
    BeforeValidator(_amount),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "integer", "minimum": 0},
                {
                    "type": "string",
                    "pattern": rf"^{_PERCENTAGE.pattern.replace('?P<number>', '')}$",
                },
            ]
        }
    ),
]
SelectorText = Annotated[Selector, BeforeValidator(_selector), WithJsonSchema({"type": "string"})]
FolderPath = Annotated[Text, AfterValidator(_folder)]
Glob = Annotated[Text, AfterValidator(_glob)]
CredentialsName = Annotated[Text, AfterValidator(_template)]
PoolName = Annotated[str, Field(pattern=POOL_PATTERN)]
TenantName = Annotated[str, Field(pattern=TENANT_PATTERN)]
LabelKey = Annotated[str, Field(pattern=LABEL_KEY)]
LabelValue = Annotated[str, Field(pattern=LABEL_VALUE)]
