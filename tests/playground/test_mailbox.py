import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from email.message import EmailMessage

import aiosmtplib
import pytest

from bot.playground import mailbox as faults
from bot.playground.mailbox import MAX_BYTES, MAX_CONNECTIONS, MAX_MAILS, Mail, Mailbox

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
async def mailbox() -> AsyncIterator[Mailbox]:
    box = Mailbox(clock=lambda: NOON)
    await box.start()
    yield box
    await box.stop()


def letter(to: str = "ada@example.org", subject: str = "Hello", text: str = "Hello", html: str = "") -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "Usher <usher@example.org>", to, subject
    message["Message-ID"] = "<one@example.org>"
    message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
    return message


async def post(mailbox: Mailbox, message: EmailMessage | None = None) -> None:
    await aiosmtplib.send(message or letter(), hostname="127.0.0.1", port=mailbox.port, timeout=5)


async def post_raw(mailbox: Mailbox, raw: bytes) -> None:
    await aiosmtplib.send(
        raw, sender="a@example.org", recipients=["ada@example.org"], hostname="127.0.0.1", port=mailbox.port
    )


async def test_a_mail_arrives_with_all_that_a_reader_needs(mailbox: Mailbox) -> None:
    await post(mailbox, letter(subject="Zoë invites you", text="Grüße\n", html="<p>Grüße</p>"))

    [mail] = mailbox.messages
    assert (mail.to, mail.sender) == ("ada@example.org", "Usher <usher@example.org>")
    assert (mail.subject, mail.text, mail.html) == ("Zoë invites you", "Grüße\n", "<p>Grüße</p>\n")
    assert (mail.message_id, mail.received_at) == ("<one@example.org>", NOON)


async def test_links_are_found_in_text_and_html_once_each_and_without_the_full_stop(mailbox: Mailbox) -> None:
    text = "Open http://127.0.0.1:3000/invitations/abc. (Or http://127.0.0.1:3000/help?)\n"
    html = '<a href="http://127.0.0.1:3000/invitations/abc">Accept</a> <a href="javascript:alert(1)">no</a>'
    await post(mailbox, letter(text=text, html=html))

    assert mailbox.messages[0].links == ("http://127.0.0.1:3000/invitations/abc", "http://127.0.0.1:3000/help")


async def test_a_mail_to_two_people_is_two_mails(mailbox: Mailbox) -> None:
    await post(mailbox, letter(to="ada@example.org, bob@example.org"))

    assert [mail.to for mail in mailbox.messages] == ["ada@example.org", "bob@example.org"]


async def test_waiting_finds_a_mail_that_comes_later(mailbox: Mailbox) -> None:
    waiting = asyncio.create_task(mailbox.wait_for(to="Bob@Example.org", subject="invites"))
    await post(mailbox, letter(to="ada@example.org", subject="Zoë invites you"))
    await post(mailbox, letter(to="bob@example.org", subject="Another thing"))
    await post(mailbox, letter(to="bob@example.org", subject="Zoë invites you"))

    assert (await waiting).id == 3


async def test_waiting_past_a_mail_ignores_it(mailbox: Mailbox) -> None:
    await post(mailbox)
    await post(mailbox, letter(subject="Again"))

    assert (await mailbox.wait_for(to="ada@example.org", after=1)).subject == "Again"


async def test_waiting_in_vain_says_what_the_mailbox_holds(mailbox: Mailbox) -> None:
    await post(mailbox)
    with pytest.raises(TimeoutError, match=r"No mail to bob@example\.org.*holds ada@example\.org: Hello"):
        await mailbox.wait_for(to="bob@example.org", timeout=0.05)


async def test_a_subscriber_hears_until_they_leave(mailbox: Mailbox) -> None:
    heard: list[Mail] = []
    leave = mailbox.subscribe(heard.append)
    await post(mailbox)
    leave()
    await post(mailbox)

    assert [mail.id for mail in heard] == [1]


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (faults.BUSY, aiosmtplib.SMTPException),
        (faults.TRY_LATER, aiosmtplib.SMTPRecipientsRefused),
        (faults.NO_SUCH_PERSON, aiosmtplib.SMTPRecipientsRefused),
        (faults.REJECTED, aiosmtplib.SMTPDataError),
        (faults.LOST_AFTER_DATA, aiosmtplib.SMTPServerDisconnected),
    ],
)
async def test_a_planned_fault_happens_once_and_keeps_nothing(
    mailbox: Mailbox, fault: faults.Fault, error: type[Exception]
) -> None:
    mailbox.fail_next(fault)
    with pytest.raises(error) as caught:
        await post(mailbox)
    assert fault.reply[:3] in repr(caught.value)
    assert mailbox.messages == []

    await post(mailbox)
    assert len(mailbox.messages) == 1


