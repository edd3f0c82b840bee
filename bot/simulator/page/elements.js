// Small helpers to build the page from nodes, never from strings of HTML.

export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

const SHAPES = {
  send: "M4 12 20 4l-4.5 16-3.8-6.6L4 12Zm7.7 1.4L20 4",
  commands: "M5 7h14M5 12h14M5 17h9",
  attach: "M12 5v14M5 12h14",
  document: "M7 3h7l4 4v14H7V3Zm7 0v4h4",
  place: "M12 21s6-5.6 6-11a6 6 0 0 0-12 0c0 5.4 6 11 6 11Zm0-8.6a2.4 2.4 0 1 0 0-4.8 2.4 2.4 0 0 0 0 4.8Z",
  person: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8Zm-7 8c.6-4 3.5-6 7-6s6.4 2 7 6",
  away: "M14 5h5v5M19 5l-8 8M17 13v6H5V7h6",
  voice: "M12 15a3 3 0 0 0 3-3V6a3 3 0 0 0-6 0v6a3 3 0 0 0 3 3Zm-6-3a6 6 0 0 0 12 0m-6 6v3",
  down: "M6 9l6 6 6-6",
};

const SVG = "http://www.w3.org/2000/svg";

export function icon(name) {
  const drawing = document.createElementNS(SVG, "svg");
  drawing.setAttribute("viewBox", "0 0 24 24");
  drawing.setAttribute("class", "icon");
  drawing.setAttribute("aria-hidden", "true");
  const line = document.createElementNS(SVG, "path");
  line.setAttribute("d", SHAPES[name]);
  drawing.append(line);
  return drawing;
}

export const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
