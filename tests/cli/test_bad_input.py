"""Bad input gives one message (what, where, what to do), no traceback, and no writes."""

from __future__ import annotations

import json
import ssl
from collections.abc import Callable
from pathlib import Path

import pytest
import trustme

from tests.cli.conftest import Bot, Shell
from tests.support.server import Respond, broken_off, reply, serving
from tests.support.world import FRUIT, document

CREDENTIALS = {
    "COGNIGY_CLIENT_ID": "client",
    "COGNIGY_CLIENT_SECRET": "hush-hush",
    "COGNIGY_BOT_ID": "bot_1",
}
TOKEN = b'{"access_token": "token", "expires_in": 3600}'


def refused(shell: Shell, *arguments: str) -> str:
    """The standard error of a command that must exit with 1 and without a traceback."""
    done = shell.run(*arguments)
    assert done.returncode == 1, (done.stdout, done.stderr)
    assert "Traceback" not in done.stderr
    assert "bug in reconciler" not in done.stderr
    assert "Error: " in done.stderr
    return done.stderr


def reaching(shell: Shell, url: str, **variables: str) -> Shell:
    shell.environment = {**CREDENTIALS, "COGNIGY_BASE_URL": url, **variables}
    shell.write(FRUIT)
    shell.configure(limits={"max_attempts": 1})
    return shell


@pytest.mark.parametrize("command", ["validate", "plan", "apply", "drift"])
def test_without_a_slots_folder(shell: Shell, command: str) -> None:
    shell.environment = {**CREDENTIALS, "COGNIGY_TENANT": "acme"}
    assert "slots does not exist" in refused(shell, command)


def test_an_empty_slots_folder(shell: Shell) -> None:
    (shell.folder / "slots").mkdir()
    assert "contains no slot files" in refused(shell, "validate")


def test_a_slots_folder_that_is_a_file(shell: Shell) -> None:
    (shell.folder / "slots").write_text("")
    assert "is not a folder" in refused(shell, "validate")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"name: \xff\xfe", "slots/a.yaml:1:7: error: the byte 0xff is not valid UTF-8"),
        (b"slot_id: a: b", "slots/a.yaml:1:11: error: invalid YAML"),
        (b"\tslot_id: a", "slots/a.yaml:1:1: error: invalid YAML"),
        (b"- a\n- b\n", "slots/a.yaml:1:1: error: a file must be keys and values, not a list"),
        (b"just text", "slots/a.yaml:1:1: error: a file must be keys and values, not text"),
        (b"", "slots/a.yaml:1:1: error: the file contains no slot"),
    ],
)
def test_a_file_that_is_not_a_slot(shell: Shell, content: bytes, message: str) -> None:
    (shell.folder / "slots").mkdir()
    (shell.folder / "slots" / "a.yaml").write_bytes(content)
    validated = shell.run("validate")
    assert validated.returncode == 1
    assert message in validated.stdout
    assert "Traceback" not in validated.stderr
    shell.environment = {**CREDENTIALS, "COGNIGY_TENANT": "acme"}
    assert message in refused(shell, "plan")


def test_all_missing_variables_are_named_at_once(shell: Shell) -> None:
    shell.write(FRUIT)
    message = refused(shell, "plan")
    for name in ("COGNIGY_TENANT", "COGNIGY_CLIENT_ID", "COGNIGY_CLIENT_SECRET"):
        assert f"{name} is missing" in message


@pytest.mark.parametrize(
    "variables",
    [{"COGNIGY_TENANT": "evil.com/x"}, {"COGNIGY_BASE_URL": "http://10.0.0.1"}],
    ids=["tenant", "origin"],
)
@pytest.mark.parametrize("command", [("plan",), ("apply", "--yes"), ("drift",)])
def test_an_origin_that_must_not_get_our_credentials(
    shell: Shell, variables: dict[str, str], command: tuple[str, ...]
) -> None:
    shell.write(FRUIT)
    shell.environment = {**CREDENTIALS, **variables}
    assert next(iter(variables)) in refused(shell, *command)


