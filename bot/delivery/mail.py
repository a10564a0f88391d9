"""Mail by SMTP: one message, one receiver, one connection, and a Message-ID that every copy of the message shares.

A connection per mail: Usher sends a few mails at a time, and a connection that is kept meets what is hard to tell
apart, such as a server that hung up while idle, allows a number of mails per connection, or remembers the mail before.
So each failure belongs to the one mail that met it; the price is a handshake, some 50 ms, beside other mails.
"""

import asyncio
import contextlib
import re
import ssl
from collections.abc import Callable, Mapping
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as SMTP_LINES
from email.utils import format_datetime, parseaddr
from hashlib import sha256
from typing import Any, Final

import aiosmtplib
from aiosmtplib import SMTP

from bot.delivery.fuse import Fuse
from bot.delivery.trouble import MAIL, Never, NoAnswer, NotNow, Trouble, own_words
from bot.setting_values import Smtp
from bot.wording.clean import clean
from bot.wording.mails import Written

TIMEOUT: Final = 20.0
WHOLE: Final = 35.0
GOODBYE: Final = 2.0
LONGEST_NAME: Final = 80
PERMANENT: Final = 500
_ADDRESS: Final = re.compile(r"[^\s@<>()\[\],;:\\\"\x00-\x1f\x7f-\x9f]+@[^\s@<>()\[\],;:\\\"\x00-\x1f\x7f-\x9f]+")


class MailSender:
    """`sender` is `USHER_MAIL_FROM`: an address, or a name with an address in angle brackets."""

    def __init__(
        self,
        server: Smtp,
        *,
        sender: str,
        clock: Callable[[], datetime],
        trust: ssl.SSLContext | None = None,
    ) -> None:
        self._server = server
        self._sender = _sender(sender)
        self._clock = clock
        self._trust = trust or ssl.create_default_context()
        self._fuse = Fuse("The mail server", MAIL)
        self._tried: set[str] = set()

    async def send(self, written: Written, *, to: str, name: str = "", key: str) -> None:
        """`key` is the parcel's; it becomes the Message-ID, by which mail programs know a second copy."""
        self._tried.add(key)
        message = self._message(written, _receiver(to, name), key)
        with self._fuse.trying():
            try:
                async with asyncio.timeout(WHOLE):
                    await self._hand_over(message, to)
            except (aiosmtplib.SMTPException, TimeoutError, OSError, ValueError) as error:
                raise _sort(error) from None

    def tried(self, key: str) -> bool:
        """Whether that parcel went, or should have gone, by mail since this was last asked."""
        found = key in self._tried
        self._tried.discard(key)
        return found

    def _message(self, written: Written, to: Address, key: str) -> EmailMessage:
        message = EmailMessage(policy=SMTP_LINES)
        message["From"] = self._sender
        message["To"] = to
        message["Subject"] = clean(written.subject, 200)
        message["Date"] = format_datetime(self._clock())
        message["Message-ID"] = f"<{sha256(key.encode()).hexdigest()[:40]}@{_ascii(self._sender.domain)}>"
        # RFC 3834: nobody's out-of-office notice should answer this.
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(written.text)
        message.add_alternative(written.html, subtype="html")
        return message

    async def _hand_over(self, message: EmailMessage, to: str) -> None:
        client = self._client()
        try:
            await client.connect()
            await client.send_message(message, sender=self._sender.addr_spec, recipients=[to])
            # It is sent whatever becomes of the goodbye.
            with contextlib.suppress(aiosmtplib.SMTPException, OSError, TimeoutError):
                await client.quit(timeout=GOODBYE)
        finally:
            client.close()

    async def greet(self) -> None:
        """Says hello, encrypts and logs in as for a mail, and sends none. Raises Trouble."""
        client = self._client()
        try:
            async with asyncio.timeout(WHOLE):
                await client.connect()
                await client.quit(timeout=GOODBYE)
        except (aiosmtplib.SMTPException, TimeoutError, OSError, ValueError) as error:
            raise _sort(error) from None
        finally:
            client.close()

    def _client(self) -> SMTP:
        server = self._server
        # Where nothing is said of encryption, a password is still shown only after asking the server for it.
        if_offered = None if server.password else False
        return SMTP(
            hostname=server.host,
            port=server.port,
            username=server.user,
            password=server.password.get_secret_value() if server.password else None,
            # The name of this machine is nobody's business, and looking it up can take long.
            local_hostname=_ascii(self._sender.domain),
            timeout=TIMEOUT,
            use_tls=server.security == "tls",
            start_tls=True if server.security == "starttls" else if_offered,
            tls_context=self._trust,
        )


