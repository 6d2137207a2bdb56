"""A bundle: the files of a fleet as one value."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.bundle import Bundle, is_inner_path

FILES = {"fleet.yaml": "version: 1\n", "slots/a.yaml": "slot_id: a\n"}


def test_the_digest_is_independent_of_the_order_of_the_files() -> None:
    turned = dict(reversed(FILES.items()))
    one, other = (Bundle(fleet_file="fleet.yaml", files=each) for each in (FILES, turned))
    assert one.content == other.content
    assert one.digest == other.digest


@pytest.mark.parametrize(
    "other",
    [
        Bundle(fleet_file="slots/a.yaml", files=FILES),
        Bundle(fleet_file="fleet.yaml", files={**FILES, "slots/a.yaml": "slot_id: b\n"}),
        Bundle(fleet_file="fleet.yaml", files={**FILES, "slots/b.yaml": ""}),
        Bundle(fleet_file="fleet.yaml", files={"fleet.yaml": FILES["fleet.yaml"]}),
    ],
)
def test_the_digest_depends_on_every_file(other: Bundle) -> None:
    assert Bundle(fleet_file="fleet.yaml", files=FILES).digest != other.digest


def test_the_digest_of_the_same_files_never_changes() -> None:
    """It is stored, and compared with that of a later version."""
    assert Bundle(fleet_file="fleet.yaml", files=FILES).digest == (
        "sha256:bf617fc5b0e31abcb45f9fd0562839aad3569a950d6871c8ca1371fe868f7500"
    )


@given(st.dictionaries(st.text(), st.text(), max_size=4))
def test_the_content_is_json_in_utf8(files: dict[str, str]) -> None:
    content = Bundle(fleet_file="fleet.yaml", files=files).content
    assert json.loads(content.decode()) == {
        "version": 1,
        "fleet_file": "fleet.yaml",
        "files": files,
    }


@pytest.mark.parametrize(
    ("path", "is_inner"),
    [
        ("fleet.yaml", True),
        ("a/b c/…/d.yaml", True),
        ("..yaml", True),
        ("", False),
        ("/etc/passwd", False),
        ("../a", False),
        ("a/../../b", False),
        ("a/./b", False),
        ("a//b", False),
        ("a/", False),
        ("..", False),
        ("a\\..\\..\\b", False),
        ("C:a", False),
        ("a\0b", False),
    ],
)
def test_a_path_is_inner_if_it_cannot_leave_its_folder_on_any_system(
    path: str, is_inner: bool
) -> None:
    assert is_inner_path(path) is is_inner
