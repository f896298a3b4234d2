from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from kehu.platform.webhooks.signatures import (
    SignatureInvalid,
    key_of,
    new_secret,
    signature,
    signed_headers,
    verify,
)

# Source: the example of the Standard Webhooks specification and of its reference libraries.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
MESSAGE_ID = "msg_p5jXN8AQM9LWM0D4loKWxJek"
TIMESTAMP = "1614265330"
BODY = b'{"test": 2432232314}'
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
NOW = datetime.fromtimestamp(int(TIMESTAMP), UTC)


def test_a_signature_is_that_of_the_specification() -> None:
    assert signature(SECRET, MESSAGE_ID, TIMESTAMP, BODY) == SIGNATURE
    assert signed_headers([SECRET], MESSAGE_ID, NOW, BODY) == {
        "webhook-id": MESSAGE_ID,
        "webhook-timestamp": TIMESTAMP,
        "webhook-signature": SIGNATURE,
    }


def test_a_signed_message_is_verified_with_any_of_several_secrets() -> None:
    old, new = new_secret(), new_secret()
    headers = signed_headers([new, old], MESSAGE_ID, NOW, BODY)

    assert len(headers["webhook-signature"].split()) == 2
    for secret in (old, new):
        assert verify([new_secret(), secret], headers, BODY, now=NOW) == MESSAGE_ID


def test_a_secret_has_256_random_bits() -> None:
    one, other = new_secret(), new_secret()

    assert one.startswith("whsec_")
    assert len(key_of(one)) == 32
    assert one != other


@pytest.mark.parametrize(
    ("changed", "body", "later"),
    [
        ({}, BODY + b" ", timedelta()),
        ({"webhook-id": "msg_other"}, BODY, timedelta()),
        ({"webhook-timestamp": str(int(TIMESTAMP) + 1)}, BODY, timedelta()),
        ({"webhook-timestamp": "soon"}, BODY, timedelta()),
        ({"webhook-timestamp": "9" * 30}, BODY, timedelta()),
        ({"webhook-signature": "v1,AAAA"}, BODY, timedelta()),
        ({"webhook-signature": SIGNATURE.replace("v1", "v2")}, BODY, timedelta()),
        ({"webhook-signature": ""}, BODY, timedelta()),
        ({"webhook-id": ""}, BODY, timedelta()),
        ({}, BODY, timedelta(minutes=6)),
        ({}, BODY, timedelta(minutes=-6)),
    ],
)
def test_a_message_that_was_changed_or_is_old_is_refused(
    changed: dict[str, str], body: bytes, later: timedelta
) -> None:
    headers = signed_headers([SECRET], MESSAGE_ID, NOW, BODY) | changed
    with pytest.raises(SignatureInvalid):
        verify([SECRET], headers, body, now=NOW + later)


def test_a_message_signed_with_another_secret_is_refused() -> None:
    headers = signed_headers([new_secret()], MESSAGE_ID, NOW, BODY)
    with pytest.raises(SignatureInvalid, match="another secret"):
        verify([SECRET], headers, BODY, now=NOW)
