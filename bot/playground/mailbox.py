"""A mail server that keeps what it is given, for demo and tests: real SMTP on the loopback, in the same loop."""

import asyncio
import contextlib
import re
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser
from typing import Any, Final, Literal

from aiosmtpd.smtp import SMTP, Envelope, Session

HOST: Final = "127.0.0.1"
MAX_MAILS: Final = 500
MAX_BYTES: Final = 1_000_000
MAX_CONNECTIONS: Final = 50
MAX_LINKS: Final = 50
IDLE_SECONDS: Final = 60.0

# A full stop or bracket after an address in running text belongs to the sentence, not to the address.
_URL: Final = re.compile(r"https?://[^\s<>\"'`]*[^\s<>\"'`.,;:!?)\]}]")

Stage = Literal["MAIL", "RCPT", "DATA"]


@dataclass(frozen=True, slots=True)
class Mail:
    """One message to one recipient: `to` is the envelope's, so a mail to two people is two of these."""

    id: int
    to: str
    sender: str
    subject: str
    text: str
    html: str
    message_id: str
    received_at: datetime
    links: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """A planned failure. An empty reply hangs up without a word; `keeps`: the mail had arrived all the same."""

    at: Stage
    reply: str = ""
    keeps: bool = False


BUSY: Final = Fault("MAIL", "421 4.3.2 The service is shutting down")
TRY_LATER: Final = Fault("RCPT", "451 4.2.0 The mailbox is busy, try later")
NO_SUCH_PERSON: Final = Fault("RCPT", "550 5.1.1 There is no such mailbox")
REJECTED: Final = Fault("DATA", "550 5.7.1 The message is refused")
LOST_AFTER_DATA: Final = Fault("DATA")
KEPT_BUT_UNANSWERED: Final = Fault("DATA", keeps=True)


class Mailbox:
    """Stopped and started again it keeps its port and its mails: stopping makes it refuse connections."""

    def __init__(self, *, clock: Callable[[], datetime], port: int = 0) -> None:
        self._clock = clock
        self._port = port
        self._server: asyncio.Server | None = None
        self._connections: set[_Connection] = set()
        self._mails: deque[Mail] = deque(maxlen=MAX_MAILS)
        self._count = 0
        self._faults: deque[Fault] = deque()
        self._listeners: list[Callable[[Mail], None]] = []

    async def start(self) -> None:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._connection, HOST, self._port)
        self._port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        if self._server is None:
            return
        server, self._server = self._server, None
        server.close()
        for connection in tuple(self._connections):
            connection.hang_up()
        await server.wait_closed()

    @property
    def port(self) -> int:
        return self._port

    @property
    def smtp_url(self) -> str:
        return f"smtp://{HOST}:{self._port}"

    @property
    def messages(self) -> list[Mail]:
        """Oldest first, the last `MAX_MAILS` of them."""
        return list(self._mails)

    def subscribe(self, listener: Callable[[Mail], None]) -> Callable[[], None]:
        """The listener hears of every mail kept from now on; calling what is returned ends that."""
        self._listeners.append(listener)

        def unsubscribe() -> None:
            with contextlib.suppress(ValueError):
                self._listeners.remove(listener)

        return unsubscribe

    async def wait_for(self, *, to: str, timeout: float = 15.0, subject: str = "", after: int = 0) -> Mail:  # noqa: ASYNC109 - it raises with what did arrive, which asyncio.timeout cannot say
        """The first mail to this address whose subject holds these words and whose id is above `after`."""

        def fits(mail: Mail) -> bool:
            return mail.id > after and mail.to.casefold() == to.casefold() and subject in mail.subject

        arrived = asyncio.Event()
        unsubscribe = self.subscribe(lambda _: arrived.set())
        try:
            async with asyncio.timeout(timeout):
                while not (found := next(filter(fits, self._mails), None)):
                    arrived.clear()
                    await arrived.wait()
                return found
        except TimeoutError:
            there = "; ".join(f"{mail.to}: {mail.subject}" for mail in self._mails) or "nothing"
            raise TimeoutError(f"No mail to {to} within {timeout:g} s; the mailbox holds {there}.") from None
        finally:
            unsubscribe()

    def fail_next(self, fault: Fault, *, times: int = 1) -> None:
        """The next attempts that come as far as the fault's stage fail so; planned faults happen in order."""
        self._faults.extend([fault] * times)

    def forgive(self) -> None:
        self._faults.clear()

    def _connection(self) -> "_Connection":
        return _Connection(_Hooks(self._fault_at, self._keep), self._connections)

    def _fault_at(self, stage: Stage) -> Fault | None:
        due = bool(self._faults) and self._faults[0].at == stage
        return self._faults.popleft() if due else None

    def _keep(self, envelope: Envelope) -> None:
        raw = envelope.content if isinstance(envelope.content, bytes) else b""
        message = message_from_bytes(raw, EmailMessage, policy=policy.default)
        text, html = _body(message, "plain"), _body(message, "html")
        for recipient in envelope.rcpt_tos:
            self._count += 1
            mail = Mail(
                id=self._count,
                to=recipient,
                sender=_header(message, "From") or envelope.mail_from or "",
                subject=_header(message, "Subject"),
                text=text,
                html=html,
                message_id=_header(message, "Message-ID"),
                received_at=self._clock(),
                links=_links(text, html),
            )
            self._mails.append(mail)
            for listener in tuple(self._listeners):
                listener(mail)


