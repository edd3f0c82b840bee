// One message as nodes: text with its entities, attachments, buttons.

import { element, icon } from "./elements.js";
import { language, say } from "./language.js";

const TAGS = {
  bold: "strong",
  italic: "em",
  underline: "u",
  strikethrough: "s",
  code: "code",
  pre: "pre",
  blockquote: "blockquote",
  expandable_blockquote: "blockquote",
};

// Offsets count UTF-16 units, as JavaScript strings do, so no translation is needed.
export function withEntities(text, entities, onCommand) {
  const inOrder = [...entities].sort((a, b) => a.offset - b.offset || b.length - a.length);
  const build = (from, to, rest) => {
    const nodes = [];
    let at = from;
    while (rest.length) {
      const [entity] = rest;
      const end = Math.min(entity.offset + entity.length, to);
      if (entity.offset > at) nodes.push(text.slice(at, entity.offset));
      const inner = [];
      rest = rest.slice(1);
      while (rest.length && rest[0].offset < end) {
        inner.push(rest[0]);
        rest = rest.slice(1);
      }
      nodes.push(dressed(entity, build(entity.offset, end, inner), text.slice(entity.offset, end), onCommand));
      at = end;
    }
    if (at < to) nodes.push(text.slice(at, to));
    return nodes;
  };
  return build(0, text.length, inOrder);
}

function dressed(entity, children, words, onCommand) {
  if (entity.type in TAGS) return element(TAGS[entity.type], {}, ...children);
  if (entity.type === "spoiler") return element("span", { class: "spoiler", tabindex: "0" }, ...children);
  if (entity.type === "text_link") return link(entity.url, children, onCommand);
  if (entity.type === "url") return link(/^https?:/i.test(words) ? words : `https://${words}`, children, onCommand);
  if (entity.type === "email") return link(`mailto:${words}`, children, onCommand);
  if (entity.type === "bot_command") {
    return element("button", { type: "button", class: "command", onclick: () => onCommand(words) }, ...children);
  }
  return element("span", {}, ...children);
}

// A link that starts this bot stays in the chat; every other one opens beside it.
function link(address, children, onCommand) {
  if (!/^(https?|mailto):/i.test(address)) return element("span", {}, ...children);
  const payload = /^https:\/\/t\.me\/\w+\?start=([\w-]{1,64})$/.exec(address);
  if (payload && onCommand) {
    return element(
      "button",
      { type: "button", class: "command", onclick: () => onCommand(`/start ${payload[1]}`) },
      ...children,
    );
  }
  return element("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, ...children);
}

const time = (seconds) =>
  new Intl.DateTimeFormat(language(), { hour: "2-digit", minute: "2-digit", timeZone: "Europe/Brussels" }).format(
    seconds * 1000,
  );

const size = (bytes) =>
  new Intl.NumberFormat(language(), {
    style: "unit",
    unit: bytes < 1024 ? "byte" : "kilobyte",
    maximumFractionDigits: 1,
  }).format(bytes < 1024 ? bytes : bytes / 1024);

function attachments(message) {
  const { document: file, photo, other } = message;
  const found = [];
  if (photo) {
    found.push(element("img", { class: "photo", src: `/sim/files/${photo.file_id}`, alt: message.text || say("photo") }));
  }
  if (file) {
    found.push(
      element(
        "a",
        { class: "file", href: `/sim/files/${file.file_id}`, download: file.file_name },
        element("span", { class: "badge" }, icon("document")),
        element("span", {}, element("b", {}, file.file_name), element("small", {}, size(file.file_size))),
      ),
    );
  }
  if (other.venue) found.push(card("place", other.venue.title, other.venue.address));
  if (other.location) found.push(card("place", say("location"), `${other.location.latitude}, ${other.location.longitude}`));
  if (other.contact) found.push(card("person", other.contact.first_name, other.contact.phone_number));
  if (other.voice) found.push(card("voice", say("voice"), `0:${String(other.voice.duration).padStart(2, "0")}`));
  if (other.sticker) found.push(element("span", { class: "sticker" }, other.sticker.emoji));
  return found;
}

const card = (name, title, note) =>
  element(
    "span",
    { class: "file" },
    element("span", { class: "badge" }, icon(name)),
    element("span", {}, element("b", {}, title), element("small", {}, note)),
  );

// `on` has command(text) and tap(data); `waiting` says which data has no answer yet.
export function messageNode(message, { author, lang, on, isWaiting }) {
  const text = message.text
    ? element("div", { class: "text", lang }, ...withEntities(message.text, message.entities, on.command))
    : null;
  const bubble = element(
    "div",
    { class: "bubble" },
    element("span", { class: "unseen" }, `${author}: `),
    ...attachments(message),
    text,
    element(
      "span",
      { class: "meta" },
      message.edited ? element("span", { class: "edited" }, say("edited")) : null,
      element("time", { datetime: new Date(message.date * 1000).toISOString() }, time(message.date)),
    ),
    ...message.reactions.map((emoji) => element("span", { class: "reaction" }, emoji)),
  );
  const rows = message.buttons.map((row) =>
    element("div", { class: "row" }, ...row.map((button) => buttonNode(button, lang, on, isWaiting))),
  );
  const keyboard = rows.length
    ? element("div", { class: "keyboard", role: "group", "aria-label": say("buttons") }, ...rows)
    : null;
  return element("div", { class: `message ${message.from}`, "data-id": message.message_id }, bubble, keyboard);
}

function buttonNode(button, lang, on, isWaiting) {
  if (button.url) {
    const found = link(button.url, [button.text], on.command);
    found.setAttribute("lang", lang);
    if (found.tagName === "A") {
      found.append(icon("away"), element("span", { class: "unseen" }, ` (${say("opens")})`));
    }
    return found;
  }
  const data = button.callback_data;
  return element(
    "button",
    {
      type: "button",
      lang,
      "data-press": data,
      "aria-busy": isWaiting(data) ? "true" : null,
      onclick: () => data && on.tap(data),
    },
    button.text,
  );
}