def _sender(text: str) -> Address:
    """ValueError if it is no address."""
    name, address = parseaddr(text)
    if not _ADDRESS.fullmatch(address):
        raise ValueError("it must be an address such as Usher <usher@example.com>")
    username, domain = address.rsplit("@", 1)
    return Address(display_name=clean(name, LONGEST_NAME), username=username, domain=domain)


def _receiver(to: str, name: str) -> Address:
    """Python's own parser of addresses refuses other alphabets, so what it guards against is refused here."""
    if not _ADDRESS.fullmatch(to):
        raise Never("The address cannot be written in a mail.")
    username, domain = to.rsplit("@", 1)
    return Address(display_name=clean(name, LONGEST_NAME), username=username, domain=domain)


def _ascii(domain: str) -> str:
    try:
        return domain.encode("idna").decode("ascii")
    except UnicodeError:
        return "localhost"


def _sort(error: Exception) -> Trouble:
    # While it connects, aiosmtplib hides a bad certificate behind an error of its own.
    error = error.__cause__ if isinstance(error.__cause__, ssl.SSLError) else error
    for kind, sort in SORTS.items():
        if isinstance(error, kind):
            return sort(error)
    return _unreachable(error)


def _unreachable(error: Any) -> Trouble:
    return NoAnswer(f"The mail server could not be reached ({type(error).__name__}).", schedule=MAIL)


def _refused(error: Any) -> Trouble:
    """A reply of 500 and more is final (RFC 5321 section 4.2.1), anything else may be better next time."""
    [reply, *_] = getattr(error, "recipients", [error])
    reason = f"The mail server said: {reply.code} {own_words(reply.message)}"
    return Never(reason) if reply.code >= PERMANENT else NotNow(reason, schedule=MAIL)


def _to_repair(error: Any) -> Trouble:
    """Whatever is sent will meet this: 4xx comes from the server, 5xx from our settings."""
    reason = f"The mail server refused us ({type(error).__name__}, {error.code})."
    if error.code >= PERMANENT:
        return NotNow(f"{reason} Check USHER_SMTP_URL and USHER_MAIL_FROM.", schedule=MAIL, loud=True)
    return NoAnswer(reason, schedule=MAIL)


def _untrusted(_: Any) -> Trouble:
    return NoAnswer("The mail server's certificate is not to be trusted.", schedule=MAIL, loud=True)


def _unspoken(error: Any) -> Trouble:
    """The server lacks what the settings ask for: encryption, or a way to log in that we know."""
    return NotNow(f"The mail server cannot do this: {own_words(str(error))}", schedule=MAIL, loud=True)


def _unwritable(_: Any) -> Trouble:
    """aiosmtplib calls an address outside ASCII "not supported" where the server takes none (RFC 6531)."""
    return Never("The mail server takes no such address.")


SORTS: Final[Mapping[type[Exception], Callable[[Any], Trouble]]] = {
    aiosmtplib.SMTPRecipientsRefused: _refused,
    aiosmtplib.SMTPRecipientRefused: _refused,
    aiosmtplib.SMTPDataError: _refused,
    aiosmtplib.SMTPAuthenticationError: _to_repair,
    aiosmtplib.SMTPSenderRefused: _to_repair,
    aiosmtplib.SMTPHeloError: _to_repair,
    ssl.SSLError: _untrusted,
    aiosmtplib.SMTPNotSupported: _unwritable,
    ValueError: _unwritable,
    OSError: _unreachable,
    aiosmtplib.SMTPResponseException: _unreachable,
    aiosmtplib.SMTPException: _unspoken,
}
"""The first that fits counts. ssl.SSLError is an OSError, and so is a timeout; a lost connection is both."""
