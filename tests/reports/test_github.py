"""Problems as annotations of GitHub Actions."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.problem import Problem, Severity, Source
from reconciler.reports.escaping import plain
from reconciler.reports.github import workflow_commands
from tests.reports import golden
from tests.reports.examples import PROBLEMS


def test_problems_as_annotations() -> None:
    golden.check("validation.github.txt", "".join(workflow_commands(PROBLEMS)))


def decoded(text: str) -> str:
    for code, character in (("%2C", ","), ("%3A", ":"), ("%0A", "\n"), ("%0D", "\r"), ("%25", "%")):
        text = text.replace(code, character)
    return text


@given(st.text(), st.text(), st.text())
def test_an_annotation_is_one_line_that_says_what_the_problem_says(
    file: str, message: str, hint: str
) -> None:
    problem = Problem(
        source=Source(file=file, line=3),
        rule="a:b",
        severity=Severity.ERROR,
        message=message,
        hint=hint,
    )
    (command,) = workflow_commands([problem])
    assert command.endswith("\n")
    assert "\n" not in command[:-1]
    assert "\r" not in command
    head, _, text = command[2:-1].partition("::")
    properties = dict(each.split("=", 1) for each in head.removeprefix("error ").split(","))
    assert decoded(properties.pop("file")) == file
    assert properties == {"line": "3", "col": "1", "title": "a%3Ab"}
    assert decoded(text) == "\n".join(
        plain(each) for each in ([message, hint] if hint else [message])
    )
