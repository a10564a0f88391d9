"""The link to a new password, to the member alone."""

from bot.delivery.mail import MailSender
from bot.delivery.slack import SlackSender
from bot.delivery.trouble import Unreachable
from bot.wording.new_passwords import new_password_mail, new_password_message
from handlers.house import Usher
from handlers.notices import ResetLetter


class Resets:
    def __init__(self, usher: Usher, *, slack: SlackSender, mail: MailSender | None, public_url: str) -> None:
        self._usher = usher
        self._slack = slack
        self._mail = mail
        self._public_url = public_url

    async def send(self, notice: ResetLetter, key: str) -> None:
        """By mail, else by direct message; what is used, replaced or over by now needs no sending."""
        letter = await self._usher.queries.reset_letter(notice)
        if letter is None:
            return
        url = self._public_url + self._usher.enrolments.path(letter.link)
        if self._mail:
            await self._mail.send(
                new_password_mail(letter, url), to=letter.to.email, name=letter.to.member.name, key=key
            )
        elif letter.to.account:
            channel = await self._slack.direct(letter.to.account.user)
            await self._slack.post(channel, *new_password_message(letter, url))
        else:
            raise Unreachable("No mail is sent here, and this member is not in Slack any more.")
