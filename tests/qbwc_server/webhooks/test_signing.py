"""Signatures are those of Standard Webhooks."""

from __future__ import annotations

import base64
from datetime import UTC, datetime

from pydantic import SecretStr

from qbwc_server.webhooks.signing import new_secret, signature, signed_headers

# the example that libraries of Standard Webhooks are tested with
SECRET = SecretStr("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
MESSAGE, AT = "msg_p5jXN8AQM9LWM0D4loKWxJek", datetime.fromtimestamp(1614265330, UTC)
BODY = b'{"test": 2432232314}'
SIGNED = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_the_published_example() -> None:
    assert signature(SECRET, MESSAGE, AT, BODY) == SIGNED


def test_two_secrets_make_two_signatures_of_one_message() -> None:
    other = new_secret()
    headers = signed_headers([other, SECRET], MESSAGE, AT, BODY)
    assert headers["webhook-id"] == MESSAGE
    assert headers["webhook-timestamp"] == "1614265330"
    assert headers["webhook-signature"].split(" ") == [signature(other, MESSAGE, AT, BODY), SIGNED]


def test_a_secret_is_256_bits_and_no_two_are_alike() -> None:
    made = {new_secret().get_secret_value() for _ in range(50)}
    assert len(made) == 50
    assert all(len(base64.b64decode(one.removeprefix("whsec_"), validate=True)) == 32 for one in made)


def test_whatever_changes_another_signature_results() -> None:
    others = {
        signature(SECRET, MESSAGE + "x", AT, BODY),
        signature(SECRET, MESSAGE, datetime.fromtimestamp(1614265331, UTC), BODY),
        signature(SECRET, MESSAGE, AT, BODY + b" "),
        signature(new_secret(), MESSAGE, AT, BODY),
    }
    assert len(others | {SIGNED}) == 5