async def test_after_421_the_server_closes(mailbox: Mailbox) -> None:
    mailbox.fail_next(faults.BUSY)
    reader, writer = await asyncio.open_connection("127.0.0.1", mailbox.port)
    writer.write(b"EHLO me\r\nMAIL FROM:<a@example.org>\r\n")
    rest = await asyncio.wait_for(reader.read(), 5)
    assert rest.endswith(b"421 4.3.2 The service is shutting down\r\n")
    writer.close()


async def test_a_mail_kept_but_unanswered_comes_twice_when_sent_again_with_one_message_id(mailbox: Mailbox) -> None:
    mailbox.fail_next(faults.KEPT_BUT_UNANSWERED)
    with pytest.raises(aiosmtplib.SMTPServerDisconnected):
        await post(mailbox)
    await post(mailbox)

    assert [mail.message_id for mail in mailbox.messages] == ["<one@example.org>"] * 2


async def test_faults_happen_in_the_order_planned_until_forgiven(mailbox: Mailbox) -> None:
    mailbox.fail_next(faults.TRY_LATER)
    mailbox.fail_next(faults.REJECTED, times=9)
    with pytest.raises(aiosmtplib.SMTPRecipientsRefused):
        await post(mailbox)
    with pytest.raises(aiosmtplib.SMTPDataError):
        await post(mailbox)
    mailbox.forgive()
    await post(mailbox)


async def test_a_stopped_mailbox_refuses_and_comes_back_on_its_port_with_its_mails(mailbox: Mailbox) -> None:
    await post(mailbox)
    url = mailbox.smtp_url
    await mailbox.stop()
    with pytest.raises(aiosmtplib.SMTPConnectError):
        await post(mailbox)
    await mailbox.start()
    await post(mailbox)

    assert (mailbox.smtp_url, len(mailbox.messages)) == (url, 2)


async def test_stopping_ends_open_conversations(mailbox: Mailbox) -> None:
    client = aiosmtplib.SMTP(hostname="127.0.0.1", port=mailbox.port, timeout=5)
    await client.connect()
    await mailbox.stop()
    with pytest.raises(aiosmtplib.SMTPServerDisconnected):
        await client.noop()


async def test_only_the_newest_mails_are_kept(mailbox: Mailbox) -> None:
    many = [f"p{number}@example.org" for number in range(MAX_MAILS + 1)]
    async with aiosmtplib.SMTP(hostname="127.0.0.1", port=mailbox.port) as client:
        await client.sendmail("a@example.org", many[:-1], b"Subject: One\n\n")
        await client.sendmail("a@example.org", many[-1:], b"Subject: Two\n\n")

    assert [mail.to for mail in mailbox.messages] == many[1:]


async def test_a_mail_that_is_too_big_is_refused(mailbox: Mailbox) -> None:
    with pytest.raises(aiosmtplib.SMTPResponseException):
        await post(mailbox, letter(text="x\n" * MAX_BYTES))
    assert mailbox.messages == []


async def test_too_many_connections_are_hung_up(mailbox: Mailbox) -> None:
    open_ones = [await asyncio.open_connection("127.0.0.1", mailbox.port) for _ in range(MAX_CONNECTIONS)]
    for reader, _ in open_ones:
        await reader.readline()
    with pytest.raises(aiosmtplib.SMTPException):
        await post(mailbox)
    for _, writer in open_ones:
        writer.close()


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"no header at all",
        b"Subject: =?utf-8?q?=ff=fe?=\nContent-Type: text/plain; charset=nonsense\n\n\xff\xfe",
        b"From: <<<>>>,,;\nMessage-ID: <\nSubject: x\nContent-Type: multipart/alternative; boundary=\n\nx",
        b'Content-Type: text/html\n\n<a href="http://[::1">x</a><![if',
        b"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: message/rfc822\n\n--b--",
    ],
)
async def test_a_malformed_mail_is_kept_as_far_as_it_can_be_read(mailbox: Mailbox, raw: bytes) -> None:
    await post_raw(mailbox, raw)
    assert mailbox.messages[0].to == "ada@example.org"
