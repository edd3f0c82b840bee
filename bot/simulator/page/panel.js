// One person with the app in hand: header, conversation, composer.

import { act, get, post } from "./api.js";
import { calm, element, icon } from "./elements.js";
import { LANGUAGES, say } from "./language.js";
import { Menu } from "./menu.js";
import { messageNode } from "./messages.js";

const NEAR_THE_END = 120;

export class Panel {
  constructor(person, { colour, role, onTrouble }) {
    this.id = person.id;
    this.person = person;
    this.role = role;
    this.onTrouble = onTrouble;
    this.version = 0;
    this.messages = new Map();
    this.nodes = new Map();
    this.waiting = [];
    this.botSpokeAt = 0;
    this.following = true;
    this.byHand = false;
    this.commands = [];
    this.bot = { name: "Contactpunt", description: "" };
    this.node = this.build(colour);
    this.relabel();
  }

  build(colour) {
    this.title = element("h2", { id: `name-${this.id}` });
    this.status = element("p", { class: "status" });
    this.languages = element(
      "select",
      { onchange: () => this.does(() => post(`/people/${this.id}`, { language_code: this.languages.value })) },
      ...Object.entries(LANGUAGES).map(([code, name]) => element("option", { value: code, lang: code, title: name }, code)),
    );
    this.log = element("div", { class: "log", role: "log", tabindex: "0" });
    for (const movement of ["wheel", "touchmove", "keydown", "pointerdown"]) {
      this.log.addEventListener(movement, () => (this.byHand = true), { passive: true });
    }
    this.log.addEventListener("scroll", () => {
      if (this.byHand) this.following = this.nearTheEnd();
      this.showJump();
    });
    this.intro = element("div", { class: "intro" });
    this.jump = element("button", { type: "button", class: "jump", hidden: true, onclick: () => this.toLast() }, icon("down"));
    this.toast = element("p", { class: "toast", role: "status" });
    this.foot = element("div", { class: "foot" });
    this.composer = this.buildComposer();
    this.gate = element("button", { type: "button", class: "gate primary", onclick: () => this.pass() });
    this.foot.append(this.gate, this.composer);
    return element(
      "section",
      { class: `panel colour-${colour}`, id: `panel-${this.id}` },
      element(
        "header",
        {},
        element("span", { class: "face", "aria-hidden": "true" }),
        element("div", { class: "who" }, this.title, this.status),
        this.languages,
      ),
      element("div", { class: "stage" }, this.intro, this.log, this.jump, this.toast),
      this.foot,
    );
  }

