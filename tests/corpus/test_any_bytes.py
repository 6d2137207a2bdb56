"""Whatever bytes a slot file contains, validation soon ends with a report."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from reconciler.formats.validation import validation_json
from reconciler.operations.validate import validate
from reconciler.reports.github import workflow_commands
from reconciler.reports.validation_text import validation_text
from tests.corpus.test_corpus import CASES

CPU_SECONDS = 10


@contextmanager
def alarm() -> Iterator[None]:
    """Fail if one input takes more than CPU_SECONDS of this process, however busy the machine is.
    Windows has only the time limit of the whole test."""
    if not hasattr(signal, "setitimer"):
        yield
        return

    def ring(_number: int, _frame: object) -> None:
        raise AssertionError(f"took more than {CPU_SECONDS} s of CPU")

    before = signal.signal(signal.SIGVTALRM, ring)
    signal.setitimer(signal.ITIMER_VIRTUAL, CPU_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def require_reported(data: bytes) -> None:
    """Validate `data` as a slot and as settings, and report the result in every form."""
    with TemporaryDirectory() as name, alarm():
        folder = Path(name)
        for file in ("reconciler.yaml", "slot.yaml"):
            (folder / file).write_bytes(data)
        report = validate(folder)
        problems = report.problems
        assert problems or report.slots
        document = json.loads(validation_json(report))
        assert [each["line"] >= 1 <= each["column"] for each in document["problems"]] == (
            [True] * len(problems)
        )
        assert len(list(workflow_commands(problems))) == len(problems)
        text = validation_text(report)
        assert "object at 0x" not in text
        assert not any(character in text for character in "\t\r\x00\x07\u202e\ud800")


TOKENS = st.sampled_from(
    ["slot_id: ", "name: ", "type: regex\n", "patterns: ", "fill_strategy: strict\n", "gate: ",
     "examples: ", "match: ", "reject: ", "dependencies: ", "state: absent", "watch: ", "text: ",
     "- ", "? ", ": ", "\n", "\n  ", "\n    ", "\n---\n", "\n...\n", "&a ", "*a", "<<: ", "x-",
     "{", "}", "[", "]", ",", "|\n", ">-\n", "'", '"', "\\", "# ", "\t", "!!int ", "!!float ",
     "!!str ", "!!set ", "!", "0x", "1:2", "1e5", ".nan", "~", "no", "2026-03-02", "%YAML 1.1\n",
     "\ufeff", "\x00", "\x1b[2J", "\u2028", "\x85", "\r", "\u202e", "注", "🎉", "=", "a",
     "(a+)+$", "(?:", "{1,999}", "(?<n>", "\\d", "\\u00e4", "[^", "|", "*", "+", "$"]
)  # fmt: skip

BASE = "slot_id: a\nname: a\ntype: regex\nfill_strategy: bestMatch\n"


@st.composite
def towers(draw: st.DrawFn) -> str:
    """Many repetitions: deep nesting, long lines, many keys, anchors in anchors."""
    piece = draw(TOKENS | st.sampled_from(["{a: ", "[a: [", "- - ", "? ? ", "a: 1\n", "*a, "]))
    times = draw(st.integers(min_value=1, max_value=5_000))
    before, after = draw(st.sampled_from(["", BASE, "x-a: &a [", "slot_id: "])), draw(TOKENS)
    return before + piece * times + after


@st.composite
def patterns(draw: st.DrawFn) -> str:
    """A slot that is valid except for its patterns and examples, which are quoted."""
    text = st.text(st.sampled_from("ab0()[]{}|*+?^$.\\,1:<>=!PdwZ"), max_size=50)
    found = draw(st.lists(text, max_size=4))
    examples = draw(st.lists(text, max_size=3))
    return f"{BASE}patterns: {json.dumps(found)}\nexamples: {{match: {json.dumps(examples)}}}\n"


@pytest.mark.timeout(300)
@settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.binary(max_size=60)
    | st.lists(TOKENS, max_size=40).map("".join).map(str.encode)
    | st.lists(TOKENS, max_size=20).map(lambda tokens: (BASE + "".join(tokens)).encode())
    | towers().map(str.encode)
)
@example(b"[" * 1_000_000)
@example(b"- " * 1_000_000)
@example(b"? " * 1_000_000)
@example(b"&a " * 100_000)
@example(b"a: &a [" + b"*a, " * 100_000)
@example(b'"' + b"\\" * 1_000_000)
@example(BASE.encode() + b"patterns: [" + b"a, " * 20_000 + b"]")
@example(b"\xff\xfe" * 1_000)
def test_no_bytes_make_validation_raise_or_hang(data: bytes) -> None:
    require_reported(data)


@pytest.mark.timeout(300)
@settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@given(patterns())
def test_no_pattern_makes_validation_raise_or_hang(text: str) -> None:
    require_reported(text.encode())


@pytest.mark.timeout(300)
@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_no_damage_to_a_file_makes_validation_raise_or_hang(data: st.DataObject) -> None:
    """Cuts and splices in the files of the corpus, which resemble what people write."""
    files = sorted(path for path in CASES.rglob("*") if path.is_file())
    text = data.draw(st.sampled_from(files)).read_bytes()[:5_000]
    start = data.draw(st.integers(min_value=0, max_value=len(text)))
    end = data.draw(st.integers(min_value=start, max_value=len(text)))
    require_reported(text[:start] + data.draw(st.binary(max_size=4)) + text[end:])
