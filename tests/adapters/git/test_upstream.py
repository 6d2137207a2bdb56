"""The branch of a remote, with the real git and real repositories."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from reconciler.adapters.git import RemoteBranch, remote_branch
from reconciler.errors import GitError
from tests.support.repositories import ENVIRONMENT, Remote, git

A, B = "slots/a.yaml", "slots/b.yaml"


@pytest.fixture
def remote(tmp_path: Path) -> Remote:
    return Remote(tmp_path / "there")


@pytest.fixture
def clone(remote: Remote, tmp_path: Path) -> Path:
    remote.push({A: "a: 1\n"}, message="Begin")
    return remote.clone(tmp_path / "clone")


def followed(
    clone: Path, *, slots: str = "slots", remote: str = "origin", branch: str = "main"
) -> RemoteBranch:
    return remote_branch(clone / slots, remote=remote, branch=branch, environment=ENVIRONMENT)


def read(branch: RemoteBranch, commit: str) -> dict[str, str]:
    with branch.checkout(commit) as root:
        found = {
            path.relative_to(root).as_posix(): path.read_text(encoding="utf-8")
            for path in root.rglob("*")
            if path.is_file()
        }
    assert not root.exists()
    return {name.removeprefix(f"{branch.path}/"): text for name, text in found.items()}


def test_the_slots_are_those_of_the_fetched_commit(remote: Remote, clone: Path) -> None:
    commit = remote.push({A: "a: 2\n", "slots/deep/ö.yml": "ö\n", "README": "x"}, message="Two ü")
    branch = followed(clone)
    found = branch.fetch(since=None)
    assert (found.commit, found.subject, found.is_rewritten) == (commit, "Two ü", False)
    assert branch.name == "origin/main"
    assert read(branch, commit) == {"a.yaml": "a: 2\n", "deep/ö.yml": "ö\n"}


def test_nothing_that_a_person_works_with_is_touched(remote: Remote, clone: Path) -> None:
    (clone / A).write_text("edited\n")
    (clone / "new").write_text("x")
    git(clone, "checkout", "--quiet", "-b", "feature")
    before = (git(clone, "status", "--porcelain"), git(clone, "rev-parse", "origin/main", "HEAD"))
    commit = remote.push({A: "a: 2\n"})
    branch = followed(clone)
    assert branch.fetch(since=None).commit == commit
    assert read(branch, commit) == {"a.yaml": "a: 2\n"}
    after = (git(clone, "status", "--porcelain"), git(clone, "rev-parse", "origin/main", "HEAD"))
    assert after == before
    assert not (clone / ".git" / "FETCH_HEAD").exists()
    assert git(clone, "rev-parse", "refs/reconciler/fetched/origin/main") == commit


def test_a_commit_that_is_there_already_is_not_fetched_again(remote: Remote, clone: Path) -> None:
    branch = followed(clone)
    head = branch.fetch(since=None)
    assert branch.fetch(since=head.commit) == head
    assert git(clone, "for-each-ref", "refs/reconciler") == ""


@pytest.mark.parametrize("options", [("--bare",), ("--no-checkout",), ("--depth=1",)])
def test_a_clone_needs_no_working_tree_and_no_history(
    remote: Remote, tmp_path: Path, options: tuple[str, ...]
) -> None:
    first = remote.push({A: "a: 1\n"})
    clone = remote.clone(tmp_path / "clone", *options)
    second = remote.push({B: "b: 1\n"})
    branch = followed(clone)
    found = branch.fetch(since=first)
    assert (found.commit, found.is_rewritten) == (second, False)
    assert read(branch, second) == {"a.yaml": "a: 1\n", "b.yaml": "b: 1\n"}


def test_a_forced_push_is_followed_and_said(remote: Remote, clone: Path) -> None:
    branch = followed(clone)
    first = branch.fetch(since=None).commit
    lost = remote.push({A: "a: 2\n"})
    assert not branch.fetch(since=first).is_rewritten
    remote.rewind(first)
    forced = remote.push({A: "a: 3\n"})
    found = branch.fetch(since=lost)
    assert (found.commit, found.is_rewritten) == (forced, True)
    assert read(branch, forced) == {"a.yaml": "a: 3\n"}


def test_slots_deeper_in_the_repository_are_found_from_any_folder(
    remote: Remote, clone: Path
) -> None:
    commit = remote.push({"bots/shop/slots/s.yaml": "s\n", "bots/shop/x": "x"})
    git(clone, "pull", "--quiet")
    for slots in ("bots/shop/slots", "bots/gone/../shop/slots"):
        branch = followed(clone, slots=slots)
        branch.fetch(since=None)
        assert branch.path == "bots/shop/slots"
        assert read(branch, commit) == {"s.yaml": "s\n"}
    everything = followed(clone, slots=".")
    assert set(read(everything, commit)) == {A, "bots/shop/slots/s.yaml"}


def test_the_commit_that_was_in_sync_is_remembered_for_each_tenant(
    remote: Remote, clone: Path
) -> None:
    branch = followed(clone)
    first = branch.fetch(since=None).commit
    second = remote.push({A: "a: 2\n"})
    assert branch.last_in_sync("acme") is None
    branch.note_in_sync("acme", first)
    branch.note_in_sync("https://other.example.com, bot ..~^:", first)
    branch.fetch(since=None)
    branch.note_in_sync("acme", second)
    again = followed(clone)
    assert again.last_in_sync("acme") == second
    assert again.last_in_sync("https://other.example.com, bot ..~^:") == first
    remote.rewind(first)
    remote.push({A: "a: 3\n"})
    branch.fetch(since=second)
    git(clone, "gc", "--quiet", "--prune=now")
    assert read(again, second) == {"a.yaml": "a: 2\n"}
    with pytest.raises(GitError, match="The clone cannot be written to: fatal: "):
        branch.note_in_sync("acme", "0" * 39 + "1")


def test_a_link_is_written_as_a_link_and_what_it_leads_to(remote: Remote, clone: Path) -> None:
    slots = remote.work / "slots"
    (slots / "_text").write_text("linked\n")
    (slots / "link.yaml").symlink_to("_text")
    (slots / "out.yaml").symlink_to("/etc/passwd")
    commit = remote.push_all()
    branch = followed(clone)
    branch.fetch(since=None)
    with branch.checkout(commit) as root:
        assert (root / "slots" / "link.yaml").read_text() == "linked\n"
        assert (root / "slots" / "out.yaml").readlink() == Path("/etc/passwd")


def test_nothing_is_written_through_a_link(remote: Remote, clone: Path, tmp_path: Path) -> None:
    """git itself makes no such tree, but accepts one."""
    outside = tmp_path / "outside"
    outside.mkdir()
    link = _object(clone, "blob", str(outside).encode())
    evil = _object(clone, "blob", b"evil\n")
    inner = _object(clone, "tree", _line("100644", "evil.yaml", evil))
    slots = _object(clone, "tree", _line("120000", "a", link) + _line("40000", "a", inner))
    root = _object(clone, "tree", _line("40000", "slots", slots))
    commit = git(clone, "commit-tree", root, "-m", "x")
    with pytest.raises(GitError, match="cannot be written"), followed(clone).checkout(commit):
        pass
    assert list(outside.iterdir()) == []


def test_no_path_leads_out_of_the_folder(clone: Path) -> None:
    blob = _object(clone, "blob", b"evil\n")
    inner = _object(clone, "tree", _line("100644", "evil.yaml", blob))
    slots = _object(clone, "tree", _line("40000", "..", inner))
    commit = git(
        clone, "commit-tree", _object(clone, "tree", _line("40000", "slots", slots)), "-mx"
    )
    with (
        pytest.raises(GitError, match=r"the path '\.\./evil\.yaml'"),
        followed(clone).checkout(commit),
    ):
        pass


def test_a_commit_without_the_folder_is_an_error_that_names_it(remote: Remote, clone: Path) -> None:
    commit = remote.push({A: None, "bot/x": "x"})
    branch = followed(clone)
    branch.fetch(since=None)
    with pytest.raises(GitError) as raised, branch.checkout(commit):
        pass
    assert raised.value.message == f"The commit {commit[:10]} of origin/main has no folder 'slots'."
    (remote.work / "slots").rmdir()
    commit = remote.push({"slots": "x"})
    branch.fetch(since=None)
    with (
        pytest.raises(GitError, match="has a file, and no folder, 'slots'"),
        branch.checkout(commit),
    ):
        pass


def test_a_branch_that_the_remote_does_not_have_is_named(clone: Path) -> None:
    with pytest.raises(GitError, match=r"origin has no branch release\.") as raised:
        followed(clone, branch="release").fetch(since=None)
    assert "--branch" in raised.value.hint


def test_a_tag_or_an_inner_branch_of_the_same_name_is_not_the_branch(
    remote: Remote, clone: Path
) -> None:
    first = git(remote.work, "rev-parse", "HEAD")
    second = remote.push({A: "a: 2\n"})
    git(remote.work, "tag", "main", first)
    for ref in ("refs/tags/main", f"{first}:refs/x/refs/heads/main"):
        git(remote.work, "push", "--quiet", "origin", ref)
    assert followed(clone).fetch(since=None).commit == second


@pytest.mark.parametrize("branch", ["-x", "a b", "a:b", "*", "a..b", "", "+main"])
def test_what_cannot_name_a_branch_is_refused(clone: Path, branch: str) -> None:
    with pytest.raises(GitError):
        followed(clone, branch=branch).fetch(since=None)


@pytest.mark.parametrize("name", ["upstream", "--upload-pack=x"])
def test_an_unknown_remote_is_refused_at_once(clone: Path, name: str) -> None:
    with pytest.raises(GitError, match=f"The clone has no remote '{name}'"):
        followed(clone, remote=name)


def test_outside_a_repository_it_is_refused_with_gits_words(tmp_path: Path) -> None:
    outside = {**ENVIRONMENT, "GIT_CEILING_DIRECTORIES": str(tmp_path)}
    with pytest.raises(GitError, match="not a git repository"):
        remote_branch(tmp_path / "slots", remote="origin", branch="main", environment=outside)


def test_an_unreachable_remote_is_named_without_its_token(clone: Path) -> None:
    git(clone, "remote", "set-url", "origin", "http://bob:t0k3n@127.0.0.1:9/shop.git")
    with pytest.raises(GitError) as raised:
        followed(clone).fetch(since=None)
    assert raised.value.message.startswith("origin cannot be reached: fatal: unable to access")
    assert "127.0.0.1:9/shop.git" in raised.value.message
    assert "t0k3n" not in raised.value.message + raised.value.hint


def test_a_clone_whose_objects_are_damaged_is_an_error(remote: Remote, clone: Path) -> None:
    commit = remote.push({A: "a: 2\n"})
    branch = followed(clone)
    branch.fetch(since=None)
    blob = git(clone, "rev-parse", f"{commit}:{A}")
    (clone / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    with pytest.raises(GitError, match=r"a\.yaml cannot be read"), branch.checkout(commit):
        pass


def _line(mode: str, name: str, identity: str) -> bytes:
    return f"{mode} {name}\0".encode() + bytes.fromhex(identity)


def _object(clone: Path, kind: str, content: bytes) -> str:
    done = subprocess.run(  # noqa: S603 - our own arguments
        ["git", "hash-object", "-w", "--literally", "--stdin", "-t", kind],  # noqa: S607
        cwd=clone,
        input=content,
        capture_output=True,
        check=True,
        env=ENVIRONMENT,
    )
    return done.stdout.decode().strip()
