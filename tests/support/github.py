"""A fake GitHub with one repository in memory, served over HTTP on loopback.

It implements the routes that we use and paginates them as GitHub does (with `Link`). It answers
with rate limits and errors when a test says so, and records every request. Its storage is a
separate server.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from tests.support.server import Received, Server, reply, serving

TOKEN = "ghs_tokenOfThisTest0123456789"
REPOSITORY = "acme/shop"
REPOSITORY_ID = 1
FORK_ID = 2
BOT = "github-actions[bot]"
ADA = "ada"
JSON = dict[str, Any]

_LISTS = {"comments", "issues", "pulls", "commit_pulls", "artifacts"}


def user(login: str) -> JSON:
    return {"login": login, "id": len(login), "type": "Bot" if login.endswith("]") else "User"}


@dataclass
class Fault:
    """What happens instead of, or after, the next matching request."""

    method: str
    part: str
    times: int
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: JSON = field(default_factory=dict)
    is_carried_out: bool = False


@dataclass
class GitHub:
    """The repository, and the requests that it received."""

    viewer: str = BOT
    page_size: int = 100
    default_branch: str = "main"
    default_head: str = "9" * 40
    tags: dict[str, str] = field(default_factory=dict)
    """Commits by tag. Where a tag and a branch share a name, git takes the tag."""
    comments: dict[int, list[JSON]] = field(default_factory=dict)
    issues: list[JSON] = field(default_factory=list)
    pulls: list[JSON] = field(default_factory=list)
    commit_pulls: dict[str, list[JSON]] = field(default_factory=dict)
    artifacts: list[JSON] = field(default_factory=list)
    runs: dict[int, JSON] = field(default_factory=dict)
    archives: dict[int, bytes] = field(default_factory=dict)
    reachable: set[str] = field(default_factory=set)
    faults: list[Fault] = field(default_factory=list)
    next_link: str | None = None
    may_label: bool = True
    labels: dict[str, str] = field(default_factory=dict)
    """The colours of the repository's labels, by name."""
    pull_labels: dict[int, list[str]] = field(default_factory=dict)
    """The labels of pull requests, by number."""
    statuses: dict[str, list[JSON]] = field(default_factory=dict)
    """The statuses of each commit, oldest first."""
    branches: dict[str, JSON] = field(default_factory=dict)
    """The commits that other branches than the default one end with, by their names."""
    objects: dict[str, JSON] = field(default_factory=dict)
    """What was stored as a tree or a commit, by name."""
    may_open_pull_requests: bool = True
    permissions: dict[str, str] | None = None
    """The token's permissions, named as in a workflow's `permissions`; None allows everything."""
    received: list[Received] = field(default_factory=list)
    url: str = ""
    storage: Server | None = None
    last_id: int = 9

    # Setup

    def comment(self, number: int, body: str, *, by: str = BOT) -> JSON:
        """Add a comment."""
        comment_id = self._new_id()
        made = {
            "id": comment_id,
            "node_id": f"IC_{comment_id}",
            "user": user(by),
            "body": body,
            "last_edit": None,
        }
        self.comments.setdefault(number, []).append(made)
        return made

    def edit(self, comment: JSON, body: str, *, by: str | None) -> None:
        """Edit a comment; None is an account that has been deleted since."""
        comment.update(body=body, last_edit={"by": by})

    def issue(self, body: str, *, by: str = BOT, title: str = "Drift", **fields: Any) -> JSON:
        """Open an issue."""
        made = {
            "id": self._new_id(),
            "number": len(self.issues) + 1,
            "user": user(by),
            "title": title,
            "body": body,
            "state": "open",
            "closed_by": None,
            "labels": [],
            **fields,
        }
        self.issues.append(made)
        return made

    def close(self, number: int, *, by: str) -> None:
        """Close an issue."""
        self.issues[number - 1].update(state="closed", closed_by=user(by))

    def pull(
        self, number: int, *, head: str, branch: str = "topic", owner: str = "acme", **fields: Any
    ) -> JSON:
        """A pull request; from a fork unless the owner is ours."""
        home = REPOSITORY_ID if owner == "acme" else FORK_ID
        return {
            "number": number,
            "state": "open",
            "head": {"sha": head, "ref": branch, "user": user(owner), "repo": {"id": home}},
            "base": {"ref": self.default_branch},
            "merged_at": None,
            "merge_commit_sha": None,
            **fields,
        }

    def artifact(
        self,
        content: bytes | None,
        *,
        name: str = "ledger",
        commit: str = "a" * 40,
        branch: str = "main",
        home: int = REPOSITORY_ID,
        event: str = "push",
        workflow: str = "apply",
        member: str = "slot_updates_audit.jsonl",
        run_id: int | None = None,
        **fields: Any,
    ) -> JSON:
        """Add an artifact and its run; with None, the test provides the archive."""
        number = self._new_id()
        run_id = number if run_id is None else run_id
        self.runs[run_id] = {
            "id": run_id,
            "path": f".github/workflows/{workflow}.yml",
            "event": event,
            "head_branch": branch,
            "head_sha": commit,
            "repository": {"id": REPOSITORY_ID},
            "head_repository": {"id": home},
        }
        made = {
            "id": number,
            "name": name,
            "expired": False,
            "created_at": f"2026-03-02T09:00:{number:02}Z",
            "workflow_run": {
                "id": run_id,
                "repository_id": REPOSITORY_ID,
                "head_repository_id": home,
                "head_branch": branch,
                "head_sha": commit,
            },
            **fields,
        }
        self.artifacts.append(made)
        if content is not None:
            self.archives[number] = zipped({member: content})
        return made

    def fail(self, method: str, part: str, status: int, *, times: int = 1, **details: Any) -> None:
        """Answer the next matching requests with this status, and do nothing."""
        self.faults.append(Fault(method, part, times, status=status, **details))

    def lose(self, method: str, part: str, *, carried_out: bool = True, times: int = 1) -> None:
        """Hang up on the next matching requests without a response."""
        self.faults.append(Fault(method, part, times, is_carried_out=carried_out))

    # Inspection

    @property
    def writes(self) -> list[str]:
        """Every request that changes something, as `METHOD path`."""
        return [
            f"{each.method} {each.path}"
            for each in self.received
            if each.method != "GET" and each.path != "/graphql"
        ]

    def requests(self, part: str) -> list[Received]:
        """Every request whose path contains this."""
        return [each for each in self.received if part in each.path]

    def labels_on(self, number: int) -> list[str]:
        """The labels of an issue, or of a pull request."""
        if number <= len(self.issues):
            labels: list[str] = self.issues[number - 1]["labels"]
            return labels
        return self.pull_labels.setdefault(number, [])

    def bodies(self, number: int) -> list[str]:
        """The text of each comment on a pull request."""
        return [comment["body"] for comment in self.comments.get(number, [])]

    # The server

    def respond(self, received: Received, handler: BaseHTTPRequestHandler) -> None:
        """Answer one request."""
        self.received.append(received)
        fault = self._fault(received)
        if fault is None or fault.is_carried_out:
            status, body, headers = self._answer(received)
        if fault is not None and not fault.status:
            handler.close_connection = True
            return
        if fault is not None:
            status, body, headers = fault.status, fault.body, fault.headers
        content = b"" if body is None else json.dumps(body).encode()
        named = {name.replace("-", "_"): value for name, value in headers.items()}
        reply(status, content, **named)(received, handler)

    def _fault(self, received: Received) -> Fault | None:
        for fault in self.faults:
            if fault.method == received.method and fault.part in received.path and fault.times:
                fault.times -= 1
                return fault
        return None

    def _answer(self, received: Received) -> tuple[int, Any, dict[str, str]]:
        parts = urlsplit(received.path)
        sent = received.headers
        if sent.get("Authorization") != f"Bearer {TOKEN}":
            return 401, {"message": "Bad credentials"}, {}
        if not sent.get("User-Agent") or sent.get("Accept") != "application/vnd.github+json":
            return 415, {"message": "Unsupported"}, {}
        if sent.get("X-GitHub-Api-Version") != "2022-11-28":
            return 400, {"message": "No such version"}, {}
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        given = json.loads(received.body) if received.body else {}
        for method, pattern, answer in self._routes():
            match = re.fullmatch(pattern, parts.path)
            if match and method == received.method:
                if not self._permits(method, parts.path):
                    return 403, {"message": "Resource not accessible by integration"}, {}
                status, body = answer(*(unquote(each) for each in match.groups()), query, given)
                return self._paged(status, body, path=parts.path, query=query)
        return 404, {"message": "Not Found"}, {}

    def _permits(self, method: str, path: str) -> bool:
        if self.permissions is None:
            return True
        required = "write" if method in ("POST", "PATCH", "DELETE") else "read"
        return any(
            self.permissions.get(scope) in (required, "write") for scope in _scopes(path)
        ) or not _scopes(path)

    def _routes(self) -> list[tuple[str, str, Callable[..., tuple[int, Any]]]]:
        root = f"/repos/{REPOSITORY}"
        return [
            ("POST", "/graphql", self._graphql),
            ("GET", root, lambda _q, _b: (200, {"default_branch": self.default_branch})),
            ("GET", rf"{root}/issues/(\d+)/comments", self._list_comments),
            ("POST", rf"{root}/issues/(\d+)/comments", self._create_comment),
            ("PATCH", rf"{root}/issues/comments/(\d+)", self._update_comment),
            ("GET", rf"{root}/issues", self._list_issues),
            ("POST", rf"{root}/issues", self._create_issue),
            ("GET", rf"{root}/issues/(\d+)", lambda n, _q, _b: (200, self.issues[int(n) - 1])),
            ("PATCH", rf"{root}/issues/(\d+)", self._update_issue),
            ("POST", rf"{root}/issues/(\d+)/labels", self._label_issue),
            ("GET", rf"{root}/issues/(\d+)/labels", self._list_labels),
            ("DELETE", rf"{root}/issues/(\d+)/labels/([^/]+)", self._unlabel_issue),
            ("POST", rf"{root}/labels", self._create_label),
            ("POST", rf"{root}/statuses/([0-9a-f]+)", self._set_status),
            ("GET", rf"{root}/pulls", self._list_pulls),
            ("POST", rf"{root}/pulls", self._create_pull),
            ("PATCH", rf"{root}/pulls/(\d+)", self._update_pull),
            ("POST", rf"{root}/git/(?:trees|commits)", self._store),
            ("POST", rf"{root}/git/refs", self._create_ref),
            ("PATCH", rf"{root}/git/refs/([^/]+)", self._update_ref),
            ("GET", rf"{root}/commits/([0-9a-f]+)/pulls", self._list_commit_pulls),
            ("GET", rf"{root}/branches/([^/]+)", self._branch),
            ("GET", rf"{root}/compare/([^/]+)", self._compare),
            ("GET", rf"{root}/actions/artifacts", self._list_artifacts),
            ("GET", rf"{root}/actions/artifacts/(\d+)/zip", self._archive),
            ("GET", rf"{root}/actions/runs/(\d+)", lambda n, _q, _b: (200, self.runs[int(n)])),
        ]

    def _graphql(self, _query: JSON, body: JSON) -> tuple[int, Any]:
        if re.fullmatch(r"query \{ viewer \{ login \} \}", body["query"]):
            return 200, {"data": {"viewer": {"login": self.viewer}}}
        assert re.fullmatch(
            r"query\(\$id: ID!\) \{ node\(id: \$id\) "
            r"\{ \.\.\. on IssueComment \{ lastEditedAt editor \{ __typename login \} \} \} \}",
            body["query"],
        )
        (comment,) = (
            each
            for listed in self.comments.values()
            for each in listed
            if each["node_id"] == body["variables"]["id"]
        )
        return 200, {"data": {"node": _edit(comment["last_edit"])}}

    def _list_comments(self, number: str, _query: JSON, _body: JSON) -> tuple[int, Any]:
        return 200, self.comments.get(int(number), [])

    def _create_comment(self, number: str, _query: JSON, body: JSON) -> tuple[int, Any]:
        return 201, self.comment(int(number), _text(body), by=self.viewer)

    def _update_comment(self, comment_id: str, _query: JSON, body: JSON) -> tuple[int, Any]:
        for comment in (each for listed in self.comments.values() for each in listed):
            if comment["id"] == int(comment_id):
                self.edit(comment, _text(body), by=self.viewer)
                return 200, comment
        return 404, {"message": "Not Found"}

    def _list_issues(self, query: JSON, _body: JSON) -> tuple[int, Any]:
        bare = [{k: v for k, v in issue.items() if k != "closed_by"} for issue in self.issues]
        state, label = query.get("state", "open"), query.get("labels")
        return 200, [
            issue
            for issue in bare
            if state in ("all", issue["state"]) and label in (None, *issue["labels"])
        ]

    def _create_issue(self, _query: JSON, body: JSON) -> tuple[int, Any]:
        labels = body["labels"] if self.may_label else []
        made = self.issue(_text(body), by=self.viewer, title=body["title"], labels=labels)
        return 201, made

    def _label_issue(self, number: str, _query: JSON, body: JSON) -> tuple[int, Any]:
        self.labels_on(int(number)).extend(body["labels"])
        return 200, []

    def _list_labels(self, number: str, _query: JSON, _body: JSON) -> tuple[int, Any]:
        return 200, [{"name": each} for each in self.labels_on(int(number))]

    def _unlabel_issue(self, number: str, name: str, _q: JSON, _body: JSON) -> tuple[int, Any]:
        labels = self.labels_on(int(number))
        if name not in labels:
            return 404, {"message": "Label does not exist"}
        labels.remove(name)
        return 200, []

    def _create_label(self, _query: JSON, body: JSON) -> tuple[int, Any]:
        if body["name"] in self.labels:
            return 422, {"message": "Validation Failed"}
        self.labels[body["name"]] = body["color"]
        return 201, body

    def _set_status(self, commit: str, _query: JSON, body: JSON) -> tuple[int, Any]:
        assert len(body["description"]) <= 140
        self.statuses.setdefault(commit, []).append(body)
        return 201, body

    def _update_issue(self, number: str, _query: JSON, body: JSON) -> tuple[int, Any]:
        issue = self.issues[int(number) - 1]
        assert body.keys() <= {"title", "body", "state", "state_reason"}
        if body.get("state") == "closed":
            issue["closed_by"] = user(self.viewer)
        issue.update(body)
        return 200, issue

    def _list_pulls(self, query: JSON, _body: JSON) -> tuple[int, Any]:
        if query["state"] == "closed":
            assert (query["sort"], query["direction"]) == ("updated", "desc")
            return 200, [
                pull
                for pull in self.pulls
                if (pull["state"], pull["base"]["ref"]) == ("closed", query["base"])
            ]
        owner, branch = query["head"].split(":", 1)
        return 200, [
            pull
            for pull in self.pulls
            if query.get("state", "open") in ("all", pull["state"])
            and (pull["head"]["user"]["login"], pull["head"]["ref"]) == (owner, branch)
        ]

    def _create_pull(self, _query: JSON, body: JSON) -> tuple[int, Any]:
        if not self.may_open_pull_requests:
            return 403, {"message": "GitHub Actions is not permitted to create pull requests"}
        assert body["base"] == self.default_branch
        branch = body["head"]
        made = self.pull(
            len(self.pulls) + 1,
            head=self.branches[branch]["sha"],
            branch=branch,
            title=body["title"],
            body=_text(body),
        )
        self.pulls.append(made)
        return 201, made

    def _update_pull(self, number: str, _query: JSON, body: JSON) -> tuple[int, Any]:
        (pull,) = [each for each in self.pulls if each["number"] == int(number)]
        assert body.keys() == {"title", "body"}
        pull.update(title=body["title"], body=_text(body))
        return 200, pull

    def _store(self, _query: JSON, body: JSON) -> tuple[int, Any]:
        sha = hashlib.sha1(json.dumps(body, sort_keys=True).encode()).hexdigest()  # noqa: S324
        self.objects[sha] = body
        return 201, {"sha": sha}

    def _create_ref(self, _query: JSON, body: JSON) -> tuple[int, Any]:
        branch = body["ref"].removeprefix("refs/heads/")
        if branch in self.branches:
            return 422, {"message": "Reference already exists"}
        self.push(branch, body["sha"])
        return 201, {}

    def _update_ref(self, ref: str, _query: JSON, body: JSON) -> tuple[int, Any]:
        branch = ref.removeprefix("heads/")
        if branch not in self.branches:
            return 422, {"message": "Reference does not exist"}
        assert body["force"] is True
        self.push(branch, body["sha"])
        return 200, {}

    def push(self, branch: str, sha: str, *, message: str | None = None) -> None:
        """Have a branch end with this commit, by default one that was stored."""
        said = self.objects[sha]["message"] if message is None else message
        self.branches[branch] = {"sha": sha, "commit": {"message": said}}

    def files_on(self, branch: str) -> dict[str, str]:
        """The files that the last commit of a branch changes, with their texts."""
        tree = self.objects[self.objects[self.branches[branch]["sha"]]["tree"]]
        assert {(each["mode"], each["type"]) for each in tree["tree"]} == {("100644", "blob")}
        return {each["path"]: each["content"] for each in tree["tree"]}

    def _list_commit_pulls(self, commit: str, _query: JSON, _body: JSON) -> tuple[int, Any]:
        return 200, self.commit_pulls.get(commit, [])

    def _branch(self, name: str, _query: JSON, _body: JSON) -> tuple[int, Any]:
        if name in self.branches:
            return 200, {"name": name, "commit": self.branches[name]}
        if name != self.default_branch:
            return 404, {"message": "Branch not found"}
        return 200, {"name": name, "commit": {"sha": self.default_head}}

    def _compare(self, basehead: str, _query: JSON, _body: JSON) -> tuple[int, Any]:
        base, commit = (self.tags.get(each, each) for each in basehead.split("..."))
        assert base in {self.default_branch, self.default_head, *self.tags.values()}
        if base == commit:
            return 200, {"status": "identical"}
        return 200, {"status": "behind" if commit in self.reachable else "diverged"}

    def _list_artifacts(self, query: JSON, _body: JSON) -> tuple[int, Any]:
        return 200, [each for each in self.artifacts if each["name"] == query["name"]]

    def _archive(self, number: str, _query: JSON, _body: JSON) -> tuple[int, Any]:
        assert self.storage is not None
        return 302, {"location": f"{self.storage.url}/archives/{number}?signature=of-the-storage"}

    def _paged(
        self, status: int, body: Any, *, path: str, query: JSON
    ) -> tuple[int, Any, dict[str, str]]:
        if status == 302:
            return 302, None, {"Location": body["location"]}
        if not isinstance(body, list):
            return status, body, {}
        size = min(self.page_size, int(query.get("per_page", "30")))
        page = int(query.get("page", "1"))
        shown = body[(page - 1) * size : page * size]
        headers = {}
        if page * size < len(body):
            following = urlencode({**query, "page": page + 1})
            link = self.next_link or f"{self.url}{path}?{following}"
            headers["Link"] = f'<{link}>; rel="next", <{self.url}{path}?page=9>; rel="last"'
        if path.endswith("/artifacts"):
            return status, {"total_count": len(body), "artifacts": shown}, headers
        return status, shown, headers

    def _new_id(self) -> int:
        self.last_id += 1
        return self.last_id

    def stored(self, received: Received, handler: BaseHTTPRequestHandler) -> None:
        """Answer one request to the storage."""
        number = int(urlsplit(received.path).path.rsplit("/", 1)[1])
        reply(200, self.archives[number], content_type="application/zip")(received, handler)


