from datetime import UTC, datetime, timedelta

import pytest
from pyotp import random_base32
from pyotp.totp import TOTP

from bot.playground.phone import MAX_ENTRIES, Phone, Unreadable

KEY = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def phone(clock: Clock) -> Phone:
    return Phone(clock=clock)


@pytest.mark.parametrize(
    "pasted",
    [
        KEY,
        "jbsw y3dp ehpk 3pxp jbsw y3dp ehpk 3pxp",
        "  JBSW-Y3DP-EHPK-3PXP-JBSW-Y3DP-EHPK-3PXP\n",
        f"{KEY}======",
        f"otpauth://totp/Usher:ada%40example.org?secret={KEY}&issuer=Usher",
        f"otpauth://totp/x?secret={KEY.lower()}&algorithm=SHA1&digits=6&period=30",
    ],
)
def test_a_set_up_key_is_read_however_it_is_pasted(phone: Phone, pasted: str) -> None:
    assert phone.add(pasted).digits == TOTP(KEY).at(NOON)


def test_the_code_changes_with_the_clock_and_counts_down(phone: Phone, clock: Clock) -> None:
    first = phone.add(KEY)
    clock.now = NOON + timedelta(seconds=29)
    [late] = phone.codes()
    clock.now = NOON + timedelta(seconds=30)
    [following] = phone.codes()

    assert (first.seconds_left, late.seconds_left, following.seconds_left) == (30, 1, 30)
    assert first.digits == late.digits != following.digits


def test_an_entry_is_called_what_its_link_says(phone: Phone) -> None:
    assert (
        phone.add(f"otpauth://totp/Usher:ada%40example.org?secret={KEY}&issuer=Usher").label
        == "Usher · ada@example.org"
    )


def test_an_entry_without_a_name_is_called_usher(phone: Phone) -> None:
    assert phone.add(KEY).label == "Usher"


def test_several_entries_stand_beside_each_other_and_one_can_be_removed(phone: Phone) -> None:
    old, new = phone.add(KEY, label="old"), phone.add(random_base32(), label="new")
    phone.remove(old.id)

    assert [code.label for code in phone.codes()] == [new.label]


def test_the_same_key_twice_is_one_entry(phone: Phone) -> None:
    phone.add(KEY)
    phone.add(f"otpauth://totp/x?secret={KEY}")

    assert len(phone.codes()) == 1


@pytest.mark.parametrize(
    "pasted",
    [
        "",
        "   ",
        "short",
        "JBSWY3DPEHPK3PXP",
        "1BSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
        "A" * 600,
        "otpauth://hotp/x?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&counter=1",
        "otpauth://totp/x",
        "otpauth://totp/x?secret=!!!!",
        "otpauth://totp/x?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&period=zero",
        "otpauth://totp/x?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&period=1",
        "otpauth://totp/x?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&digits=8",
        "otpauth://totp/x?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&algorithm=MD5",
    ],
)
def test_what_is_no_key_is_refused_without_repeating_it(phone: Phone, pasted: str) -> None:
    with pytest.raises(Unreadable) as caught:
        phone.add(pasted)
    assert phone.codes() == []
    assert not pasted.strip() or pasted not in str(caught.value)


def test_a_phone_is_full_one_day(phone: Phone) -> None:
    for _ in range(MAX_ENTRIES):
        phone.add(random_base32())
    with pytest.raises(Unreadable, match="Remove one first"):
        phone.add(KEY)


def test_no_key_shows_in_a_repr(phone: Phone) -> None:
    phone.add(KEY)
    assert KEY not in repr(vars(phone))
