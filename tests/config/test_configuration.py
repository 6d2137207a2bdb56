"""The configuration: what is read, what is refused, and what a .env file may not set."""

from __future__ import annotations

import getpass
import os
import pickle
from pathlib import Path

import pytest

from reconciler.config.access import project_access
from reconciler.config.configuration import Configuration, read_configuration
from reconciler.config.parts import Part, Unusable
from reconciler.config.project import DEFAULT_LEDGER
from reconciler.config.terminal import color_choice
from reconciler.config.variables import read_variables
from reconciler.errors import ConfigurationError
from reconciler.model.access import WebhookAccess, WebhookFormat
from reconciler.model.endpoint import Endpoint
from reconciler.model.secret import Secret

SECRET = "s3cr3t-of-the-client"
GOOD = {
    "COGNIGY_TENANT": "acme",
    "COGNIGY_CLIENT_ID": "client",
    "COGNIGY_CLIENT_SECRET": SECRET,
    "COGNIGY_BOT_ID": "bot_1",
}


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An empty environment, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    for name in os.environ:
        if name.upper().startswith(
            ("COGNIGY_", "GITHUB_", "RUNNER_", "NO_COLOR")
        ) or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)


def env(monkeypatch: pytest.MonkeyPatch, **variables: str) -> Configuration:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return read_configuration()


def dotenv(**variables: str) -> None:
    text = "".join(f"{name}={value}\n" for name, value in variables.items())
    Path(".env").write_text(text, encoding="utf-8")


def webhook(url: str, secret: str | None = None) -> WebhookAccess:
    return WebhookAccess(url=Secret(url), secret=Secret(secret) if secret else None)


def refusal(configuration: Configuration) -> str:
    with pytest.raises(ConfigurationError) as caught:
        configuration.tenant.required()
    assert SECRET not in caught.value.message + caught.value.hint
    return caught.value.message


def test_a_tenant_is_a_subdomain_of_the_vendors_domain(monkeypatch: pytest.MonkeyPatch) -> None:
    access = env(monkeypatch, **GOOD).tenant.required()
    assert access.endpoint.origin == "https://acme.cognigy.com"
    assert (access.client_id, access.client_secret) == ("client", Secret(SECRET))
    assert access.endpoint.bot_id == "bot_1"
    assert access.proxy is None


def test_the_bot_is_optional(monkeypatch: pytest.MonkeyPatch) -> None:
    assert (
        env(monkeypatch, **{**GOOD, "COGNIGY_BOT_ID": ""}).tenant.required().endpoint.bot_id is None
    )


def test_one_message_names_every_missing_variable() -> None:
    message = refusal(read_configuration())
    for name in ("COGNIGY_TENANT", "COGNIGY_CLIENT_ID", "COGNIGY_CLIENT_SECRET"):
        assert f"{name} is missing" in message


def test_one_message_names_invalid_and_missing_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    message = refusal(env(monkeypatch, COGNIGY_BASE_URL="http://10.0.0.1", COGNIGY_CLIENT_ID="c"))
    assert "COGNIGY_BASE_URL must begin with https://" in message
    assert "COGNIGY_CLIENT_SECRET is missing" in message
    assert "COGNIGY_CLIENT_ID" not in message
    assert "COGNIGY_TENANT" not in message


@pytest.mark.parametrize("empty", ["", "  ", "\t"])
def test_an_empty_variable_counts_as_unset(monkeypatch: pytest.MonkeyPatch, empty: str) -> None:
    message = refusal(env(monkeypatch, **{**GOOD, "COGNIGY_TENANT": empty}))
    assert "COGNIGY_TENANT is missing" in message
    assert env(monkeypatch, COGNIGY_AUDIT_LOG=empty).ledger.required() == Path(DEFAULT_LEDGER)
    assert env(monkeypatch, COGNIGY_WEBHOOK_URL=empty).webhook.required() is None


# Addresses that may get the credentials