def test_without_a_bot_the_gate_fails_closed(bot: Callable[..., Bot]) -> None:
    shop = bot()
    del shop.environment["COGNIGY_BOT_ID"]
    shop.write(FRUIT)
    assert "COGNIGY_BOT_ID is missing" in refused(shop, "apply", "--yes")
    assert shop.writes == []
    emergency = shop.run("apply", "--yes", "--no-gate", "--reason", "INC-1")
    assert emergency.returncode == 0, emergency.stderr
    assert "1 unjudged" in emergency.stdout
    assert shop.ledger[0]["reason"] == "INC-1"
    assert "COGNIGY_BOT_ID is missing" in refused(shop, "drift", "--metrics")


def test_a_tenant_that_refuses_the_connection(shell: Shell) -> None:
    with serving(reply()) as server:
        url = server.url
    message = refused(reaching(shell, url), "plan")
    assert f"{url} could not be reached" in message


def test_a_tenant_with_an_untrusted_certificate(shell: Shell, tmp_path: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    with serving(reply(), tls=context) as server:
        message = refused(reaching(shell, server.url), "plan")
        assert "CERTIFICATE_VERIFY_FAILED" in message
        assert "SSL_CERT_FILE" in message
        assert "Trying again" not in refused(shell, "plan", "-v")
        assert server.received == []


@pytest.mark.parametrize("password", ["p4ss#w0rd", "p4ss[w0rd"])
def test_an_unescaped_password_in_a_proxy_url_is_never_shown(shell: Shell, password: str) -> None:
    proxy = f"http://user:{password}@proxy.example:3128"
    webhook = "https://hooks.example"
    reaching(shell, "https://acme.example", HTTPS_PROXY=proxy, COGNIGY_WEBHOOK_URL=webhook)
    for command in (("plan",), ("apply", "--yes"), ("drift",)):
        message = refused(shell, *command, "-vv")
        assert "HTTPS_PROXY is not a valid proxy URL" in message
        assert "p4ss" not in message
        assert "w0rd" not in message


def token_then(respond: Respond) -> Respond:
    """Hand out a token, and answer everything else with `respond`."""
    return lambda received, handler: (
        reply(body=TOKEN) if received.path == "/oauth/token" else respond
    )(received, handler)


@pytest.mark.parametrize(
    ("respond", "message"),
    [
        (reply(body=b"<html>login</html>", content_type="text/html"), "text/html, not JSON"),
        (broken_off, "the connection broke"),
        (reply(body=b"[1, 2]"), "without a `data` list"),
        (reply(body=b"[" * 100_000), "not JSON"),
        (reply(500, b"oops", content_type="text/plain"), "answered 500"),
        (reply(302, b"", Location="https://evil.example"), "answered 302"),
        (reply(403, b'{"error": "role missing"}'), "answered 403: role missing"),
        (reply(401, b'{"error": "expired"}'), "answered 401: expired"),
    ],
)
def test_a_tenant_with_unexpected_answers(shell: Shell, respond: Respond, message: str) -> None:
    with serving(token_then(respond)) as server:
        reaching(shell, server.url)
        for command in (("plan",), ("apply", "--yes"), ("drift", "--format", "json")):
            assert message in refused(shell, *command)
        assert {each.method for each in server.received if each.path != "/oauth/token"} == {"GET"}


def test_text_from_the_tenant_cannot_control_the_terminal(shell: Shell) -> None:
    body = json.dumps({"error": "\x1b[2Jgone\x07\u202e"}).encode()
    with serving(token_then(reply(403, body))) as server:
        message = refused(reaching(shell, server.url), "plan")
    assert "\\x1b[2Jgone\\x07\\u202e" in message
    assert "\x1b" not in message


def test_an_echoed_secret_is_redacted(shell: Shell) -> None:
    with serving(reply(401, b'{"error": "bad secret hush-hush"}')) as server:
        message = refused(reaching(shell, server.url), "plan", "-vv")
    assert "hush-hush" not in message
    assert "[redacted]" in message


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("not json", "is not JSON"),
        ("{}", "is not a plan file"),
        ('{"format_version": "2.0"}', "reads 1.x"),
        ('{"format_version": "1.0"}', "is damaged"),
    ],
)
def test_a_file_that_is_not_a_plan(bot: Callable[..., Bot], content: str, message: str) -> None:
    shop = bot()
    shop.write(FRUIT)
    (shop.folder / "plan.json").write_text(content)
    assert message in refused(shop, "apply", "plan.json")
    assert shop.writes == []


