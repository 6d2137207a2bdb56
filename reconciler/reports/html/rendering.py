"""Templates → the text of a page. The only module that knows jinja2.

Every value that a template writes goes through `_shown`, and then through jinja2's own escaping: no
text can start a tag or an attribute, and none can hide or reorder what stands next to it.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from reconciler.errors import ReconcilerError
from reconciler.model.duration import duration
from reconciler.reports.escaping import plain
from reconciler.reports.numbers import counted, rate
from reconciler.reports.words import clauses

if TYPE_CHECKING:
    from jinja2 import Environment

_TEMPLATES = files(__package__) / "templates"


def require_renderer() -> None:
    """Raises ReconcilerError if jinja2 is not installed."""
    try:
        import jinja2  # noqa: F401, PLC0415 - an extra, and not needed for anything else
    except ImportError as error:
        raise ReconcilerError(
            "A page needs the package jinja2, which is not installed.",
            hint="Install reconciler with its extra: python -m pip install 'slot-reconciler[html]'",
        ) from error


def rendered(template: str, **values: Any) -> str:
    """The page that a template makes of these values. Raises ReconcilerError without jinja2."""
    require_renderer()
    style = (_TEMPLATES / "style.css").read_text(encoding="utf-8")
    return (
        _environment()
        .get_template(template)
        .render(**values, style=_trusted(style), style_hash=_hash_of(style))
    )


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FunctionLoader, StrictUndefined  # noqa: PLC0415

    environment = Environment(
        autoescape=True,
        finalize=_shown,
        loader=FunctionLoader(lambda name: (_TEMPLATES / name).read_text(encoding="utf-8")),
        lstrip_blocks=True,
        trim_blocks=True,
        undefined=StrictUndefined,
    )
    environment.filters |= {
        "clauses": clauses,
        "counted": counted,
        "duration": duration,
        "rate": _rate,
    }
    return environment


def _shown(value: Any) -> Any:
    """Text with its control characters visible. Markup, which is a subclass, is our own."""
    return plain(value) if type(value) is str else value


def _rate(value: float | None) -> str:
    """A fraction with three digits, or a dash as wide as a digit, so that columns stay aligned."""
    return "–" if value is None else rate(value)  # noqa: RUF001 - that dash


def _trusted(text: str) -> Any:
    from markupsafe import Markup  # noqa: PLC0415 - comes with jinja2

    return Markup(text)  # noqa: S704 - our own style sheet


def _hash_of(style: str) -> str:
    """The style sheet as a Content-Security-Policy names it: no other one is obeyed."""
    return "sha256-" + base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
