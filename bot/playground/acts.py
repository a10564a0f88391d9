"""What people do in their Slack client, and what they then see. The page and the tests both act through this."""

from typing import Any

from bot.playground import payloads
from bot.playground.answers import spoken
from bot.playground.client import GONE, INACTIVE, Values, control_in
from bot.playground.errors import SlackError
from bot.playground.escaping import escaped_text
from bot.playground.exchange import Response
from bot.playground.form_acts import FormActs
from bot.playground.forms import HELD, CannotChooseError, chosen_option, filled_in, initial_values, options_of, value_of
from bot.playground.model import Answer, Control, Json, Message, User, View
from bot.playground.shapes import view_json
from bot.playground.wire import Reply

NOT_HERE = "Apps of another workspace take no commands here."
CLOSED_DM = "Sending messages to this app has been turned off."
NOT_IN_CHANNEL = "You are not in this channel."


class Acts(FormActs):
    # ---- typing

    async def type(self, user_id: str, channel_id: str, text: str) -> Answer:
        """A command if it begins with `/`, else an ordinary message."""
        user = self.world.users[user_id]
        refusal = self._typing_refused(user, channel_id)
        if refusal:
            return Answer(error=refusal)
        if text.startswith("/"):
            return await self._command(user, channel_id, text)
        written = Message(
            ts=self.world.next_ts(), channel=channel_id, user=user_id, text=escaped_text(text, self.world)
        )
        return Answer(message=self.world.put_message(written))

    def _typing_refused(self, user: User, channel_id: str) -> str | None:
        channel = self.world.channels[channel_id]
        if user.deleted:
            return INACTIVE
        if user.id not in channel.members:
            return NOT_IN_CHANNEL
        if channel.kind == "im" and not self._slack.manifest.dm_open:
            return CLOSED_DM
        return None

    async def _command(self, user: User, channel_id: str, typed: str) -> Answer:
        name, text = [*typed.split(maxsplit=1), ""][:2]
        name, text = name.lower(), text.strip()
        if name not in self._slack.manifest.commands:
            return Answer(error=f"{name} is not a valid command.")
        if user.team_id != self.world.team.id:
            return Answer(error=NOT_HERE)
        if self._slack.manifest.commands[name]:
            text = escaped_text(text, self.world)
        trigger_id = self._slack.exchange.new_trigger(user.id)
        response = Response(user.id, channel_id, self.world.now())
        url = self._response_url("commands", response)
        fields = payloads.command(
            self._slack,
            user,
            self.world.channels[channel_id],
            name=name,
            text=text,
            trigger_id=trigger_id,
            response_url=url,
        )
        reply = await self.wire.command(fields)
        return self._heard(name, response, reply, trigger_id, url)

    def _heard(self, name: str, response: Response, reply: Reply, trigger_id: str, url: str) -> Answer:
        try:
            reply.demand()
            message = spoken(self._slack, response, reply)
        except SlackError as error:
            self.world.record("command", {"command": name}, error.body())
            return Answer(error=f"{name} failed because the app did not respond ({error}).", status=reply.status)
        return Answer(message=message, status=reply.status, trigger_id=trigger_id, response_url=url)

    # ---- pressing

    async def press(
        self,
        user_id: str,
        on: Message | View,
        block_id: str,
        action_id: str,
        value: Any = None,
        *,
        typed: Values | None = None,
    ) -> Answer:
        """`value` as in `Values`, for what is chosen and not merely pressed; `typed`: what the form holds then.

        `on` may be an older state of a message or view: people press what they see.
        """
        user, current = self.world.users[user_id], self._current(user_id, on)
        if user.deleted or current is None:
            return Answer(error=INACTIVE if user.deleted else GONE)
        control = control_in(current, block_id, action_id) or control_in(on, block_id, action_id)
        if control is None:
            raise CannotChooseError(f"There is nothing to press under {block_id}/{action_id}.")
        held = self._held(user_id, on, control, value)
        if isinstance(current, View):
            current = self._filled(current, typed or {}, control, held)
        if control.is_input and not _dispatches(current, block_id):
            return Answer()
        return await self._act(user, current, control, held)

    async def _act(self, user: User, on: Message | View, control: Control, held: Json) -> Answer:
        trigger_id = self._slack.exchange.new_trigger(user.id, in_modal=isinstance(on, View) and on.type == "modal")
        url = self._answer_url(user, on) if isinstance(on, Message) else None
        payload = payloads.block_actions(
            self._slack,
            user,
            on,
            payloads.action_of(control, held, self.world.next_ts()),
            trigger_id=trigger_id,
            response_url=url,
            state=_state(on, control, held),
        )
        reply = await self.wire.interaction(payload)
        if reply.failure:
            self.world.record("block_actions", {"action_id": control.action_id}, SlackError(reply.failure).body())
            return Answer(error=f"This app did not respond ({reply.failure}).", status=reply.status)
        return Answer(status=reply.status, trigger_id=trigger_id, response_url=url or "")

    def _held(self, user_id: str, on: Message | View, control: Control, value: Any) -> Json:
        if control.type in HELD:
            return value_of(control, value, self.world, self.offered(user_id, on, control))
        if control.type == "overflow":
            return {"selected_option": chosen_option(control, value, options_of(control.element))}
        return {}

    def _filled(self, view: View, typed: Values, control: Control, held: Json) -> View:
        values = filled_in(view, typed, self.world, self._offered_in(view.user, view))
        if control.type in HELD:
            values.setdefault(control.block_id, {})[control.action_id] = held
        filled = view.evolve(values=values)
        self.world.replace_view(filled)
        return filled

    # ---- Home and shortcuts

    async def open_home(self, user_id: str) -> View | None:
        """Tells the bot; what it publishes then may come a little later than the view returned."""
        user = self.world.users[user_id]
        if user.deleted or user.team_id != self.world.team.id or not self._slack.manifest.home_tab:
            return None
        opened = {"type": "app_home_opened", "user": user_id, "channel": self.world.im_with(user_id).id, "tab": "home"}
        home = self.world.home(user_id)
        await self.wire.event(opened | ({"view": view_json(self.world, home)} if home else {}))
        return self.world.home(user_id)

    async def shortcut(self, user_id: str, callback_id: str, message: Message | None = None) -> Answer:
        user, known = self.world.users[user_id], self._slack.manifest.shortcuts[callback_id]
        if (known.type == "message") != (message is not None):
            raise CannotChooseError(f"{callback_id} is a {known.type} shortcut.")
        if user.deleted or user.team_id != self.world.team.id:
            return Answer(error=INACTIVE if user.deleted else NOT_HERE)
        trigger_id, url = self._slack.exchange.new_trigger(user_id), ""
        if message is None:
            payload = payloads.shortcut(self._slack, user, callback_id=callback_id, trigger_id=trigger_id)
        else:
            url = self._answer_url(user, message)
            payload = payloads.message_action(
                self._slack, user, message, callback_id=callback_id, trigger_id=trigger_id, response_url=url
            )
        reply = await self.wire.interaction(payload)
        if reply.failure:
            return Answer(
                error=f"{known.name} failed because the app did not respond ({reply.failure}).", status=reply.status
            )
        return Answer(status=reply.status, trigger_id=trigger_id, response_url=url)


def _dispatches(on: Message | View, block_id: str) -> bool:
    return any(block.get("block_id") == block_id and block.get("dispatch_action") for block in on.blocks)


def _state(on: Message | View, control: Control, held: Json) -> Json:
    if isinstance(on, View):
        return {}
    values = initial_values(on.controls)
    if control.type in HELD:
        values.setdefault(control.block_id, {})[control.action_id] = held
    return dict(values)
