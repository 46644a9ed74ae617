/** The lesson that is open, beside the network: what it says, where one is in it, and its question. */

import { h, show } from "./tree.js";
import { element, place } from "./element.js";
import { classLink } from "./manner.js";
import { watch } from "../store.js";

/** @param {import("../types.js").StoreHandle} store @param {import("../types.js").Commands} commands */
export function mountLesson(store, commands) {
  const root = place("lesson");
  const lab = place("lab");
  let shown = "";

  function draw() {
    const { lesson } = store.get();
    root.hidden = !lesson;
    lab.toggleAttribute("data-lesson", Boolean(lesson));
    if (!lesson) return;
    const { lesson: { name, title, steps }, step, answer } = lesson;
    const now = steps[step];
    const last = step === steps.length - 1;
    show(root,
      h("header", { class: "card-head" },
        h("h2", { id: "lesson-title" }, title),
        h("button", { type: "button", class: "button icon quiet", "aria-label": "Leave the lesson", title: "Leave the lesson", onclick: () => commands.leaveLesson() }, "×")),
      h("ol", { class: "lesson-steps", "aria-label": "Steps" }, ...steps.map((/** @type {any} */ one, /** @type {number} */ at) => h("li", {},
        h("button", { type: "button", "aria-label": `Step ${at + 1}: ${one.title}`, title: one.title, "aria-current": at === step ? "step" : null, "data-past": at < step ? "yes" : null, onclick: () => commands.lessonStep(at) }, String(at + 1))))),
      h("div", { class: "lesson-words", "aria-live": "polite", tabindex: "-1", "data-key": `${name} ${step}` },
        h("h3", {}, now.title),
        ...now.says.trim().split(/\n\s*\n/).map((/** @type {string} */ words) => h("p", {}, words.replace(/\s+/g, " "))),
        now.panel && h("p", {}, h("button", { type: "button", class: "link", onclick: () => place(now.panel).scrollIntoView({ block: "nearest" }) }, "Show it, under the net")),
        now.question && question(now.question, answer)),
      h("footer", { class: "lesson-ways" },
        h("button", { type: "button", class: "button", disabled: step === 0, onclick: () => commands.lessonStep(step - 1) }, "Back"),
        h("button", { type: "button", class: "button primary", onclick: () => (last ? commands.leaveLesson() : commands.lessonStep(step + 1)) }, last ? "Finish" : "Next")));
    const key = `${name} ${step}`;
    if (key !== shown) root.scrollTop = 0;
    shown = key;
  }

  /** @param {any} asked @param {{right: boolean, text: string} | null} answer */
  function question({ asks }, answer) {
    const send = (/** @type {any} */ event) => {
      event.preventDefault();
      commands.answerLesson(event.target.querySelector("input").value);
    };
    return h("form", { class: "lesson-question", onsubmit: send },
      h("label", { for: "lesson-answer" }, asks),
      h("div", { class: "lesson-answer" },
        h("input", { id: "lesson-answer", class: "field", type: "text", inputmode: "decimal", autocomplete: "off", "aria-describedby": "lesson-verdict" }),
        h("button", { type: "submit", class: "button" }, "Check")),
      h("p", { id: "lesson-verdict", class: answer ? (answer.right ? "right" : "wrong") : "", role: "status" }, answer ? `${answer.right ? "✓" : "✗"} ${answer.text}` : ""));
  }

  watch(store, ({ lesson }) => [lesson], draw);
}

/** The lessons there are, to choose from. @type {import("./panel.js").Panel} */
export const lessonsPanel = {
  name: "lessons", label: "Lessons", title: "Lessons",
  mount(body, store, commands) {
    const list = element("div");
    body.append(list, classLink(commands));
    watch(store, ({ panel, lessons }) => [panel, lessons], ({ panel, lessons }) => {
      if (panel !== "lessons") return;
      if (!lessons) commands.loadLessons();
      show(list,
        h("p", { class: "muted" }, "Each opens a network of its own beside its words, and does what it says. What you have on the page now is let go: copy its link first, which leads back to this moment, or save its settings."),
        h("ul", { class: "lesson-list" }, ...(lessons ?? []).map(({ name, title, summary, minutes, steps }) => h("li", {},
          h("button", { type: "button", class: "preset", onclick: () => commands.openLesson(name) },
            h("b", {}, title), h("span", {}, summary), h("span", { class: "caption" }, `${steps} steps, about ${minutes} minutes`))))));
    });
  },
};