@pytest.mark.parametrize(
    "tenant",
    [
        "evil.com/x",
        "evil.com",
        "acme/",
        "acme.cognigy.com",
        "https://acme",
        "user@evil",
        "acme#",
        "acme:443",
        "a b",
        "ACME",
        "-acme",
        "acme-",
        "äcme",
        "acme\\x",
        "a" * 64,
        "acme\n.evil.com",
    ],
)
def test_a_tenant_that_is_not_a_dns_label_is_refused(
    monkeypatch: pytest.MonkeyPatch, tenant: str
) -> None:
    assert "must be a single DNS label" in refusal(
        env(monkeypatch, **{**GOOD, "COGNIGY_TENANT": tenant})
    )


@pytest.mark.parametrize("tenant", ["a", "acme-2", "1st", "a" * 63])
def test_any_dns_label_is_accepted_as_a_tenant(
    monkeypatch: pytest.MonkeyPatch, tenant: str
) -> None:
    access = env(monkeypatch, **{**GOOD, "COGNIGY_TENANT": tenant}).tenant.required()
    assert access.endpoint.origin == f"https://{tenant}.cognigy.com"


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://cognigy.example", "https://cognigy.example"),
        ("https://cognigy.example:8443/", "https://cognigy.example:8443"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://127.8.9.1", "http://127.8.9.1"),
        ("http://localhost:8080/", "http://localhost:8080"),
        ("http://[::1]:8080", "http://[::1]:8080"),
        ("https://[2001:db8::1]", "https://[2001:db8::1]"),
        ("HTTPS://Cognigy.Example:443/", "https://cognigy.example"),
        ("https://cognigy.example:08443", "https://cognigy.example:8443"),
        ("http://LOCALHOST:80", "http://localhost"),
    ],
)
def test_a_base_url_replaces_the_origin_and_the_tenant(
    monkeypatch: pytest.MonkeyPatch, url: str, origin: str
) -> None:
    variables = {**GOOD, "COGNIGY_TENANT": "", "COGNIGY_BASE_URL": url}
    assert env(monkeypatch, **variables).tenant.required().endpoint.origin == origin


