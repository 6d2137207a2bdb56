"""What is sent, and what is read back from it."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from reconciler.adapters.cognigy.v2.shapes import change, creation, parse_listed, to_send
from reconciler.model.content import FILLER_SWITCHES, FILLER_TEXTS, FillerContent
from reconciler.model.slot import LiveSlot

TEXTS = st.sampled_from([None, "", "a", "b"])
SWITCHES = st.sampled_from([None, False, True])


@st.composite
def contents(draw: st.DrawFn, kind: str) -> FillerContent:
    """Any content of this type."""
    fields: dict[str, Any] = {name: draw(TEXTS) for name in FILLER_TEXTS}
    fields |= {name: draw(SWITCHES) for name in FILLER_SWITCHES}
    return FillerContent(flow="f", name=draw(st.sampled_from("xy")), type=kind, **fields)


@st.composite
def histories(draw: st.DrawFn) -> tuple[FillerContent, ...]:
    """What is live, what is stored next, and what is stored after that."""
    kind = draw(st.sampled_from(["regex", "slot", "age"]))
    return tuple(draw(contents(kind)) for _ in range(3))


def live(body: dict[str, Any]) -> LiveSlot:
    found = parse_listed(body, slot_id="s", flow="f")
    assert isinstance(found, LiveSlot)
    return found


def held(body: dict[str, Any]) -> FillerContent:
    """What the tenant holds once it has this body."""
    content = live(body).content
    assert isinstance(content, FillerContent)
    return content


@given(histories())
def test_a_new_filler_reads_back_as_it_was_sent(history: tuple[FillerContent, ...]) -> None:
    new = history[0]
    body = creation(new)
    assert live(body).canonical == new.completed(None).canonical()
    assert "" not in body.values()
    assert None not in body.values()


@given(histories())
def test_a_changed_filler_reads_back_as_it_was_sent(history: tuple[FillerContent, ...]) -> None:
    before, after, _ = history
    stored = creation(before) | {"removeNegated": True}
    body = change(to_send(after, replaces=held(stored), sent={}))
    assert live(stored | body).canonical == after.canonical()
    assert body["type"] == after.type
    assert None not in body.values()
    assert "removeNegated" not in body


@given(histories())
def test_a_change_that_follows_a_lagging_read_reads_back_as_it_was_sent(
    history: tuple[FillerContent, ...],
) -> None:
    before, ours, after = history
    shown = held(creation(before))
    sent = to_send(ours, replaces=shown, sent={})
    really = creation(before) | change(sent)
    body = change(to_send(after, replaces=shown, sent=sent))
    assert live(really | body).canonical == after.canonical()


@given(histories())
def test_a_field_that_we_never_sent_is_left_to_whoever_changes_it(
    history: tuple[FillerContent, ...],
) -> None:
    before, ours, _ = history
    shown = held(creation(before))
    sent = to_send(ours, replaces=shown, sent={})
    back = to_send(shown, replaces=held(creation(before) | change(sent)), sent=sent)
    assert back.keys() <= sent.keys()


@given(histories())
def test_nothing_is_sent_that_need_not_change(history: tuple[FillerContent, ...]) -> None:
    before = history[0]
    subject = {"regex": {"regex"}, "slot": {"slot"}, "age": set()}[before.type]
    assert to_send(before, replaces=before, sent={}).keys() == {"type", *subject}
