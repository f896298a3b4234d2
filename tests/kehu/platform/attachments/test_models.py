"""What a file may be, without a database."""

from __future__ import annotations

import pytest

import kehu
from kehu.crm.contacts.models import ContactRole
from kehu.platform.attachments.models import (
    AttachmentTooLarge,
    AttachmentTypeRefused,
    can_have_files,
    check_size,
    file_name,
    media_type_of,
)
from kehu.platform.core import CoreSettings

TAKEN = CoreSettings().attachment_media_types


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("offer.pdf", "offer.pdf"),
        ("C:\\Users\\Ann\\报价.pdf", "报价.pdf"),
        ("../../etc/passwd", "passwd"),
        ("a\r\nb\x00.txt", "ab.txt"),
        ("/", ""),
    ],
)
def test_a_file_keeps_the_last_part_of_its_name(given: str, kept: str) -> None:
    assert file_name(given) == kept


def test_a_media_type_is_kept_without_parameters() -> None:
    assert media_type_of("Text/Plain; charset=utf-8", TAKEN) == "text/plain"
    assert media_type_of("application/vnd.ms-excel", TAKEN) == "application/vnd.ms-excel"


@pytest.mark.parametrize("given", ["text/html", "application/javascript", "", "pdf", "image/png\r\nX: y"])
def test_what_is_not_taken_is_refused(given: str) -> None:
    with pytest.raises(AttachmentTypeRefused):
        media_type_of(given, TAKEN)


@pytest.mark.parametrize("size", [0, 11])
def test_a_file_has_a_size_that_fits(size: int) -> None:
    check_size(10, 10)
    with pytest.raises(AttachmentTooLarge):
        check_size(size, 10)


def test_files_belong_to_what_is_archived_and_not_to_files() -> None:
    assert [can_have_files(model) for model in (kehu.Customer, kehu.Attachment, kehu.CurrencyRate)] == [
        True,
        False,
        issubclass(kehu.CurrencyRate, kehu.Archivable),
    ]
    assert can_have_files(ContactRole) is issubclass(ContactRole, kehu.Archivable)
