// The page: people side by side on a wide screen, as tabs on a narrow one.

import { get, post, Refusal } from "./api.js";
import { element } from "./elements.js";
import { choose, chosenBefore, language, LANGUAGES, say } from "./language.js";
import { Panel } from "./panel.js";
import { Story } from "./story.js";

const FIRST_PEOPLE = [
  { first_name: "An", language_code: "nl" },
  { first_name: "Karim", language_code: "fr" },
  { first_name: "Sofie", language_code: "nl", username: "sofie_contactpunt" },
];
const COLLEAGUE = "sofie_contactpunt";
const COLOURS = 6;
const LONG_POLL = 25;
const RETRY_AFTER = 1500;

const phone = matchMedia("(max-width: 520px)");
const wide = matchMedia("(min-width: 860px)");
const parts = Object.fromEntries(
  ["story", "add", "page-language", "trouble", "told", "tabs", "people"].map((id) => [id, document.getElementById(id)]),
);
const panels = new Map();
let selected = null;

const story = new Story({
  panels: () => [...panels.values()],
  select,
  told: (text) => (parts.told.textContent = text),
  changed: relabel,
});

function relabel() {
  for (const option of parts["page-language"].options) {
    option.textContent = phone.matches ? option.value.toUpperCase() : LANGUAGES[option.value];
  }
  parts["page-language"].value = language();
  document.querySelector("[data-text=page_language]").textContent = say("page_language");
  parts.story.textContent = story.playing ? say("stop") : say("play");
  parts.add.querySelector(".label").textContent = say("add");
  parts.tabs.setAttribute("aria-label", say("people"));
}

function trouble(problem) {
  parts.trouble.textContent = problem instanceof Refusal ? problem.message : say("lost");
  parts.trouble.hidden = false;
}

function arrange() {
  if (!panels.has(selected)) selected = panels.keys().next().value ?? null;
  parts.tabs.hidden = wide.matches;
  for (const [id, panel] of panels) {
    const chosen = id === selected;
    panel.tab.setAttribute("aria-selected", String(chosen));
    panel.tab.tabIndex = chosen ? 0 : -1;
    panel.node.classList.toggle("chosen", chosen);
    panel.node.hidden = !wide.matches && !chosen;
    panel.node.setAttribute("role", wide.matches ? "region" : "tabpanel");
    panel.node.setAttribute("aria-labelledby", wide.matches ? panel.title.id : panel.tab.id);
    panel.tab.textContent = panel.person.first_name;
  }
  panels.get(selected)?.showJump();
}

function select(id) {
  selected = id;
  panels.get(id).tab.classList.remove("news");
  arrange();
  panels.get(id).toEnd(false);
  if (wide.matches) panels.get(id).node.scrollIntoView({ block: "nearest", inline: "nearest" });
}

function moveBetweenTabs(event) {
  const ids = [...panels.keys()];
  const at = ids.indexOf(selected);
  const next = {
    ArrowRight: (at + 1) % ids.length,
    ArrowLeft: (at - 1 + ids.length) % ids.length,
    Home: 0,
    End: ids.length - 1,
  }[event.key];
  if (next === undefined) return;
  event.preventDefault();
  select(ids[next]);
  panels.get(ids[next]).tab.focus();
}

function addPanel(person) {
  const panel = new Panel(person, {
    colour: panels.size % COLOURS,
    role: person.username === COLLEAGUE ? "colleague" : "candidate",
    onTrouble: trouble,
  });
  panel.tab = element(
    "button",
    { type: "button", role: "tab", id: `tab-${person.id}`, "aria-controls": `panel-${person.id}` },
    person.first_name,
  );
  panel.tab.addEventListener("click", () => select(person.id));
  panels.set(person.id, panel);
  parts.tabs.append(panel.tab);
  parts.people.append(panel.node);
}

async function meet(people) {
  const there = new Set(people.map((person) => person.id));
  for (const [id, panel] of panels) {
    if (there.has(id)) continue;
    panel.node.remove();
    panel.tab.remove();
    panels.delete(id);
  }
  for (const person of people) if (!panels.has(person.id)) addPanel(person);
  arrange();
}

async function follow() {
  let version = 0;
  for (;;) {
    try {
      const found = await get(`/changes?since=${version}&wait=${version ? LONG_POLL : 0}`);
      if (found.version < version) version = 0;
      if (!found.people.length) for (const person of FIRST_PEOPLE) await post("/people", person);
      await meet(found.people);
      await Promise.all(found.changed.map((id) => refresh(id)));
      version = found.version;
      if (parts.trouble.textContent === say("lost")) parts.trouble.hidden = true;
    } catch (problem) {
      trouble(problem);
      await new Promise((resolve) => setTimeout(resolve, RETRY_AFTER));
    }
  }
}

async function refresh(id) {
  const panel = panels.get(id);
  if (!panel) return;
  const before = panel.newestFromBot();
  await panel.refresh();
  panel.tab.textContent = panel.person.first_name;
  if (id !== selected && panel.newestFromBot() > before) panel.tab.classList.add("news");
}

parts.tabs.addEventListener("keydown", moveBetweenTabs);
wide.addEventListener("change", arrange);
phone.addEventListener("change", relabel);
parts["page-language"].addEventListener("change", () => {
  choose(parts["page-language"].value);
  relabel();
  for (const panel of panels.values()) panel.redraw();
});
parts.add.addEventListener("click", async () => {
  try {
    const person = await post("/people", {
      first_name: say("new_name", { number: panels.size + 1 }),
      language_code: language(),
    });
    if (!panels.has(person.id)) addPanel(person);
    select(person.id);
    panels.get(person.id).gate.focus();
  } catch (problem) {
    trouble(problem);
  }
});
parts.story.addEventListener("click", () => story.toggle());
document.addEventListener("click", () => {
  if (parts.trouble.textContent !== say("lost")) parts.trouble.hidden = true;
}, true);

choose(chosenBefore());
relabel();
follow();
