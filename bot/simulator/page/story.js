// Plays a ready conversation: scripted people type and tap through the same calls as a visitor.

import { act } from "./api.js";
import { calm } from "./elements.js";
import { say } from "./language.js";
import { CONVERSATION } from "./conversation.js";

const ANSWER_WITHIN = 20000;
const READING = 1600;
const LETTER = 28;
const LOOK = 80;

class Stopped extends Error {}
class NoAnswer extends Error {}

export class Story {
  constructor({ panels, select, told, changed }) {
    Object.assign(this, { panels, select, told, changed, playing: false });
  }

  async toggle() {
    if (this.playing) {
      this.playing = false;
      return;
    }
    this.playing = true;
    this.changed();
    try {
      await this.play();
      this.told(say("finished"));
    } catch (problem) {
      if (problem instanceof Stopped) this.told(say("stopped"));
      else this.told(say(problem instanceof NoAnswer ? "no_answer" : "lost"));
    } finally {
      this.playing = false;
      this.changed();
    }
  }

  async play() {
    for (const [index, step] of CONVERSATION.entries()) {
      const panel = this.panels()[step.who];
      if (!panel) continue;
      this.select(panel.id);
      this.tell = (what) => this.told(say("step", { number: index + 1, total: CONVERSATION.length, what }));
      if (panel.person.blocked) await act(panel.id, "unblock");
      if (step.press) await this.press(panel, step);
      else await this.type(panel, step.says);
      await this.pause(READING);
    }
  }

  async type(panel, words) {
    this.tell(words);
    await this.untilCalm(panel);
    const before = panel.newestFromBot();
    if (!calm() && panel.person.started) {
      for (let length = 1; length <= words.length; length += 1) {
        panel.field.value = words.slice(0, length);
        panel.grow();
        await this.pause(LETTER);
      }
      await this.pause(LETTER * 8);
    }
    panel.field.value = "";
    panel.grow();
    await panel.text(words);
    await this.until(() => panel.newestFromBot() > before);
  }

  // Tap the first button that fits, newest message first; without one, say it in words instead.
  async press(panel, { press, or }) {
    const messages = [...panel.messages.values()].filter((one) => one.from === "bot").reverse().slice(0, 2);
    for (const message of messages) {
      const button = message.buttons
        .flat()
        .find((one) => one.callback_data && press.some((fits) => fits.test(one.text) || fits.test(one.callback_data)));
      if (!button) continue;
      this.tell(button.text);
      const shown = panel.nodes.get(message.message_id)?.querySelector(`[data-press="${CSS.escape(button.callback_data)}"]`);
      shown?.classList.add("pressed");
      await this.pause(READING / 2);
      const before = panel.version;
      await panel.tap(message.message_id, button.callback_data);
      await this.until(() => panel.botSpokeAt > before && !panel.waiting.length);
      return;
    }
    if (or) await this.type(panel, or);
  }

  // Nobody types while the bot still owes an answer to a tap.
  async untilCalm(panel) {
    await this.until(() => !panel.waiting.length);
  }

  async until(ready) {
    const end = performance.now() + ANSWER_WITHIN;
    while (!ready()) {
      if (performance.now() > end) throw new NoAnswer();
      await this.pause(LOOK);
    }
  }

  async pause(time) {
    await new Promise((resolve) => setTimeout(resolve, time));
    if (!this.playing) throw new Stopped();
  }
}