@pytest.mark.parametrize(
    "url",
    [
        "http://10.0.0.1",
        "http://cognigy.example",
        "http://127.0.0.1.evil.com",
        "http://localhost.evil.com",
        "http://evil.com#127.0.0.1",
        "http://evil.com/127.0.0.1",
        "http://0.0.0.0",
        "http://[::]",
        "http://2130706434",
        "ftp://127.0.0.1",
        "file:///etc/passwd",
        "cognigy.example",
        "//cognigy.example",
        "https://",
        "https:///path",
        "https://user@cognigy.example",
        "https://user:password@cognigy.example",
        "https://127.0.0.1\\@evil.com",
        "http://127.0.0.1\\.evil.com",
        "https://good.example\\evil",
        "https://cognigy.example/api",
        "https://cognigy.example?x=1",
        "https://cognigy.example?",
        "https://cognigy.example#",
        "https://cognigy.example:99999",
        "https://\u212aognigy.example",
        "https://[::1",
        "https://a b",
        "https://a\nb",
        "https://a\x7fb",
    ],
)
def test_a_base_url_that_could_leak_the_credentials_is_refused(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    message = refusal(env(monkeypatch, **{**GOOD, "COGNIGY_BASE_URL": url}))
    assert "COGNIGY_BASE_URL" in message
    assert "password@" not in message


# .env


def test_a_dotenv_file_is_read() -> None:
    dotenv(**GOOD)
    assert read_configuration().tenant.required().endpoint.origin == "https://acme.cognigy.com"


def test_a_dotenv_file_may_begin_with_a_byte_order_mark() -> None:
    text = "".join(f"{name}='{value}'\r\n" for name, value in GOOD.items())
    Path(".env").write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert read_configuration().tenant.required().client_secret == Secret(SECRET)


def test_the_real_environment_takes_precedence(monkeypatch: pytest.MonkeyPatch) -> None:
    dotenv(**GOOD)
    access = env(monkeypatch, COGNIGY_BOT_ID="real", COGNIGY_TENANT="real").tenant.required()
    assert (access.endpoint.bot_id, access.endpoint.origin) == ("real", "https://real.cognigy.com")


def test_an_empty_variable_of_the_real_environment_does_not_hide_the_one_in_dotenv(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    dotenv(**GOOD)
    assert env(monkeypatch, COGNIGY_BOT_ID="").tenant.required().endpoint.bot_id == "bot_1"


def test_a_dotenv_file_sets_only_our_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    dotenv(**GOOD, GITHUB_ACTOR="someone", NO_COLOR="1", HTTPS_PROXY="http://evil:1")
    configuration = env(monkeypatch, LOGNAME="me")
    assert configuration.actor == getpass.getuser()
    assert color_choice() is None
    assert configuration.tenant.required().proxy is None
    assert "HTTPS_PROXY" not in os.environ
    assert "COGNIGY_TENANT" not in os.environ


def test_a_dotenv_file_is_ignored_in_a_workflow(monkeypatch: pytest.MonkeyPatch) -> None:
    dotenv(**GOOD)
    message = refusal(env(monkeypatch, GITHUB_ACTIONS="true"))
    assert message.count("is missing") == 3


@pytest.mark.parametrize("name", ["COGNIGY_TENANT", "COGNIGY_BASE_URL"])
def test_a_dotenv_file_cannot_redirect_a_secret_of_the_real_environment(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    dotenv(**{name: "https://evil.example" if name.endswith("URL") else "evil"})
    real = {each: GOOD[each] for each in ("COGNIGY_CLIENT_ID", "COGNIGY_CLIENT_SECRET")}
    message = refusal(env(monkeypatch, **real))
    assert f"{name} from .env cannot redirect" in message


@pytest.mark.parametrize("form", WebhookFormat)
def test_a_webhook_has_one_of_three_formats(
    monkeypatch: pytest.MonkeyPatch, form: WebhookFormat
) -> None:
    found = env(
        monkeypatch,
        COGNIGY_WEBHOOK_URL="https://hook.example",
        COGNIGY_WEBHOOK_FORMAT=form.value,
    ).webhook.required()
    assert found is not None
    assert found.form is form


def test_an_unknown_format_of_the_webhook_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    found = env(
        monkeypatch, COGNIGY_WEBHOOK_URL="https://hook.example", COGNIGY_WEBHOOK_FORMAT="Slack"
    )
    with pytest.raises(ConfigurationError, match="must be one of raw, slack, teams"):
        found.webhook.required()


def test_a_dotenv_file_cannot_set_the_url_for_a_webhook_secret_of_the_real_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    dotenv(COGNIGY_WEBHOOK_URL="https://evil.example/hook")
    configuration = env(monkeypatch, **GOOD, COGNIGY_WEBHOOK_SECRET="w3bh00k")
    with pytest.raises(
        ConfigurationError, match=r"COGNIGY_WEBHOOK_URL from \.env cannot redirect the "
    ):
        configuration.webhook.required()
    assert configuration.tenant.required().endpoint.origin == "https://acme.cognigy.com"


def test_a_webhook_comes_entirely_from_dotenv_or_has_its_url_from_the_real_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    url, secret = "https://hooks.example/a", "w3bh00k"
    dotenv(COGNIGY_WEBHOOK_URL=url, COGNIGY_WEBHOOK_SECRET=secret)
    assert read_configuration().webhook.required() == webhook(url, secret)
    real = env(monkeypatch, COGNIGY_WEBHOOK_URL="https://real.example")
    assert real.webhook.required() == webhook("https://real.example", secret)
    both = env(monkeypatch, COGNIGY_WEBHOOK_SECRET="r34l")
    assert both.webhook.required() == webhook("https://real.example", "r34l")


def test_a_base_url_in_dotenv_is_ignored_if_the_real_environment_has_a_tenant(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    dotenv(COGNIGY_BASE_URL="https://evil.example", COGNIGY_BOT_ID="bot_2")
    variables = {name: value for name, value in GOOD.items() if name != "COGNIGY_BOT_ID"}
    access = env(monkeypatch, **variables).tenant.required()
    assert (access.endpoint.origin, access.endpoint.bot_id) == ("https://acme.cognigy.com", "bot_2")


def test_values_are_taken_literally() -> None:
    dotenv(**{**GOOD, "COGNIGY_CLIENT_SECRET": "a${HOME}b"})
    assert read_configuration().tenant.required().client_secret == Secret("a${HOME}b")


def test_a_dotenv_file_that_is_not_text_is_reported() -> None:
    Path(".env").write_bytes(b"COGNIGY_TENANT=\xff\xfe\n")
    with pytest.raises(ConfigurationError, match=r"\.env cannot be read"):
        read_configuration()


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_merge_conflict_in_a_dotenv_file_is_reported_with_its_line(end: str) -> None:
    lines = ["COGNIGY_BOT_ID=bot_1", "<<<<<<< HEAD", "COGNIGY_TENANT=acme", "||||||| base",
             "=======", "COGNIGY_TENANT=other", ">>>>>>> theirs", ""]  # fmt: skip
    Path(".env").write_bytes(end.join(lines).encode())
    with pytest.raises(ConfigurationError, match="merge conflict on line 2"):
        read_configuration()


def test_a_dotenv_file_may_contain_lines_that_only_look_like_a_conflict() -> None:
    lines = ["# =======", "=======", "COGNIGY_TENANT=acme", 'COGNIGY_CLIENT_SECRET="<<<<<<< x"']
    Path(".env").write_text("\n".join(lines), encoding="utf-8")
    assert read_variables().get("COGNIGY_CLIENT_SECRET") == "<<<<<<< x"


def test_a_folder_named_dotenv_is_ignored() -> None:
    Path(".env").mkdir()
    assert read_variables().get("COGNIGY_TENANT") is None


# Everything else


HIDDEN = {
    "COGNIGY_WEBHOOK_URL": "https://hooks.example/p4th",
    "COGNIGY_WEBHOOK_SECRET": "w3bh00k",
    "GITHUB_TOKEN": "ghs_t0k3n",
    "GITHUB_REPOSITORY": "acme/shop",
    "GITHUB_EVENT_PATH": "event.json",
    "HTTPS_PROXY": "http://u:pr0xy@proxy:3128",
}
SECRETS = (SECRET, "p4th", "w3bh00k", "t0k3n", "pr0xy")


def test_no_way_of_printing_shows_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    configuration = env(monkeypatch, **GOOD, **HIDDEN)
    accesses = (
        configuration.tenant.required(),
        configuration.webhook.required(),
        configuration.github.access.required(),
    )
    shown = [repr(configuration), str(configuration), repr(read_variables())]
    for access in accesses:
        assert access is not None
        shown += [repr(access), str(access), access.model_dump_json(), str(access.model_dump())]
    for secret in SECRETS:
        assert secret not in "".join(shown)


def test_values_that_contain_a_secret_cannot_be_pickled(monkeypatch: pytest.MonkeyPatch) -> None:
    configuration = env(monkeypatch, **GOOD, **HIDDEN)
    for each in (configuration, configuration.tenant, configuration.webhook, configuration.github):
        with pytest.raises(TypeError, match="a secret cannot be pickled"):
            pickle.dumps(each)


def test_the_error_of_an_unusable_part_keeps_no_frames_and_therefore_no_secrets(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tenant = env(monkeypatch, **GOOD, HTTPS_PROXY="socks5://u:p4ss@proxy:1080").tenant
    for _ in range(2):
        with pytest.raises(ConfigurationError):
            tenant.required()
    assert isinstance(tenant, Unusable)
    assert (tenant.reason.__traceback__, tenant.reason.__context__) == (None, None)


def test_each_part_fails_independently(monkeypatch: pytest.MonkeyPatch) -> None:
    configuration = env(monkeypatch, COGNIGY_BOT_ID="bot_1", COGNIGY_WEBHOOK_URL="hook")
    assert configuration.endpoint == Endpoint(origin="", bot_id="bot_1")
    assert configuration.ledger.required() == Path(DEFAULT_LEDGER)
    parts: tuple[Part[object], ...] = (
        configuration.tenant,
        configuration.webhook,
        configuration.github.access,
        configuration.github.access_with_event,
    )
    for part in parts:
        with pytest.raises(ConfigurationError):
            part.required()


def test_the_endpoint_is_known_without_a_client(monkeypatch: pytest.MonkeyPatch) -> None:
    configuration = env(monkeypatch, COGNIGY_TENANT="acme", COGNIGY_BOT_ID="bot_1")
    assert configuration.endpoint == Endpoint(origin="https://acme.cognigy.com", bot_id="bot_1")


def test_an_endpoint_is_called_after_the_variable_that_names_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    base = "https://api.example"
    project = env(monkeypatch, COGNIGY_BASE_URL=base, COGNIGY_PROJECT_ID="a" * 24).endpoint
    assert (project.bot_id, project.kind) == ("a" * 24, "project")
    both = env(
        monkeypatch, COGNIGY_BASE_URL=base, COGNIGY_PROJECT_ID="a" * 24, COGNIGY_BOT_ID="bot_1"
    ).endpoint
    assert (both.bot_id, both.kind) == ("bot_1", "bot")
    monkeypatch.setenv("COGNIGY_API_KEY", "key")
    assert project_access(read_variables()).endpoint.kind == "project"


def test_a_webhook_is_a_url_with_a_path_and_an_optional_secret(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert read_configuration().webhook.required() is None
    url = "https://hooks.example/a/b?c=d"
    assert env(monkeypatch, COGNIGY_WEBHOOK_URL=url).webhook.required() == webhook(url)
    assert env(monkeypatch, COGNIGY_WEBHOOK_SECRET="key").webhook.required() == webhook(url, "key")


@pytest.mark.parametrize("url", ["http://hooks.example", "https://u:p@hooks.example", "hook"])
def test_a_webhook_that_is_neither_https_nor_loopback_is_refused(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    with pytest.raises(ConfigurationError, match="COGNIGY_WEBHOOK_URL must"):
        env(monkeypatch, COGNIGY_WEBHOOK_URL=url).webhook.required()


def test_the_variable_sets_the_ledgers_path(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_configuration().ledger.required() == Path("slot_updates_audit.jsonl")
    assert env(monkeypatch, COGNIGY_AUDIT_LOG="logs/a.jsonl").ledger.required() == Path(
        "logs/a.jsonl"
    )


def test_a_workflow_sets_the_actor_and_the_commit(monkeypatch: pytest.MonkeyPatch) -> None:
    configuration = env(monkeypatch, GITHUB_ACTOR="octocat", GITHUB_SHA="abc123")
    assert (configuration.actor, configuration.commit) == ("octocat", "abc123")


def test_no_color_counts_unless_it_is_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    assert color_choice() is None
    monkeypatch.setenv("NO_COLOR", "")
    assert color_choice() is None
    monkeypatch.setenv("NO_COLOR", "1")
    assert color_choice() is False


@pytest.mark.parametrize(
    ("base_url", "variables", "proxy"),
    [
        ("", {"HTTPS_PROXY": "http://proxy:3128"}, "http://proxy:3128"),
        ("", {"HTTPS_PROXY": "proxy:3128"}, "http://proxy:3128"),
        ("", {"ALL_PROXY": "http://proxy:3128"}, "http://proxy:3128"),
        ("", {"HTTPS_PROXY": "HTTP://my_proxy:3128/"}, "HTTP://my_proxy:3128/"),
        ("", {"HTTPS_PROXY": "http://u:p%23ss@[::1]:3128"}, "http://u:p%23ss@[::1]:3128"),
        ("", {"HTTPS_PROXY": "http://proxy:3128", "NO_PROXY": ".cognigy.com"}, None),
        ("http://127.0.0.1:1", {"HTTP_PROXY": "http://proxy:3128"}, None),
    ],
)
def test_the_usual_variables_set_the_proxy(
    monkeypatch: pytest.MonkeyPatch, base_url: str, variables: dict[str, str], proxy: str | None
) -> None:
    configuration = env(monkeypatch, **GOOD, **variables, COGNIGY_BASE_URL=base_url)
    assert configuration.tenant.required().proxy == (Secret(proxy) if proxy else None)


def test_the_same_rules_apply_to_the_proxy_of_a_webhook(monkeypatch: pytest.MonkeyPatch) -> None:
    proxied = env(
        monkeypatch, COGNIGY_WEBHOOK_URL="https://hooks.example", HTTPS_PROXY="http://proxy:3128"
    ).webhook.required()
    assert proxied is not None
    assert proxied.proxy == Secret("http://proxy:3128")
    near = env(
        monkeypatch, COGNIGY_WEBHOOK_URL="http://127.0.0.1:8080/", HTTP_PROXY="http://proxy:3128"
    ).webhook.required()
    assert near is not None
    assert near.proxy is None


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"])
@pytest.mark.parametrize(
    "proxy",
    [
        "http://user:p4ss#w0rd@proxy:3128",
        "http://user:1234#w0rd@proxy:3128",
        "http://user:p4ss/w0rd@proxy:3128",
        "http://user:1234/w0rd@proxy:3128",
        "http://user:p4ss?w0rd@proxy:3128",
        "http://user:p4ss[w0rd@proxy:3128",
        "http://user:p4ss w0rd@proxy:3128",
        "http://user:p4ss\\w0rd@proxy:3128",
        "user:p4ss#w0rd@proxy:3128",
        "http://p4ss#w0rd",
        "http://proxy:p4ss",
        "http://proxy:99999",
        "http://",
    ],
)
def test_an_invalid_proxy_url_is_reported_only_by_the_variables_name(
    monkeypatch: pytest.MonkeyPatch, variable: str, proxy: str
) -> None:
    configuration = env(
        monkeypatch, **GOOD, COGNIGY_WEBHOOK_URL="https://hooks.example", **{variable: proxy}
    )
    parts: tuple[Part[object], ...] = (configuration.tenant, configuration.webhook)
    for part in parts:
        with pytest.raises(ConfigurationError) as raised:
            part.required()
        assert raised.value.message.startswith(f"{variable} is not a valid proxy URL")
        shown = raised.value.message + raised.value.hint
        assert not any(part in shown for part in ("p4ss", "w0rd", "1234", "99999"))


def test_an_unsupported_kind_of_proxy_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    configuration = env(monkeypatch, **GOOD, HTTPS_PROXY="socks5://u:p4ss@proxy:1080")
    message = refusal(configuration)
    assert "HTTPS_PROXY names an unsupported kind of proxy" in message
    assert "p4ss" not in message


# Paths that the ledger may have


@pytest.mark.parametrize(
    "elsewhere",
    [
        "../.bashrc",
        "logs/../../.bashrc",
        "/tmp/audit.jsonl",  # noqa: S108 - only a name, not a file
        "C:\\audit.jsonl",
        "C:audit.jsonl",
        "\\\\host\\share\\audit.jsonl",
        "..\\audit.jsonl",
        ".git/hooks/pre-commit",
        "sub/.GIT/config",
        "out/audit.jsonl",
        "out/deeper/audit.jsonl",
        "outgit/pre-commit",
    ],
)
def test_a_dotenv_file_cannot_set_a_ledger_outside_the_working_directory(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, elsewhere: str
) -> None:
    here = tmp_path / "project"
    (here / "sub").mkdir(parents=True)
    monkeypatch.chdir(here)
    if os.name == "posix":
        (here / "out").symlink_to(tmp_path)
        (here / "sub" / ".git" / "hooks").mkdir(parents=True)
        (here / "outgit").symlink_to("sub/.git/hooks")
    elif elsewhere.startswith("out"):
        pytest.skip("creating links needs a privilege on Windows")
    dotenv(COGNIGY_AUDIT_LOG=f"'{elsewhere}'")
    with pytest.raises(ConfigurationError, match=r"COGNIGY_AUDIT_LOG in \.env is") as caught:
        read_configuration()
    assert "real environment" in caught.value.hint
    chosen = env(monkeypatch, COGNIGY_AUDIT_LOG=elsewhere)
    assert chosen.ledger.required() == Path(elsewhere)


@pytest.mark.parametrize("name", ["audit.jsonl", "logs/audit.jsonl", "./a", ".gitaudit", "..a"])
def test_a_dotenv_file_may_set_a_ledger_below_the_working_directory(name: str) -> None:
    dotenv(COGNIGY_AUDIT_LOG=name)
    assert read_configuration().ledger.required() == Path(name)


def in_a_workflow(monkeypatch: pytest.MonkeyPatch, **variables: str) -> Configuration:
    """The configuration in a workflow that has a checkout and a temporary folder next to it."""
    for name in ("checkout", "temp"):
        Path(name).mkdir()
    monkeypatch.chdir("checkout")
    home = Path.cwd().parent
    where = {"GITHUB_WORKSPACE": str(home / "checkout"), "RUNNER_TEMP": str(home / "temp")}
    return env(monkeypatch, **{"GITHUB_ACTIONS": "true", **where, **variables})


def test_in_a_workflow_the_ledger_is_outside_the_checkout(monkeypatch: pytest.MonkeyPatch) -> None:
    configuration = in_a_workflow(monkeypatch)
    assert configuration.ledger.required() == Path.cwd().parent / "temp" / DEFAULT_LEDGER


@pytest.mark.parametrize("path", ["../a.jsonl", "../checkout.jsonl", "../checkouts/a.jsonl"])
def test_in_a_workflow_the_variable_may_name_a_file_outside_the_checkout(
    monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    assert in_a_workflow(monkeypatch, COGNIGY_AUDIT_LOG=path).ledger.required() == Path(path)


@pytest.mark.parametrize("path", ["a.jsonl", "logs/a.jsonl", "../temp/../checkout/a.jsonl"])
@pytest.mark.parametrize("is_absolute", [True, False])
def test_in_a_workflow_a_ledger_inside_the_checkout_is_refused(
    monkeypatch: pytest.MonkeyPatch, path: str, is_absolute: bool
) -> None:
    configuration = in_a_workflow(monkeypatch)
    monkeypatch.setenv("COGNIGY_AUDIT_LOG", str(Path.cwd() / path) if is_absolute else path)
    with pytest.raises(ConfigurationError, match="inside the workflow's checkout") as caught:
        read_configuration().ledger.required()
    assert "RUNNER_TEMP" in caught.value.hint
    assert configuration.ledger.required()  # the former configuration is still valid


@pytest.mark.skipif(os.name != "posix", reason="POSIX links")
@pytest.mark.parametrize("path", ["out/a.jsonl", "../temp/in/a.jsonl"])
def test_in_a_workflow_a_ledger_behind_a_link_in_or_into_the_checkout_is_refused(
    monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    in_a_workflow(monkeypatch, COGNIGY_AUDIT_LOG=path)
    Path("out").symlink_to("../temp")
    Path("../temp/in").symlink_to("../checkout")
    with pytest.raises(ConfigurationError, match="inside the workflow's checkout"):
        read_configuration().ledger.required()


def test_without_the_folder_variables_of_a_workflow_the_ledger_is_in_the_working_directory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert env(monkeypatch, GITHUB_ACTIONS="true").ledger.required() == Path(DEFAULT_LEDGER)


@pytest.mark.parametrize("key", ["key\nsecret", "key secret", "key-sécret", "secret" * 200])
def test_an_api_key_that_no_header_can_carry_is_refused_without_being_shown(
    monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    variables = {"COGNIGY_BASE_URL": "https://api.example", "COGNIGY_PROJECT_ID": "a" * 24}
    for name, value in {**variables, "COGNIGY_API_KEY": key}.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ConfigurationError, match="COGNIGY_API_KEY contains characters") as caught:
        project_access(read_variables())
    assert "secret" not in caught.value.message


def test_what_is_missing_in_an_environment_is_looked_for_in_its_own_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Path(".env.staging").write_text("COGNIGY_BASE_URL=https://evil.example\n")
    for name in ("COGNIGY_CLIENT_ID", "COGNIGY_CLIENT_SECRET"):
        monkeypatch.setenv(name, GOOD[name])
    configuration = read_configuration("staging")
    assert "from .env.staging cannot redirect" in refusal(configuration)
    with pytest.raises(ConfigurationError) as caught:
        configuration.tenant.required()
    assert "the project's .env.staging file" in caught.value.hint


# Several environments


def test_variables_are_an_environments_own_in_its_file_or_with_its_suffix(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)
    assert not read_configuration("staging").has_own_access
    Path(".env.staging").write_text("COGNIGY_BOT_ID=bot_2\n", encoding="utf-8")
    assert not read_configuration("production").has_own_access
    monkeypatch.setenv("COGNIGY_BOT_ID__EU_1", "bot_3")
    assert read_configuration("eu-1").has_own_access
    monkeypatch.delenv("COGNIGY_BOT_ID")
    assert read_configuration("staging").has_own_access


def test_a_ledger_or_a_webhook_of_its_own_leads_to_no_tenant(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COGNIGY_AUDIT_LOG__STAGING", "one.jsonl")
    monkeypatch.setenv("COGNIGY_WEBHOOK_URL__STAGING", "https://example.org")
    assert not read_configuration("staging").has_own_access
