"""``qbwc-server webhook``: added, listed, changed, tried, removed; the secret is shown once."""

from __future__ import annotations

from tests.qbwc_server.cli.conftest import CommandLine

URL = "https://hooks.example.com/acme"


def test_a_webhook_from_its_beginning_to_its_end(run: CommandLine, acme: str) -> None:
    assert run("webhook", "list", "acme").stdout == "Company acme has no webhook.\n"
    made = run.json("webhook", "add", "acme", URL, "--event", "document.posted")
    number = made["id"]
    assert made["secret"].startswith("whsec_")
    assert made["secret"] not in run("webhook", "list", "acme").stdout
    (shown,) = run.json("webhook", "list", "acme")["webhooks"]
    assert shown == {name: value for name, value in made.items() if name != "secret"}
    assert run("webhook", "log", "acme", number).stdout == "There is none.\n"
    assert "within a minute" in run("webhook", "test", "acme", number).stdout
    assert "webhook.test" in run("webhook", "log", "acme", number).stdout
    (told,) = run.json("webhook", "log", "acme", number)["deliveries"]
    assert run("webhook", "again", "acme", number, told["id"]).exit_code == 4
    assert run.json("webhook", "set", "acme", number, "--off")["enabled"] is False
    assert "off: by a person" in run("webhook", "list", "acme").stdout
    assert run.json("webhook", "set", "acme", number, "--on", "--event", "connector.back")["events"] == [
        "connector.back"
    ]
    assert "sent again" in run("webhook", "again", "acme", number, told["id"]).stdout
    renewed = run("webhook", "secret", "acme", number)
    assert renewed.stdout.startswith("whsec_")
    assert renewed.stdout.strip() != made["secret"]
    assert run("webhook", "remove", "acme", number).exit_code == 0
    assert run("webhook", "remove", "acme", number).exit_code == 3


def test_what_cannot_be_called_is_refused(run: CommandLine, acme: str) -> None:
    refused = run("webhook", "add", "acme", "http://127.0.0.1/")
    assert refused.exit_code == 4
    assert "https://" in refused.stderr
    assert run("webhook", "add", "nowhere", URL).exit_code == 3
