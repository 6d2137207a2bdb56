"""GitHub's OpenAPI description, served by prism, which refuses requests that do not conform."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.server import Received, reply, serving

NODE_MODULES = Path(__file__).parent / "node_modules"
PRISM = NODE_MODULES / "@stoplight" / "prism-cli" / "dist" / "index.js"
DESCRIPTION = NODE_MODULES / "@octokit" / "openapi" / "generated" / "api.github.com.json"
_PATIENCE = 110
"""Seconds; the description has thirteen megabytes."""
_STORAGE = "/storage-of-the-test"
_SENT = ("Authorization", "Content-Type", "User-Agent", "X-GitHub-Api-Version")


@dataclass
class Described:
    """The server of the description, and its verdict on each request."""

    prism: str
    url: str = ""
    judged: list[tuple[str, int]] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)

    def relay(self, received: Received, handler: BaseHTTPRequestHandler) -> None:
        """Pass a request on, and record the verdict.

        Links and redirects lead to GitHub itself, which a test must not reach: links are left out,
        and redirects lead back here.
        """
        if received.path == _STORAGE:
            reply(200, b"the archive", content_type="application/zip")(received, handler)
            return
        # GitHub recommends this media type, but its description has only application/json.
        assert received.headers["Accept"] == "application/vnd.github+json"
        headers = {"Accept": "application/json"} | {
            name: received.headers[name] for name in _SENT if name in received.headers
        }
        answer = httpx.request(
            received.method,
            f"{self.prism}{received.path}",
            headers=headers,
            content=received.body,
            timeout=60,
            trust_env=False,
        )
        self.judged.append((f"{received.method} {received.path}", answer.status_code))
        if "problem+json" in answer.headers.get("Content-Type", ""):
            self.violations.append(answer.text)
        if '"location":["request"' in answer.headers.get("sl-violations", ""):
            self.violations.append(answer.headers["sl-violations"])
        location = {"Location": f"{self.url}{_STORAGE}"} if answer.is_redirect else {}
        reply(answer.status_code, answer.content, **location)(received, handler)


@pytest.fixture(scope="session")
def prism(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL at which the description is served."""
    node = shutil.which("node")
    assert node is not None, "the conformance tests need node"
    assert PRISM.is_file(), "run them with: make conformance"
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    description = tmp_path_factory.mktemp("description") / "api.github.com.json"
    description.write_text(json.dumps(_checkable()), encoding="utf-8")
    # Some examples in the description violate its own schemas, so prism makes up the answers.
    options = ["--errors", "--ignoreExamples", "--host", "127.0.0.1", "--port", str(port)]
    process = subprocess.Popen(  # noqa: S603 - what package.json names
        [node, str(PRISM), "mock", *options, str(description)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_until_it_listens(process, port)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=30)


def _checkable() -> Any:
    """The description, changed so that prism checks every request body.

    Prism ignores a schema that is nullable and has no type, and everything next to it. We never
    send null for one of these.
    """
    document = json.loads(DESCRIPTION.read_text(encoding="utf-8"))
    for path in document["paths"].values():
        for operation in path.values():
            if isinstance(operation, dict):
                _forget_untyped_nulls(operation.get("requestBody"))
    return document


def _forget_untyped_nulls(schema: object) -> None:
    if isinstance(schema, dict):
        if "type" not in schema and schema.get("nullable") is True:
            del schema["nullable"]
        for part in schema.values():
            _forget_untyped_nulls(part)
    elif isinstance(schema, list):
        for part in schema:
            _forget_untyped_nulls(part)


def _wait_until_it_listens(process: subprocess.Popen[bytes], port: int) -> None:
    until = time.monotonic() + _PATIENCE
    while process.poll() is None and time.monotonic() < until:
        with closing(socket.socket()) as attempt:
            if attempt.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError(f"prism does not listen on {port}; it ended with {process.poll()}")


@pytest.fixture
def described(prism: str) -> Iterator[Described]:
    """The description in place of GitHub."""
    made = Described(prism)
    with serving(made.relay) as server:
        made.url = server.url
        yield made
