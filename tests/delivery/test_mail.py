"""What a mail server may do to a mail on its way, and what a mail looks like when it arrives."""

import asyncio
import ssl
import warnings
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope
from structlog.testing import capture_logs

from bot.delivery.mail import MailSender
from bot.delivery.trouble import Never, NotNow
from bot.playground import mailbox as faults
from bot.setting_values import smtp
from bot.wording.mails import Written
from handlers.notices import InvitationMail
from tests.delivery.certificates import contexts
from tests.delivery.clock import Clock
from tests.delivery.office import Office, invitation
from tests.patience import PATIENCE

HOSTILE = "Ada\r\nBcc: all@example.org\r\n\r\n<script>x</script>\u202e\x00"


class Server:
    """A mail server that keeps the raw mails."""

    def __init__(self) -> None:
        self.raw: list[bytes] = []
        self.receivers: list[str] = []
        self.port = 0

    async def handle_DATA(self, _server: SMTP, _session: object, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        assert isinstance(envelope.content, bytes)
        self.raw.append(envelope.content)
        self.receivers += envelope.rcpt_tos
        return "250 OK"

    def mail(self) -> EmailMessage:
        return message_from_bytes(self.raw[-1], EmailMessage, policy=policy.default)


def refuse(*_: object) -> AuthResult:
    return AuthResult(success=False, handled=False)


@asynccontextmanager
async def serving(
    *,
    start_tls: ssl.SSLContext | None = None,
    tls: ssl.SSLContext | None = None,
    utf8: bool = False,
    login: bool = False,
) -> AsyncGenerator[Server]:
    kept = Server()

    def connection() -> SMTP:
        with warnings.catch_warnings(action="ignore"):  # aiosmtpd minds passwords without encryption
            return SMTP(
                kept,
                hostname="mail.test",
                tls_context=start_tls,
                enable_SMTPUTF8=utf8,
                auth_required=login,
                auth_require_tls=False,
                authenticator=refuse,
                loop=asyncio.get_running_loop(),
            )

    listening = await asyncio.get_running_loop().create_server(connection, "127.0.0.1", 0, ssl=tls)
    kept.port = listening.sockets[0].getsockname()[1]
    yield kept
    listening.close()


def sender(url: str, *, trust: ssl.SSLContext | None = None) -> MailSender:
    return MailSender(smtp(url), sender="Usher <usher@example.org>", clock=Clock(), trust=trust)


async def send(
    url: str,
    *,
    to: str = "ada@example.org",
    name: str = "",
    subject: str = "Hello",
    trust: ssl.SSLContext | None = None,
) -> None:
    await sender(url, trust=trust).send(Written(subject, "Text\n", "<p>Text</p>"), to=to, name=name, key="key-1")


def invite(office: Office, to: str = "zoe") -> int:
    office.shelf.letters["inv"] = invitation(to)
    return office.put(InvitationMail("inv", 1), target=to)


# Faults ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", [faults.BUSY, faults.TRY_LATER, faults.LOST_AFTER_DATA])
@pytest.mark.invariant(37)
async def test_a_mail_that_cannot_be_taken_now_is_taken_later(office: Office, fault: faults.Fault) -> None:
    office.mailbox.fail_next(fault, times=2)
    mail = invite(office)
    await office.deliver()
    assert (office.mailbox.messages, office.row(mail).state) == ([], "waiting")
    for _ in range(2):
        await office.deliver_after(seconds=10)

    assert [mail.to for mail in office.mailbox.messages] == ["zoe@example.org"]
    assert office.row(mail).state == "sent"


@pytest.mark.invariant(37)
async def test_a_mail_whose_answer_is_lost_comes_again_with_the_same_message_id(office: Office) -> None:
    office.mailbox.fail_next(faults.KEPT_BUT_UNANSWERED)
    invite(office)
    await office.deliver()
    await office.deliver_after(seconds=10)

    first, second = office.mailbox.messages
    assert first.message_id == second.message_id
    assert first.message_id.endswith("@example.org>")


async def test_two_mails_have_two_message_ids(office: Office) -> None:
    invite(office)
    invite(office)
    await office.deliver()

    first, second = office.mailbox.messages
    assert first.message_id != second.message_id


@pytest.mark.parametrize("fault", [faults.NO_SUCH_PERSON, faults.REJECTED])
async def test_a_mail_refused_for_good_is_a_dead_letter_with_the_servers_words_and_others_go_on(
    office: Office, fault: faults.Fault
) -> None:
    office.mailbox.fail_next(fault)
    bounced, other = invite(office), office.tell("zoe", target="zoe")
    await office.deliver()

    assert office.row(bounced).state == "dead"
    assert office.row(bounced).error == f"The mail server said: {fault.reply}"
    assert office.row(other).state == "sent"


async def test_a_refusing_server_is_asked_again_until_it_recovers(office: Office) -> None:
    await office.mailbox.stop()
    mail = invite(office)
    began = office.clock()
    for _ in range(10):
        await office.deliver_after(minutes=30)
    assert office.row(mail).state == "waiting"

    await office.mailbox.start()
    await office.deliver_after(hours=1)
    assert len(office.mailbox.messages) == 1
    assert office.clock() - began >= timedelta(hours=6)


async def test_a_mail_is_given_up_after_about_a_day(office: Office) -> None:
    await office.mailbox.stop()
    mail = invite(office)
    began = office.clock()
    while office.row(mail).state == "waiting":
        await office.deliver_after(minutes=60)
    await office.mailbox.start()

    assert office.row(mail).error.endswith("Given up after 32 tries.")
    assert timedelta(hours=20) < office.clock() - began < timedelta(hours=36)


async def test_a_silent_server_does_not_hold_up_slack(office: Office) -> None:
    async def silence(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await gone.wait()
        writer.close()

    gone = asyncio.Event()
    silent = await asyncio.start_server(silence, "127.0.0.1", 0)
    port = silent.sockets[0].getsockname()[1]
    office.delivery._errands._mail = sender(f"smtp://127.0.0.1:{port}")  # pyright: ignore[reportPrivateUsage] # to swap the server
    invite(office)
    office.tell("ada")
    running = asyncio.create_task(office.delivery.run())
    async with asyncio.timeout(PATIENCE):
        while not office.heard("ada"):  # noqa: ASYNC110 - nothing to wait on
            await asyncio.sleep(0.01)
    gone.set()
    await office.delivery.stop()
    await running
    silent.close()


# Encryption and trust -------------------------------------------------------------------------------------------------


async def test_mail_travels_encrypted_to_a_trusted_server(tmp_path: Path) -> None:
    server, trust = contexts(tmp_path)
    async with serving(tls=server) as tls, serving(start_tls=server) as upgraded:
        await send(f"smtps://localhost:{tls.port}", trust=trust)
        await send(f"smtp+starttls://localhost:{upgraded.port}", trust=trust)

    assert len(tls.raw) == len(upgraded.raw) == 1


@pytest.mark.parametrize("scheme", ["smtps", "smtp+starttls"])
@pytest.mark.parametrize("host", ["localhost", "elsewhere.example"])
async def test_a_server_that_nobody_vouches_for_gets_no_mail(tmp_path: Path, scheme: str, host: str) -> None:
    server, trust = contexts(tmp_path, host=host)
    tls = server if scheme == "smtps" else None
    async with serving(tls=tls, start_tls=None if tls else server) as listening:
        with pytest.raises(NotNow) as caught:
            await send(f"{scheme}://localhost:{listening.port}", trust=trust if host != "localhost" else None)

    assert listening.raw == []
    assert caught.value.loud


async def test_a_server_without_encryption_gets_no_mail_that_was_to_be_encrypted() -> None:
    async with serving() as plain:
        with pytest.raises(NotNow) as caught:
            await send(f"smtp+starttls://127.0.0.1:{plain.port}")

    assert plain.raw == []
    assert caught.value.loud


async def test_a_password_is_encrypted_where_the_server_can_even_if_nobody_asked(tmp_path: Path) -> None:
    server, _ = contexts(tmp_path)
    async with serving(start_tls=server, login=True) as offering:
        with pytest.raises(NotNow, match="certificate"):
            await send(f"smtp://usher:pass-word-1@localhost:{offering.port}")


async def test_a_wrong_password_is_said_loudly_and_never_shown() -> None:
    async with serving(login=True) as strict:
        with pytest.raises(NotNow) as caught:
            await send(f"smtp://usher:pass-word-1@127.0.0.1:{strict.port}")

    assert caught.value.loud
    assert "USHER_SMTP_URL" in caught.value.error
    assert "pass-word-1" not in repr(caught.value.__dict__)


# What arrives ---------------------------------------------------------------------------------------------------------


async def test_a_mail_says_all_that_mail_programs_want_to_know() -> None:
    async with serving() as server:
        await send(f"smtp://127.0.0.1:{server.port}", name="Zoë")

    mail = server.mail()
    assert mail["From"] == "Usher <usher@example.org>"
    assert mail["To"] == "Zoë <ada@example.org>"
    assert mail["Date"].datetime == Clock()()
    assert mail["Auto-Submitted"] == "auto-generated"
    assert [part.get_content_type() for part in mail.walk()] == ["multipart/alternative", "text/plain", "text/html"]


@pytest.mark.invariant(43)
async def test_no_name_and_no_subject_can_add_a_header_or_a_receiver() -> None:
    async with serving() as server:
        await send(f"smtp://127.0.0.1:{server.port}", name=HOSTILE, subject=HOSTILE)

    assert server.receivers == ["ada@example.org"]
    names = ["from", "to", "subject", "date", "message-id", "auto-submitted", "mime-version", "content-type"]
    assert sorted(name.lower() for name in server.mail().keys()) == sorted(names)  # noqa: SIM118 - a mail is no dict
    assert [address.addr_spec for address in server.mail()["To"].addresses] == ["ada@example.org"]
    assert "\u202e" not in server.mail()["Subject"]


@pytest.mark.parametrize(
    "address",
    [
        "ada@example.org\r\nRCPT TO:<b@example.org>",
        "ada@example.org> SIZE=1",
        "a b@example.org",
        "ada",
        "",
        "@",
        "a@b\x00",
    ],
)
@pytest.mark.invariant(43)
async def test_an_address_that_is_none_is_refused_before_anything_is_sent(address: str) -> None:
    async with serving() as server:
        with pytest.raises(Never):
            await send(f"smtp://127.0.0.1:{server.port}", to=address)

    assert server.raw == []


async def test_an_address_in_another_alphabet_arrives_where_the_server_takes_it() -> None:
    async with serving(utf8=True) as modern, serving() as old:
        await send(f"smtp://127.0.0.1:{modern.port}", to="дора@example.org", name="Дора")
        with pytest.raises(Never, match="takes no such address"):
            await send(f"smtp://127.0.0.1:{old.port}", to="дора@example.org")

    assert modern.receivers == ["дора@example.org"]


async def test_a_mail_is_sent_even_if_the_goodbye_fails() -> None:
    async with serving() as server:

        async def handle_QUIT(smtp_server: SMTP, *_: object) -> str:  # noqa: N802 - aiosmtpd's name
            transport = smtp_server.transport
            assert isinstance(transport, asyncio.WriteTransport)
            transport.abort()
            return "221 Bye"

        server.handle_QUIT = handle_QUIT  # pyright: ignore[reportAttributeAccessIssue] # a hook for this test alone
        await send(f"smtp://127.0.0.1:{server.port}")

    assert len(server.raw) == 1


# Words ----------------------------------------------------------------------------------------------------------------


async def test_every_trouble_names_no_secret(office: Office) -> None:
    office.mailbox.fail_next(faults.Fault("RCPT", "550 no https://x.example/secret \x1b[31m <b>"))
    mail = invite(office)
    with capture_logs() as logs:
        await office.deliver()

    assert "secret" not in office.row(mail).error
    assert "\x1b" not in office.row(mail).error
    assert "secret" not in repr(logs)


def test_a_wrong_sender_stops_the_start() -> None:
    with pytest.raises(ValueError, match="must be an address"):
        MailSender(smtp("smtp://localhost:25"), sender="nobody", clock=Clock())
