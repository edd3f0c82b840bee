// A button that opens a menu: arrow keys move, Escape closes, focus comes back to the button.

import { element } from "./elements.js";

export class Menu {
  // items() gives [{label, note, run}] at the moment of opening.
  constructor(button, items) {
    this.button = button;
    this.items = items;
    this.list = element("div", { role: "menu", class: "menu", hidden: true });
    button.setAttribute("aria-haspopup", "menu");
    button.setAttribute("aria-expanded", "false");
    button.after(this.list);
    button.addEventListener("click", () => (this.list.hidden ? this.open() : this.close()));
    button.addEventListener("keydown", (event) => {
      if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
      event.preventDefault();
      this.open(event.key === "ArrowUp" ? -1 : 0);
    });
    this.list.addEventListener("keydown", (event) => this.key(event));
    this.list.addEventListener("focusout", (event) => {
      if (!this.list.contains(event.relatedTarget) && event.relatedTarget !== button) this.hide();
    });
  }

  open(index = 0) {
    this.list.replaceChildren(
      ...this.items().map(({ label, note, run }) =>
        element(
          "button",
          {
            type: "button",
            role: "menuitem",
            tabindex: "-1",
            "aria-disabled": run ? null : "true",
            onclick: () => {
              if (!run) return;
              this.close();
              run();
            },
          },
          element("span", {}, label),
          note ? element("small", {}, note) : null,
        ),
      ),
    );
    this.list.setAttribute("aria-label", this.button.getAttribute("aria-label"));
    this.list.hidden = false;
    this.button.setAttribute("aria-expanded", "true");
    this.list.children[index < 0 ? this.list.children.length - 1 : index]?.focus();
  }

  hide() {
    this.list.hidden = true;
    this.button.setAttribute("aria-expanded", "false");
  }

  close() {
    this.hide();
    this.button.focus();
  }

  key(event) {
    const all = [...this.list.children];
    const at = all.indexOf(document.activeElement);
    const next = {
      ArrowDown: (at + 1) % all.length,
      ArrowUp: (at - 1 + all.length) % all.length,
      Home: 0,
      End: all.length - 1,
    }[event.key];
    if (event.key === "Escape") {
      event.preventDefault();
      this.close();
    } else if (event.key === "Tab") {
      this.close();
    } else if (next !== undefined) {
      event.preventDefault();
      all[next].focus();
    }
  }
}