  buildComposer() {
    this.commandsButton = element("button", { type: "button", class: "tool" }, icon("commands"));
    this.attachButton = element("button", { type: "button", class: "tool" }, icon("attach"));
    this.field = element("textarea", { rows: "1", maxlength: "4096", enterkeyhint: "send", autocomplete: "off" });
    this.sendButton = element("button", { type: "submit", class: "tool send" }, icon("send"));
    const form = element(
      "form",
      { class: "composer" },
      element("div", { class: "holder" }, this.commandsButton),
      element("div", { class: "holder" }, this.attachButton),
      this.field,
      this.sendButton,
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
    this.field.addEventListener("input", () => this.grow());
    this.field.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        this.send();
      }
    });
    new Menu(this.commandsButton, () => this.commandItems());
    new Menu(this.attachButton, () => this.attachItems());
    return form;
  }

  commandItems() {
    if (!this.commands.length) return [{ label: say("no_commands") }];
    return this.commands.map(({ command, description }) => ({
      label: `/${command}`,
      note: description,
      run: () => this.text(`/${command}`),
    }));
  }

  attachItems() {
    const kinds = ["photo", "document", "contact", "location", "voice", "sticker"];
    return [
      ...kinds.map((kind) => ({ label: say(kind), run: () => this.does(() => act(this.id, kind)) })),
      { label: say("block"), run: () => this.does(() => act(this.id, "block")) },
    ];
  }

  // Every word of the page itself, again: after a change of its language or of the person's name.
  relabel() {
    const { first_name: name } = this.person;
    const lang = (this.person.language_code || "nl").slice(0, 2);
    this.node.querySelector(".face").textContent = name.slice(0, 1).toUpperCase();
    this.title.textContent = name;
    this.languages.setAttribute("aria-label", say("app_language", { name }));
    this.languages.value = lang in LANGUAGES ? lang : "";
    this.log.setAttribute("aria-label", say("chat_of", { name, bot: this.bot.name }));
    this.jump.setAttribute("aria-label", say("newest"));
    this.field.setAttribute("aria-label", say("message", { name }));
    this.field.placeholder = say("write");
    this.field.lang = lang;
    this.commandsButton.setAttribute("aria-label", say("commands"));
    this.attachButton.setAttribute("aria-label", say("attach"));
    this.sendButton.setAttribute("aria-label", say("send"));
    const { started, blocked } = this.person;
    this.gate.textContent = blocked ? say("unblock") : say("start");
    this.gate.hidden = started && !blocked;
    this.composer.hidden = !this.gate.hidden;
    this.status.textContent = this.typing ? `${this.bot.name} ${say("typing")} …` : say(this.role);
    this.intro.hidden = started;
    this.intro.replaceChildren(
      element("img", { src: "/page/icon.svg", alt: "", width: "56", height: "56" }),
      element("p", { class: "intro-name" }, this.bot.name),
      element("p", { class: "intro-kind" }, say("assistant")),
      ...(this.bot.description ? [element("p", { class: "intro-text", lang }, this.bot.description)] : []),
      element("p", { class: "intro-hint" }, say("start_hint")),
    );
  }

  redraw() {
    this.relabel();
    for (const message of this.messages.values()) this.draw(message);
  }

  async refresh() {
    const found = await get(`/people/${this.id}/chat?since=${this.version}`);
    if (found.version < this.version) this.forget();
    if (found.messages.some((message) => message.from === "person" && !this.messages.has(message.message_id))) {
      this.following = true;
    }
    const first = this.version === 0;
    const newest = Math.max(0, ...this.messages.keys());
    const atTheEnd = found.messages.some((message) => message.message_id >= newest);
    this.version = found.version;
    this.person = found.person;
    this.bot = found.bot;
    this.commands = found.commands;
    this.waiting = found.waiting;
    this.typing = found.typing;
    if (found.messages.some((message) => message.from === "bot")) this.botSpokeAt = found.version;
    for (const message of found.messages) {
      this.messages.set(message.message_id, message);
      this.draw(message);
    }
    for (const id of found.deleted) {
      this.messages.delete(id);
      this.nodes.get(id)?.remove();
      this.nodes.delete(id);
    }
    for (const button of this.log.querySelectorAll("[data-press]")) this.markWaiting(button);
    this.relabel();
    if (found.toast) this.showToast(found.toast);
    if (atTheEnd && (this.following || first)) this.toEnd(!first);
    this.showJump();
  }

  forget() {
    this.version = 0;
    this.messages.clear();
    this.nodes.clear();
    this.log.replaceChildren();
  }

  draw(message) {
    const fromBot = message.from === "bot";
    const made = messageNode(message, {
      author: fromBot ? this.bot.name : this.person.first_name,
      lang: (this.person.language_code || "nl").slice(0, 2),
      on: {
        command: (text) => this.text(text),
        tap: (data) => this.tap(message.message_id, data),
      },
      isWaiting: (data) => this.isWaiting(message.message_id, data),
    });
    const before = this.nodes.get(message.message_id);
    this.nodes.set(message.message_id, made);
    if (!before) {
      this.log.append(made);
      return;
    }
    const focused = before.contains(document.activeElement) ? document.activeElement : null;
    before.replaceWith(made);
    if (focused) {
      const same = [...made.querySelectorAll("[data-press]")].find((one) => one.dataset.press === focused.dataset.press);
      (same || made.querySelector("[data-press]") || this.log).focus({ preventScroll: true });
    }
  }

  isWaiting(messageId, data) {
    return this.waiting.some((one) => one.message_id === messageId && one.data === data);
  }

  markWaiting(button) {
    const id = Number(button.closest(".message").dataset.id);
    if (this.isWaiting(id, button.dataset.press)) button.setAttribute("aria-busy", "true");
    else button.removeAttribute("aria-busy");
  }

  // The end of the conversation; of a long new message rather its beginning. Whoever has scrolled
  // back by hand is left where they are, until they write something themselves.
  toEnd(softly) {
    this.byHand = false;
    this.following = true;
    const last = this.log.lastElementChild;
    if (!last) return;
    const tall = last.offsetHeight > this.log.clientHeight - 40;
    const top = tall ? last.offsetTop - this.log.offsetTop - 12 : this.log.scrollHeight;
    this.log.scrollTo({ top, behavior: softly && !calm() ? "smooth" : "auto" });
  }

  toLast() {
    this.byHand = false;
    this.following = true;
    this.log.scrollTo({ top: this.log.scrollHeight, behavior: calm() ? "auto" : "smooth" });
  }

  nearTheEnd() {
    return this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < NEAR_THE_END;
  }

  showJump() {
    this.jump.hidden = this.nearTheEnd();
  }

  showToast({ text, alert }) {
    this.toast.setAttribute("role", alert ? "alert" : "status");
    this.toast.textContent = text;
    this.toast.classList.add("shown");
    clearTimeout(this.toastTimer);
    this.toastTimer = setTimeout(() => this.toast.classList.remove("shown"), 3000 + text.length * 60);
  }

  grow() {
    this.field.style.height = "auto";
    this.field.style.height = `${Math.min(this.field.scrollHeight, 140)}px`;
  }

  async does(action) {
    try {
      return await action();
    } catch (problem) {
      this.onTrouble(problem);
      return null;
    }
  }

  async send() {
    const text = this.field.value.trim();
    if (!text) return null;
    this.field.value = "";
    this.grow();
    return this.text(text);
  }

  text(text) {
    this.following = true;
    return this.does(() => act(this.id, "text", { text }));
  }

  tap(messageId, data) {
    return this.does(() => act(this.id, "tap", { message_id: messageId, data }));
  }

  async pass() {
    if (this.person.blocked) await this.does(() => act(this.id, "unblock"));
    else await this.text("/start");
    await this.does(() => this.refresh());
    this.field.focus();
  }

  newestFromBot() {
    return Math.max(0, ...[...this.messages.values()].filter((one) => one.from === "bot").map((one) => one.message_id));
  }
}