class _Hooks:
    """What aiosmtpd calls at each stage; the names are its own."""

    def __init__(self, fault_at: Callable[[Stage], Fault | None], keep: Callable[[Envelope], None]) -> None:
        self._fault_at = fault_at
        self._keep = keep

    async def handle_MAIL(self, server: SMTP, _s: Session, envelope: Envelope, address: str, options: list[str]) -> str:  # noqa: N802
        if fault := self._fault_at("MAIL"):
            return _fail(server, fault)
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(self, server: SMTP, _s: Session, envelope: Envelope, address: str, options: list[str]) -> str:  # noqa: N802
        if fault := self._fault_at("RCPT"):
            return _fail(server, fault)
        if len(envelope.rcpt_tos) >= MAX_MAILS:
            return "452 4.5.3 Too many recipients"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _s: Session, envelope: Envelope) -> str:  # noqa: N802
        fault = self._fault_at("DATA")
        if fault is None or fault.keeps:
            self._keep(envelope)
        return _fail(server, fault) if fault else "250 OK"


class _Connection(SMTP):
    def __init__(self, hooks: _Hooks, connections: set["_Connection"]) -> None:
        super().__init__(
            hooks,
            hostname="playground.localhost",
            ident="Usher playground",
            data_size_limit=MAX_BYTES,
            enable_SMTPUTF8=True,
            timeout=IDLE_SECONDS,
            loop=asyncio.get_running_loop(),
        )
        self._connections = connections

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._connections.add(self)
        if len(self._connections) > MAX_CONNECTIONS:
            self.hang_up()

    def connection_lost(self, error: Exception | None) -> None:
        self._connections.discard(self)
        super().connection_lost(error)

    def hang_up(self) -> None:
        if isinstance(self.transport, asyncio.WriteTransport):
            self.transport.abort()


class _Hrefs(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if tag == "a" and name == "href" and value]


def _fail(server: SMTP, fault: Fault) -> str:
    transport = server.transport
    if not isinstance(transport, asyncio.WriteTransport):
        return fault.reply
    if not fault.reply:
        transport.abort()
    elif fault.reply.startswith("421"):
        # RFC 5321 section 3.8: the server closes after 421. The reply is written before the loop comes round to this.
        asyncio.get_running_loop().call_soon(transport.close)
    return fault.reply or "421 gone"


def _header(message: EmailMessage, name: str) -> str:
    try:
        value: Any = message[name]
    except (
        ValueError,
        IndexError,
        AttributeError,
    ):  # the standard library's header parser raises these on malformed headers
        return ""
    return str(value or "").strip()


def _body(message: EmailMessage, kind: Literal["plain", "html"]) -> str:
    part = message.get_body((kind,))
    if part is None:
        return ""
    try:
        return str(part.get_content()).replace("\r\n", "\n")
    except (LookupError, ValueError):  # an unknown character set; the demo shows what it can
        raw = part.get_payload(decode=True)
        return raw.decode("utf-8", "replace") if isinstance(raw, bytes) else ""


def _links(text: str, html: str) -> tuple[str, ...]:
    hrefs = _Hrefs()
    hrefs.feed(html)
    found = [*_URL.findall(text), *(href for href in hrefs.found if _URL.fullmatch(href))]
    return tuple(dict.fromkeys(found))[:MAX_LINKS]
