"""Forms in the client: filled in, looked at by Slack, sent, answered, closed; and what external selects offer."""

from bot.playground import payloads
from bot.playground.answers import after_submission, option_of, suggestions
from bot.playground.client import GONE, INACTIVE, Values, control_in
from bot.playground.errors import SlackError
from bot.playground.exchange import Response
from bot.playground.file_acts import FileActs
from bot.playground.forms import HELD, complaints, filled_in
from bot.playground.model import Control, Json, Message, Option, Submission, User, View
from bot.playground.wire import Reply

SHORTEST_QUERY = 3


class FormActs(FileActs):
    async def submit(self, user_id: str, view_id: str, typed: Values) -> Submission:
        """`typed` is laid over what the form already holds; only inputs that changed need be given."""
        stack = self.world.modals(user_id)
        if not stack or stack[-1].id != view_id:
            return Submission(error=GONE, sent=False, closed=view_id not in [view.id for view in stack])
        if self.world.users[user_id].deleted:
            return Submission(error=INACTIVE, sent=False)
        view = stack[-1]
        values = filled_in(view, typed, self.world, self._offered_in(user_id, view))
        view = view.evolve(values=values, errors={})
        view = view.evolve(errors=complaints(view))
        self.world.replace_view(view)
        if view.errors:
            return Submission(errors=view.errors, view=view, sent=False)
        return await self._send_form(self.world.users[user_id], view)

    async def _send_form(self, user: User, view: View) -> Submission:
        trigger_id = self._slack.exchange.new_trigger(user.id, in_modal=True)
        payload = payloads.view_submission(
            self._slack, user, view, trigger_id=trigger_id, response_urls=self._form_urls(user, view)
        )
        return after_submission(self._slack, view, await self.wire.interaction(payload))

    def _form_urls(self, user: User, view: View) -> list[Json]:
        """One for each channel chosen in a select with `response_url_enabled`."""
        urls: list[Json] = []
        for control in view.inputs:
            chosen = view.values[control.block_id][control.action_id].get(HELD[control.type].key)
            if control.element.get("response_url_enabled") and chosen in self.world.channels:
                url = self._response_url("app", Response(user.id, str(chosen), self.world.now()))
                ids = {"block_id": control.block_id, "action_id": control.action_id}
                urls.append({**ids, "channel_id": chosen, "response_url": url})
        return urls

    async def close(self, user_id: str, view_id: str) -> None:
        """Closes that form (Cancel); the one below it shows again. `notify_on_close` tells the bot."""
        view = next((view for view in self.world.modals(user_id) if view.id == view_id), None)
        if view and view.clear_on_close:
            await self.close_all(user_id)
        elif view:
            self.world.pop_modal(view)
            await self._tell_closed(view, is_cleared=False)

    async def close_all(self, user_id: str) -> None:
        """Closes the whole stack (the cross)."""
        stack = self.world.modals(user_id)
        self.world.clear_modals(user_id)
        for view in reversed(stack):
            await self._tell_closed(view, is_cleared=True)

    async def _tell_closed(self, view: View, *, is_cleared: bool) -> None:
        if view.notify_on_close:
            user = self.world.users[view.user]
            await self.wire.interaction(payloads.view_closed(self._slack, user, view, is_cleared=is_cleared))

    async def suggest(self, user_id: str, on: Message | View, block_id: str, action_id: str, text: str) -> list[Option]:
        """Asks the bot what an external select offers for this text; nothing if the text is too short to be sent."""
        current = self._current(user_id, on)
        control = control_in(current, block_id, action_id) if current else None
        if current is None or control is None:
            return []
        if len(text) < control.element.get("min_query_length", SHORTEST_QUERY):
            return []
        user = self.world.users[user_id]
        reply = await self.wire.interaction(payloads.block_suggestion(self._slack, user, current, control, text))
        return [option_of(found) for found in self._offered(user_id, current, control, reply)]

    def _offered(self, user_id: str, on: Message | View, control: Control, reply: Reply) -> list[Json]:
        try:
            found = suggestions(reply)
        except SlackError as error:
            self.world.record("block_suggestion", {"action_id": control.action_id}, error.body())
            return []
        kept = [{key: part for key, part in option.items() if key != "group"} for option in found]
        known = self._offered_in(user_id, on)
        known[control.block_id, control.action_id] = [*self.offered(user_id, on, control), *kept]
        return found
