from __future__ import annotations

from reconciler.model.written import WriteResult


def test_only_a_file_that_has_the_requested_content_is_done() -> None:
    assert {each for each in WriteResult if not each.is_done} == {
        WriteResult.KEPT,
        WriteResult.LEFT_OUT,
    }
