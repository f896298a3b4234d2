"""Signatures of messages. Source: the Standard Webhooks specification 1.0, symmetric signatures (v1)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets as randomness
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from kehu.kernel.errors import Refusal

PREFIX = "whsec_"
SECRET_BYTES = 32
TOLERANCE = timedelta(minutes=5)


class SignatureInvalid(Refusal):
    """The message was not signed with a secret that is known here, or not just now."""

    code = "SIGNATURE_INVALID"


def new_secret() -> str:
    """A secret as both sides keep it: `whsec_` and 32 random bytes in base64."""
    return PREFIX + base64.b64encode(randomness.token_bytes(SECRET_BYTES)).decode()


def signed_headers(secrets: Sequence[str], message_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """The three headers of a message; with several secrets, as while one replaces another, several signatures."""
    signatures = (signature(secret, message_id, _seconds(at), body) for secret in secrets)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": _seconds(at),
        "webhook-signature": " ".join(signatures),
    }


def verify(secrets: Sequence[str], headers: Mapping[str, str], body: bytes, *, now: datetime) -> str:
    """The id of a message whose signature fits one of the secrets. `headers` have lower-case names.

    Raises SignatureInvalid for a message without signature, with a wrong one, or signed more than 5 minutes away.
    """
    message_id, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    given = headers.get("webhook-signature", "").split()
    if not message_id or not given:
        raise SignatureInvalid("The message has no signature: send webhook-id, -timestamp and -signature.")
    if not _is_recent(timestamp, now):
        raise SignatureInvalid("The signature was made more than five minutes from now.")
    expected = [signature(secret, message_id, timestamp, body) for secret in secrets]
    # Every pair is compared, so that the time it takes says nothing.
    matches = [hmac.compare_digest(one.encode(), other.encode()) for one in expected for other in given]
    if not any(matches):
        raise SignatureInvalid("The signature is not of this message, or made with another secret.")
    return message_id


def signature(secret: str, message_id: str, timestamp: str, body: bytes) -> str:
    """`v1,` and the base64 of HMAC-SHA256 over id, timestamp and body, joined by dots."""
    content = b".".join([message_id.encode(), timestamp.encode(), body])
    return "v1," + base64.b64encode(hmac.new(key_of(secret), content, hashlib.sha256).digest()).decode()


def key_of(secret: str) -> bytes:
    """The bytes of a secret. Raises ValueError for text that is none."""
    try:
        return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error as error:
        raise ValueError("A secret is base64, with `whsec_` before it.") from error


def _seconds(at: datetime) -> str:
    return str(int(at.timestamp()))


def _is_recent(timestamp: str, now: datetime) -> bool:
    try:
        at = datetime.fromtimestamp(int(timestamp), UTC)
    except (ValueError, OverflowError, OSError):
        return False
    return abs(now - at) <= TOLERANCE
