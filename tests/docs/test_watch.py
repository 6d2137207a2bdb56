"""The page about `watch` says what is true of its settings and of its log."""

from __future__ import annotations

import re
from typing import get_args

from reconciler.adapters.manifests import read_manifests
from reconciler.formats.events import event_name
from reconciler.model.settings import Watch
from reconciler.model.watch import PassBegun, WatchEvent
from reconciler.operations.docs import page
from tests.cli.conftest import Shell
from tests.docs.conftest import blocks
from tests.support.world import FRUIT


def test_the_settings_on_the_page_are_valid_and_apart_from_apply_the_defaults(shell: Shell) -> None:
    (text,) = blocks(page("watch"), "yaml")
    shell.write(FRUIT)
    (shell.folder / "slots" / "reconciler.yaml").write_text(text, encoding="utf-8")
    manifests = read_manifests(shell.folder / "slots")
    assert manifests.problems == ()
    assert manifests.settings.watch == Watch(apply=True)


def test_every_event_of_the_log_is_named_on_the_page() -> None:
    said = {event_name(kind) for kind in get_args(WatchEvent)} - {event_name(PassBegun)}
    (sentence,) = re.findall(r"whose `event` is one of (.*?) besides", page("watch"), re.DOTALL)
    assert set(re.findall(r"`(\w+)`", sentence)) == said
