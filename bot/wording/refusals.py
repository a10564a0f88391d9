"""Every refusal in words: why, and what to do next. Read each aloud: it answers a person who wanted something."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.wording.common import quoted_as_typed
from bot.wording.left_out import known_why, left_out
from bot.wording.phrase import Fact, Phrase, Words, say
from handlers.commands import NotInvited, RefusalCode, Refused


@dataclass(frozen=True, slots=True)
class Sentence:
    """What stands in braces comes from the refusal, or from `UNNAMED` where it names none."""

    why: str
    then: str


# What a sentence says where a refusal carries no such fact.
UNNAMED: Mapping[str, str] = {
    "ask": "an admin of your organization",
    "advice": "use three or four unrelated words",
    "known": "those in the form's list",
    "least": "8",
    "minutes": "15",
    "most": "so many",
    "organization": "this organization",
    "person": "This person",
    "role": "in question",
    "several": "say which",
    "space": "of that name",
    "kind": "places of that kind",
    "place": "place",
    "group": "of that name",
    "word": "group",
    "resource": "of that name",
    "email": "that address",
    "plan": "of that name",
    "catalogue": "of that name",
    "addon": "in question",
    "roles": "certain roles",
    "toggle": "This feature",
    "what": "This",
    "state": "over",
    "status": "so",
    "thing": "It",
}

REFUSALS: Mapping[RefusalCode, Sentence] = {
    "busy": Sentence("Usher is busy just now, and nothing was changed.", "Try again in a moment."),
    "unknown-account": Sentence(
        "Slack did not say who you are, and nothing was changed.", "Try again in a moment; if it goes on, tell {ask}."
    ),
    "not-for-guests": Sentence(
        "Only full members of this Slack workspace can use Usher in it: no guests, bots or people of other workspaces.",
        "Ask {ask} for a full Slack account, or for an invitation by e-mail.",
    ),
    "not-connected": Sentence(
        "Your Slack account isn't connected to a member yet.",
        "Type `/access connect`; if you were never invited, ask {ask} for an invitation.",
    ),
    "already-connected": Sentence(
        "This Slack account is connected to a member already.", "Type `/access me` to see who you are here."
    ),
    "no-organization": Sentence(
        "This workspace has no organization in Usher yet.",
        "A workspace owner or admin of Slack can type `/usher setup`.",
    ),
    "organization-exists": Sentence(
        "This workspace has its organization already.", "Type `/usher help` to see what you can do in it."
    ),
    "already-set-up": Sentence(
        "Your password and your second factor are set already.",
        "There is nothing to do; if you lost your device, ask {ask} to reset your second factor.",
    ),
    "not-workspace-admin": Sentence(
        "Only an owner or admin of this Slack workspace can set Usher up.", "Ask one of them to type `/usher setup`."
    ),
    "not-active": Sentence(
        "You aren't active in {organization}.",
        "If you were invited, accept the invitation first; if you were deactivated, ask {ask}.",
    ),
    "may-not": Sentence("Your role doesn't allow this.", "Ask {ask}, or ask for a role with `/access request`."),
    "may-not-give": Sentence(
        "Your role can't give the role {role}.", "Choose a role from the form's list, or ask somebody who may give it."
    ),
    "may-not-act-on": Sentence(
        "{person} is outside what your role may manage.", "Ask somebody whose role reaches further."
    ),
    "not-on-oneself": Sentence(
        "Nobody changes their own role, status or access.",
        "Ask somebody else who manages members; to have more, type `/access request`.",
    ),
    "unknown-person": Sentence(
        "{person} is no member here.",
        "Use their e-mail address or a mention such as `@ada`; somebody new comes in with `/usher invite`.",
    ),
    "ambiguous-person": Sentence(
        "Several people here go by that name: {several}.", "Use the e-mail address or a mention instead of the name."
    ),
    "unknown-role": Sentence("There is no such role here.", "Choose one of {known}."),
    "unknown-space": Sentence(
        "There is no {place} {space} here that you can reach.",
        "Check the spelling; `/usher spaces` lists those that you can.",
    ),
    "no-spaces": Sentence(
        "There are no {kind} in this organization: its catalogue knows none.",
        "Use groups instead, or ask {ask} for another catalogue.",
    ),
    "space-exists": Sentence(
        "{space} is taken already, by a name or a slug.",
        "Choose another name; `/usher spaces` lists those that you can reach.",
    ),
    "not-in-space": Sentence(
        "{person} holds no role in {space}.",
        "What their role in the organization reaches ends only with that role; an invitation is revoked in "
        "`/usher invitations`.",
    ),
    "unknown-group": Sentence(
        "There is no {word} {group} here.",
        "Check the spelling; whoever manages groups finds them all with `/usher groups`.",
    ),
    "unknown-catalogue": Sentence("There is no catalogue {catalogue}.", "Choose one from the form's list."),
    "unknown-plan": Sentence("This catalogue has no plan {plan}.", "Choose one of {known}."),
    "unknown-organization": Sentence(
        "You are in no organization {organization} in this workspace.",
        "`/usher org` lists yours; into another one leads an invitation.",
    ),
    "already-current": Sentence(
        "You act in {organization} already.", "There is nothing to do; `/usher org` lists your others."
    ),
    "organization-named-so": Sentence(
        "You are in an organization called {organization} already.",
        "Choose another name, so that you can tell them apart.",
    ),
    "name-repeated-wrongly": Sentence(
        "That isn't its name, and nothing was closed.", "To close {organization}, type that name to the letter."
    ),
    "role-without-counterpart": Sentence(
        "The catalogue {catalogue} doesn't know what is held here: {roles}.",
        "Give these people other roles first, or choose another catalogue.",
    ),
    "nobody-at-the-head": Sentence(
        "With the catalogue {catalogue} somebody has to hold the role {role}, and nobody here does.",
        "Choose another catalogue.",
    ),
    "one-head-only": Sentence(
        "With the catalogue {catalogue} exactly one person holds the role {role}, and several do here.",
        "Give all but one of them another role first.",
    ),
    "days-wrong": Sentence(
        "An invitation can be open for 1 to {most} days.", "Type a whole number, or leave the field empty."
    ),
    "channel-wrong": Sentence("This isn't a channel.", "Choose one from the list, or leave the field empty."),
    "not-offered": Sentence(
        "Nobody can be invited with the role {role}.", "Invite with another role; it can be changed once they are in."
    ),
    "no-addresses": Sentence("There is no e-mail address in it.", "Type at least one, such as `ada@example.com`."),
    "too-many-invitations": Sentence(
        "More than {most} invitations at once are too many.", "Take them in parts; `/usher invitations` lists them."
    ),
    "too-many-addresses": Sentence("More than {most} addresses at once are too many.", "Send them in parts."),
    "nobody-invited": Sentence(
        "Nobody was invited.",
        "Use Resend or `/usher reactivate` where they help, correct what is no address, and invite again.",
    ),
    "name-for-many": Sentence(
        "One name can't be given to several people.", "Leave the name out, or invite them one by one."
    ),
    "name-wrong": Sentence(
        "This name is empty, too long or holds characters that can't be shown.", "Type at most {most} characters."
    ),
    "reason-needed": Sentence("A reason is needed.", "Say in a few words why; whoever is concerned will read it."),
    "reason-too-long": Sentence("The reason is too long.", "Say it in {most} characters at most."),
    "time-past": Sentence("That moment is over.", "Choose one that lies ahead, or a length such as `8h`."),
    "time-too-far": Sentence("That is too long.", "Choose 365 days at most, or leave it out to make it lasting."),
    "same-role": Sentence(
        "{person} holds the role {role} already.", "There is nothing to do; choose another role if you meant one."
    ),
    "same-status": Sentence(
        "{person} is {status} already.", "There is nothing to do; `/usher help` lists what you can do."
    ),
    "not-a-member": Sentence(
        "{person} isn't an active member, and only active members can hold this.",
        "Somebody deactivated comes back with `/usher reactivate`; somebody invited has to accept first.",
    ),
    "never-accepted": Sentence(
        "{person} was invited and never accepted.", "Type `/usher invite` with their address to invite them anew."
    ),
    "last-holder": Sentence(
        "{person} is the last one with the role {role}, and there is always to be one.",
        "Give this role to somebody else first.",
    ),
    "exactly-one": Sentence("Exactly one person holds the role {role}.", "It can only be handed over; ask {ask}."),
    "at-most-viewer": Sentence(
        "The role in the organization allows {most} at most here.",
        "Choose a lower role here, or another role in the organization first.",
    ),
    "temporary-top": Sentence(
        "The role {role} can't be given for a while only.", "Give it for good, or choose another role."
    ),
    "invitation-gone": Sentence(
        "This invitation is no longer open.", "Type `/usher invitations` to see where it stands, or invite anew."
    ),
    "invitations-gone": Sentence(
        "These invitations are no longer open.", "Type `/usher invitations` to see where they stand."
    ),
    "link-dead": Sentence(
        "This no longer works: it was used already, replaced or withdrawn, or it is too old.",
        "If you have joined already, there is nothing to do; if not, ask whoever invited you for a new one.",
    ),
    "address-not-vouched": Sentence(
        "Slack doesn't vouch that this e-mail address is yours.",
        "Confirm your address in Slack, then try again; an invitation can also be accepted by the link in its mail.",
    ),
    "request-gone": Sentence(
        "There is no such request.", "Type `/access requests` or `/usher approvals` to see what is open."
    ),
    "request-ended": Sentence(
        "This request is {state} already.", "There is nothing left to decide; if it is still needed, ask anew."
    ),
    "request-void": Sentence(
        "Something changed since this was asked, so the request is void and nothing was done.",
        "Whoever asked is told, and can ask anew with how things stand now.",
    ),
    "own-request": Sentence(
        "Nobody decides on what they asked for themselves, or on what is for themselves.",
        "Somebody else has to decide; `/access requests` shows your own and can cancel them.",
    ),
    "already-voted": Sentence(
        "You approved this already, and somebody else has to as well.", "Wait for them, or remind them."
    ),
    "already-asked": Sentence(
        "The same is asked for already, and waits.", "Type `/access requests` to see it or cancel it."
    ),
    "holds-already": Sentence(
        "{thing} is held already.",
        "There is nothing to ask for; `/access mine` shows what you hold, and `/access extend` keeps it for longer.",
    ),
    "unknown-grant": Sentence("You don't hold this, or not any more.", "Type `/access mine` to see what you hold now."),
    "nothing-held": Sentence(
        "{thing} is not held, or not any more, so there is nothing to keep for longer.",
        "Ask for it anew with `/access request`.",
    ),
    "not-temporary": Sentence(
        "{thing} is held for good, so there is nothing to keep for longer.", "There is nothing to do."
    ),
    "not-longer": Sentence(
        "{thing} is held for longer than that already.", "Choose a later end; `/access mine` shows the one it has."
    ),
    "keeps-role": Sentence(
        "{thing} is your role in the organization, and nobody gives that back.",
        "For another one, ask with `/access request`.",
    ),
    "not-the-card": Sentence(
        "This message isn't the card of that request.", "Decide in `/usher approvals` or on Usher's Home."
    ),
    "no-mail": Sentence(
        "No mail is set up here, so no code can be sent to this address.",
        "Use the address that Slack knows you by, with your authenticator; or ask {ask} to set up mail.",
    ),
    "nobody-approves": Sentence(
        "Nobody here could approve this.",
        "Ask somebody with the role {role} to do it, or to give others a role that can.",
    ),
    "no-factor": Sentence(
        "This needs a one-time code, and you have no second factor yet.",
        "Type `/access me` for the link to set one up.",
    ),
    "code-needed": Sentence("This needs a one-time code.", "Type the six digits that your authenticator shows now."),
    "code-wrong": Sentence(
        "This code isn't right.", "Type the one shown now; ten wrong ones within 15 minutes lock your codes."
    ),
    "code-spent": Sentence(
        "This code was used already, and one code serves one decision.", "Wait for the next one, at most 30 seconds."
    ),
    "code-malformed": Sentence("This isn't a code.", "Type the digits only, such as `123456`."),
    "codes-locked": Sentence("Too many codes were tried or asked for.", "Try again in {minutes} minutes."),
    "form-closed": Sentence(
        "Five wrong codes have closed this form.", "Begin anew; ten within 15 minutes lock your codes."
    ),
    "password-too-short": Sentence("This password is too short.", "Use {least} characters or more."),
    "password-too-long": Sentence("This password is too long.", "Use {most} characters at most."),
    "password-common": Sentence(
        "This password is on the lists that are tried first.", "Use three or four unrelated words instead."
    ),
    "password-weak": Sentence("This password is easy to guess.", "Advice: {advice}."),
    "password-wrong": Sentence("This isn't your password.", "Type the one that you sign in with."),
    "factor-needed": Sentence(
        "A second factor is required here.", "Scan the QR code with an authenticator and type its six digits."
    ),
    "stale-form": Sentence("This form is too old.", "Open it again; nothing was changed."),
    "unknown-token": Sentence("There is no such token.", "`usher token list` shows those that there are."),
    "token-exists": Sentence(
        "There is a token of that name already.",
        "Choose another name, or revoke that one first with `usher token revoke`.",
    ),
    "unknown-webhook": Sentence("There is no such webhook.", "`usher webhook list` shows those that there are."),
    "webhook-exists": Sentence("There is a webhook to that address already.", "`usher webhook list` shows it."),
    "url-wrong": Sentence(
        "This isn't an address that Usher may send to.",
        "Write one like https://product.example.com/usher; http is for this machine alone, and none may lead into a "
        "private network.",
    ),
    "nothing-changes": Sentence("It is so already, and nothing would change.", "There is nothing to do."),
    "unknown-addon": Sentence("There is no such add-on here.", "Choose one of {known}."),
    "unknown-toggle": Sentence("There is no such feature here.", "Choose those that the form offers."),
    "unknown-dataset": Sentence(
        "One of the datasets is not there any more.", "Take it out, and choose from the list as it is now."
    ),
    "too-many-datasets": Sentence(
        "More than {most} datasets can't be selected.", "Select fewer; a blacklist may be shorter than a whitelist."
    ),
    "datasets-not-in-mode": Sentence(
        "With Full Access no datasets are selected.", "Choose Blacklist or Whitelist, or leave the datasets out."
    ),
    "override-not-here": Sentence(
        "An override counts only in a whitelist, for a dataset that it selects.",
        "Select the dataset first, or leave its override out.",
    ),
    "override-twice": Sentence(
        "One dataset can't be Read and Read + Write at once.", "Leave it in one of the two fields."
    ),
    "addon-not-here": Sentence(
        "The add-on {addon} goes on {roles} alone, and what counts here is {role}.",
        "Another role first, or choose what this one opens by itself.",
    ),
    "toggle-not-for-role": Sentence(
        "{toggle} can't be set for the role {role}.", "Choose those that the form offers, or change the role."
    ),
    "not-on-plan": Sentence("{what} comes with the plan {plan}.", "Ask {ask} for that plan; nothing was changed."),
    "rules-not-for-role": Sentence(
        "The role {role} knows no such rule for datasets.", "Leave it out; `/usher permissions` shows what can be set."
    ),
    "unknown-kind": Sentence("There is no kind of resource called {kind} here.", "Kinds here: {known}."),
    "unknown-resource": Sentence(
        "There is no {resource} here that you can see.", "Type `/usher resources` to see all that you can."
    ),
    "ambiguous-resource": Sentence(
        "Several go by {resource}.", "Use the id in place of the name, one of: {several}; or choose it in the form."
    ),
    "group-exists": Sentence("There is a {word} {group} already.", "Choose another name, or use the one there is."),
    "nobody-named": Sentence("Nobody is named.", "Say who: people, and for a list also groups or e-mail addresses."),
    "already-in-group": Sentence(
        "{person} is in {group} already.", "There is nothing to do; `/usher group` shows who is in it."
    ),
    "not-in-group": Sentence(
        "{person} is not in {group}.", "There is nothing to do; `/usher group` shows who is in it."
    ),
    "already-on-list": Sentence(
        "{person} is on its list already.", "There is nothing to do; `/usher resource` shows who is on it."
    ),
    "not-on-list": Sentence(
        "{person} is not on its list.", "There is nothing to do; `/usher resource` shows who is on it."
    ),
    "not-by-email": Sentence(
        "Only members and groups can be on a list here, and {email} is no member.", "Invite them first, then share it."
    ),
    "id-wrong": Sentence(
        "This is no id: it is empty, too long, begins or ends with a blank, or holds characters that can't be shown.",
        "Type it as the product has it, {most} characters at most.",
    ),
    "text-wrong": Sentence("This text is empty or too long.", "Type between 1 and {most} characters."),
    "unknown-timezone": Sentence(
        "There is no timezone {what}.",
        "Use a name such as `Europe/Berlin`.",
    ),
    "only-owner": Sentence(
        "{person} is the only owner of {space}.",
        "Name somebody who shall own it, or give it another owner first.",
    ),
    "heir-wrong": Sentence(
        "{person} can't own what is left behind.",
        "Choose another active member.",
    ),
    "factor-not-shown": Sentence(
        "`2fa:` is only for those who list everybody, and you list the people of your spaces.", "Leave it out."
    ),
    "heir-not-given": Sentence(
        "You can't make {person} {role} in {space}, and nobody else owns it.",
        "Ask somebody who manages access there to give it another owner first, or choose somebody else.",
    ),
    "nothing-owned": Sentence(
        "{person} owns no resources here.",
        "There is nothing to delete.",
    ),
    "not-reachable": Sentence(
        "No mail is sent here and {person} is not in Slack, so no link can reach them.",
        "Ask them to type `/access connect` in Slack first, or ask {ask} to set up mail.",
    ),
    "no-factor-set": Sentence(
        "{person} has no second factor.",
        "There is nothing to reset; `/access me` leads them to set one up.",
    ),
    "nothing-to-reset": Sentence(
        "{person} is {status}, so there is nothing to reset.",
        "`/usher check` with their address says what helps them.",
    ),
    "approved-other-reset": Sentence(
        "You did or approved the other reset of {person} in the last seven days: password and second factor together "
        "take two people.",
        "Somebody else has to approve this one.",
    ),
    "export-by-slack": Sentence(
        "The file goes to your direct messages, so only somebody in Slack can ask for it.",
        "Type `/usher export` in Slack.",
    ),
    "import-gone": Sentence(
        "This import is over, put aside or never was.",
        "Type `/usher import` and choose the file again.",
    ),
    "import-empty": Sentence(
        "Nobody in this file would be invited.",
        "Correct the lines that are wrong, and choose the file again.",
    ),
    "import-too-long": Sentence(
        "This file has more than {most} lines.",
        "Split it, and import the parts one after another.",
    ),
    "import-others": Sentence(
        "Somebody else prepared this import.",
        "Type `/usher import` and choose the file yourself.",
    ),
    "letter-gone": Sentence(
        "This was sent meanwhile, or is gone.",
        "There is nothing to do.",
    ),
}

_BY_TEXT: Mapping[str, RefusalCode] = {str(code): code for code in REFUSALS}
# What a refusal calls something that was typed, and the sentence that sets it apart from its own words.
_QUOTED: Mapping[RefusalCode, str] = {
    "unknown-person": "person",
    "unknown-space": "space",
    "space-exists": "space",
    "not-in-space": "space",
    "unknown-group": "group",
    "group-exists": "group",
    "already-in-group": "group",
    "not-in-group": "group",
    "unknown-kind": "kind",
    "unknown-resource": "resource",
    "ambiguous-resource": "resource",
    "unknown-catalogue": "catalogue",
    "unknown-plan": "plan",
    "unknown-organization": "organization",
    "unknown-timezone": "what",
}
# What made a request void, where that is no refusal's code.
_VOID: Mapping[str, str] = {
    "changed-meanwhile": "It is no longer as it was when this was asked.",
    "organization-closed": "The organization was closed.",
}


def refused(refusal: Refused) -> Phrase:
    """The whole answer."""
    return say("Refused. ") + reason_and_step(refusal)


def reason_and_step(refusal: Refused) -> Phrase:
    """The same without its first word, for under the field of a form."""
    return why(refusal) + say(" ") + next_step(refusal)


def why(refusal: Refused) -> Phrase:
    said = _fill(REFUSALS[refusal.code].why, refusal)
    match refusal.code:
        case "nobody-invited":
            return said + left_out(NotInvited(email, known_why(reason)) for email, reason in refusal.facts.items())
        case "request-void" if refusal.facts.get("why"):
            return said + say(" Why: {why}", why=why_void(refusal.facts["why"]))
        case _:
            return said


def next_step(refusal: Refused) -> Phrase:
    return _fill(REFUSALS[refusal.code].then, refusal)


def why_void(text: str) -> Phrase:
    """What made a request void: the code of the refusal that its change would get now, or words."""
    known = _BY_TEXT.get(text)
    if known is not None:
        return _fill(REFUSALS[known].why, Refused(known))
    return say(_VOID[text]) if text in _VOID else say("{text}", text=text)


def _fill(template: str, refusal: Refused) -> Phrase:
    spoken: dict[str, Fact] = {name: Words(words) for name, words in UNNAMED.items()}
    spoken |= {name: fact for name, fact in refusal.facts.items() if fact and name in UNNAMED}
    quoted = _QUOTED.get(refusal.code, "")
    if refusal.facts.get(quoted):
        spoken[quoted] = quoted_as_typed(refusal.facts[quoted])
    return say(template, **spoken)
