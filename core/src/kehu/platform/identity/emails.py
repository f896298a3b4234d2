"""E-mail addresses in one form, so that two spellings of one mailbox meet."""

from __future__ import annotations

from typing import ClassVar

from email_validator import EmailNotValidError, validate_email

from kehu.kernel.text.characters import half_width_address

# Characters, as RFC 5321 has them: 64 before the @ and 255 behind it.
LONGEST = 320


class InvalidEmail(ValueError):
    """A text that no mail server would take as an address; the message says why."""

    code: ClassVar[str] = "INVALID_EMAIL"


def normalise_email(text: str) -> str:
    """The address in `text`, lower-cased, its domain in the letters people read (`例子.中国`, not `xn--...`).

    The local part is lower-cased too: RFC 5321 lets a server tell `Bob` from `bob`, and none is known to.
    No name server is asked. Raises InvalidEmail, also for domains that never receive mail (`.invalid`).
    """
    if len(text) > LONGEST:
        raise InvalidEmail(f"An e-mail address has at most {LONGEST} characters.")
    typed = half_width_address(text).strip()
    try:
        address = validate_email(typed.lower(), check_deliverability=False)
    except EmailNotValidError as refused:
        raise InvalidEmail(f"{text!r} is not an e-mail address: {refused}") from refused
    return address.normalized
