// Puts the page together: one column per person, tour and mailbox at the side, and on a narrow screen one of them at a time.

import { h, keepingFocus } from "./dom.js";
import { MailPanel } from "./mail.js";
import { PersonCard } from "./person.js";
import { startTicking } from "./phone.js";
import { connect, onChange, section } from "./state.js";
import { TourPanel } from "./tour.js";

const at = (id) => document.getElementById(id);
// One hue a person, far enough apart to be told from each other at a glance.
const HUES = [155, 35, 250, 320, 85, 205, 0, 285];
const cards = new Map();
const mail = new MailPanel(at("mail"));
const tour = new TourPanel(at("tour"), tryIt);
let shown = null;
let boot = null;

onChange((changed) => {
  if (changed.has("team")) drawTeam();
  for (const card of cards.values()) card.update(changed);
  if (changed.has("mail")) mail.update();
  if (changed.has("tour")) tour.update();
  drawSwitcher();
});
// Only the column that its reader is in speaks up, or one message in a channel would be read out once for each member.
at("people").addEventListener("focusin", (event) => cards.forEach((card) => card.listen(card.node.contains(event.target))));
startTicking(() => [...cards.values()].map((card) => card.phone));
connect((link) => {
  at("link").textContent = link === "live" ? "Live" : "Connection lost. Trying again…";
  at("link").classList.toggle("lost", link !== "live");
});

function drawTeam() {
  const team = section("team");
  if (boot && boot !== team.boot) return location.reload();
  boot = team.boot;
  at("team").textContent = team.name;
  for (const [index, id] of team.people.entries()) {
    if (cards.has(id)) continue;
    const card = new PersonCard(id, HUES[index % HUES.length]);
    cards.set(id, card);
    at("people").append(card.node);
    card.drawMe();
    card.phone.update(section(`phone:${id}`) ?? []);
  }
}

function tryIt(handle, text) {
  const card = [...cards.values()].find((one) => one.me.handle === handle);
  if (!card) return;
  show(card.id);
  card.put(text);
}

// Which of the panes a narrow screen shows; a wide one shows them all.
function panes() {
  const people = [...cards.values()].map((card) => ({ key: card.id, label: card.me.name.split(" ")[0], node: card.node, news: card.tabs.hasNews() }));
  return [...people, { key: "mail", label: "Mail", node: at("mail"), news: mail.hasNews() }, { key: "tour", label: "Tour", node: at("tour") }];
}

function drawSwitcher() {
  const all = panes();
  shown ??= all[0]?.key;
  const button = ({ key, label, news }) =>
    h("button", { type: "button", class: news && key !== shown ? "news" : "", "data-key": key, "aria-pressed": String(key === shown), onclick: () => show(key) }, label, news && h("span", { class: "vh" }, " (new)"));
  keepingFocus(at("switcher"), () => at("switcher").replaceChildren(...all.map(button)));
  for (const { key, node } of all) node.classList.toggle("off", key !== shown);
  at("stage").classList.toggle("aside-shown", shown === "mail" || shown === "tour");
}

function show(key) {
  shown = key;
  drawSwitcher();
}