def test_an_edited_plan_file(bot: Callable[..., Bot]) -> None:
    shop = bot()
    shop.write(FRUIT)
    shop.run("plan", "--out", "plan.json")
    plan = shop.folder / "plan.json"
    plan.write_text(plan.read_text().replace('"^x$"', '"^.*$"'))
    assert "was edited" in refused(shop, "apply", "plan.json")
    assert shop.writes == []


def test_a_missing_plan_file(bot: Callable[..., Bot]) -> None:
    shop = bot()
    shop.write(FRUIT)
    assert "plan.json cannot be read" in refused(shop, "apply", "plan.json")


@pytest.mark.parametrize("change", ["bot", "files", "live"])
def test_a_saved_plan_that_is_out_of_date_is_refused(bot: Callable[..., Bot], change: str) -> None:
    shop = bot(live=[document(FRUIT)])
    shop.write(FRUIT, patterns=["^apple$"])
    shop.run("plan", "--out", "plan.json")
    if change == "bot":
        shop.environment["COGNIGY_BOT_ID"] = "another"
    elif change == "files":
        shop.write(FRUIT, patterns=["^pear$"])
    else:
        shop.tenant.edit(FRUIT, name="theirs")
    applied = shop.run("apply", "plan.json", "--format", "json")
    assert applied.returncode == 4
    assert "error" in json.loads(applied.stdout)
    assert shop.writes == []


def test_an_unusable_ledger_path(bot: Callable[..., Bot]) -> None:
    shop = bot()
    shop.write(FRUIT)
    shop.environment["COGNIGY_AUDIT_LOG"] = str(shop.folder)
    assert "is not a regular file" in refused(shop, "apply", "--yes")
    shop.environment["COGNIGY_AUDIT_LOG"] = str(shop.folder / "none" / "ledger.jsonl")
    assert "does not exist" in refused(shop, "apply", "--yes")
    assert shop.writes == []


def test_without_a_terminal_confirmation_is_impossible(bot: Callable[..., Bot]) -> None:
    shop = bot()
    shop.write(FRUIT)
    assert "not a terminal" in refused(shop, "apply")
    assert shop.writes == []


def test_an_apply_with_nothing_to_do_needs_no_terminal(bot: Callable[..., Bot]) -> None:
    shop = bot(live=[document(FRUIT)])
    shop.write(FRUIT, patterns=["^apple$", "^pear$"])
    done = shop.run("apply")
    assert done.returncode == 0, done.stderr
    assert "No changes." in done.stdout


def test_prune_without_owns_is_refused(bot: Callable[..., Bot]) -> None:
    shop = bot(live=[document(FRUIT)])
    shop.write("slot_new")
    for command in (("plan", "--prune"), ("apply", "--yes", "--prune")):
        done = shop.run(*command)
        assert done.returncode == 4
        assert "`owns`" in done.stderr
    assert shop.writes == []


def test_exceeding_a_limit_is_a_warning_in_a_plan_and_a_refusal_in_an_apply(
    bot: Callable[..., Bot],
) -> None:
    shop = bot()
    shop.configure(limits={"max_changes": 1})
    shop.write("slot_a")
    shop.write("slot_b")
    planned = shop.run("plan")
    assert planned.returncode == 0
    assert "2 changes are planned, over the limit of 1" in planned.stdout
    applied = shop.run("apply", "--yes", "--format", "json")
    assert applied.returncode == 4
    assert "limits.max_changes" in applied.stderr
    assert json.loads(applied.stdout)["error"]["hint"]
    assert shop.writes == []