def _scopes(path: str) -> tuple[str, ...]:
    """The permissions of which one is enough, as GitHub documents them; empty for public routes."""
    if "/actions/" in path:
        return ("actions",)
    if any(each in path for each in ("/compare/", "/branches/", "/git/")):
        return ("contents",)
    if "/pulls" in path:
        return ("pull-requests",)
    if "/statuses/" in path:
        return ("statuses",)
    if "/comments" in path or "/labels" in path:
        return ("issues", "pull-requests")
    return ("issues",) if "/issues" in path else ()


def _edit(last: JSON | None) -> JSON:
    """An edit as GraphQL returns it, where an app's login has no suffix."""
    if last is None:
        return {"lastEditedAt": None, "editor": None}
    if last["by"] is None:
        return {"lastEditedAt": "2026-03-02T09:00:00Z", "editor": None}
    kind = user(last["by"])["type"]
    editor = {"__typename": kind, "login": last["by"].removesuffix("[bot]")}
    return {"lastEditedAt": "2026-03-02T09:00:00Z", "editor": editor}


def _text(body: JSON) -> str:
    assert isinstance(body["body"], str)
    assert len(body["body"]) <= 65_536
    return body["body"].replace("\n", "\r\n")


def zipped(members: dict[str, bytes]) -> bytes:
    """A zip archive of these files."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return content.getvalue()


@contextmanager
def serving_github(**fields: Any) -> Iterator[GitHub]:
    """Serve a repository until the block ends."""
    github = GitHub(**fields)
    with serving(github.respond) as server, serving(github.stored) as storage:
        github.url, github.storage = server.url, storage
        yield github
