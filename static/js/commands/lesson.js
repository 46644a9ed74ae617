/** A lesson: its network, and for each step the state of the page that it speaks of. Whatever a step says can also be left alone; nothing waits for an answer. */

import { call, sessionPath } from "../api.js";

/** @typedef {import("../types.js").Position} Position */

/** @param {import("../types.js").Context} context @returns {import("../types.js").Commands} */
export function lessonCommands({ store, commands }) {
  /** @param {number} number */
  async function goTo(number) {
    const { lesson } = store.get();
    const step = lesson?.lesson.steps[number];
    if (!step) return;
    store.set({ lesson: { ...lesson, step: number, answer: null } });
    const { graph, state } = store.get();
    if (state?.running) await commands.pause();
    if (step.since && graph) {
      await commands.seek(positionOf(graph, step.since));
      await settle(step.settings);
    }
    if (step.at && graph) await commands.seek(positionOf(graph, step.at));
    if (!step.since) await settle(step.settings);
    for (const name of /** @type {const} */ (["unit", "scope", "lens", "panel", "section"])) {
      if (step[name] !== null) store.set({ [name]: step[name] });
    }
    if (step.example !== null) commands.focus(step.example);
    if (step.pin) commands.pin(step.pin);
  }

  /** Set what the step wants set, and is not yet. @param {Record<string, any>} settings */
  async function settle(settings) {
    const { session } = store.get();
    if (!session || !Object.keys(settings).length) return;
    const { spec } = await call("GET", sessionPath(session.id));
    const now = { ...spec, learning_rate: spec.optimizer.learning_rate };
    const changes = Object.fromEntries(Object.entries(settings).filter(([name, value]) => JSON.stringify(now[name]) !== JSON.stringify(value)));
    if (Object.keys(changes).length) await commands.configure(changes);
  }

  return {
    async loadLessons() {
      if (store.get().lessons) return;
      const answer = await commands.attempt(() => call("GET", "/api/lessons"));
      if (answer) store.set({ lessons: answer.lessons });
    },
    /** @param {string} name @param {number} [step] */
    async openLesson(name, step = 0) {
      const lesson = await commands.attempt(() => call("GET", `/api/lessons/${name}`));
      if (!lesson) return;
      await commands.create(lesson.spec, { play: false });
      store.set({ lesson: { lesson, step, answer: null }, panel: null, pinned: null, section: "chain" });
      await goTo(step);
    },
    lessonStep: goTo,
    leaveLesson: () => store.set({ lesson: null }),
    /** Hold an answer against the number that the engine has. @param {string} text */
    async answerLesson(text) {
      const { lesson, session, focus, state } = store.get();
      const question = lesson?.lesson.steps[lesson.step].question;
      if (!lesson || !session || !question) return;
      const given = Number(text.trim().replace("−", "-").replace(",", "."));
      if (text.trim() === "" || !Number.isFinite(given)) {
        store.set({ lesson: { ...lesson, answer: { right: false, text: "Write a number, such as 0.25." } } });
        return;
      }
      const truth = await commands.attempt(() => numberAt(session.id, question.of, focus ?? state?.batch[0] ?? 0, store.get().scope));
      if (truth === undefined) return;
      const right = Math.abs(given - truth) <= question.tolerance * Math.abs(truth) + 1e-12;
      const sign = !right && Math.abs(given + truth) <= question.tolerance * Math.abs(truth);
      const said = right ? `Right: ${spoken(truth)}.` : sign ? "The size is right. Look at the sign once more." : `Not yet. ${question.hint}`;
      if (store.get().lesson?.step === lesson.step) store.set({ lesson: { ...lesson, answer: { right, text: said } } });
    },
  };
}

/** One number of one way to the gradient. @param {any} cost @param {string} reference  such as weight_perturbation100.expected */
function costOf({ ways }, reference) {
  const [way, field] = reference.split(".");
  return ways.find((/** @type {any} */ each) => `${each.name}${each.directions ?? ""}` === way)[field];
}

/** @param {number} value */
const spoken = (value) => value.toPrecision(4).replace("-", "−");

/**
 * Where a step of a lesson wants the program to stand.
 * @param {import("../types.js").Graph} graph @param {{update: number, after: string, gradient: string | null}} place @returns {Position}
 */
export function positionOf(graph, { update, after, gradient }) {
  const { instructions, parameters } = graph;
  if (gradient) return { update, instruction: (parameters.find(({ name }) => name === gradient)?.gradient_at ?? 0) + 1 };
  if (after === "start") return { update, instruction: 0 };
  const last = instructions.findLastIndex(({ phase }) => phase === after) + 1;
  return last === instructions.length ? { update: update + 1, instruction: 0 } : { update, instruction: last };
}

/**
 * The number that a reference means, of one example or of the batch.
 * @param {string} id @param {string} reference @param {number} example @param {string} scope @returns {Promise<number>}
 */
async function numberAt(id, reference, example, scope) {
  const [, kind, name, index = ""] = /^(\w+):?([^[]*)(?:\[([\d,]+)\])?$/.exec(reference) ?? [];
  const own = scope === "batch" ? "" : `?example=${example}`;
  if (kind === "loss") return (await call("GET", sessionPath(id))).state.loss;
  if (kind === "cost") return costOf(await call("GET", sessionPath(id, "cost")), name);
  const path = kind === "parameter" ? "parameters" : kind === "gradient" ? `gradients${own}` : `values/${name}?example=${example}`;
  const answer = await call("GET", sessionPath(id, path));
  const array = kind === "parameter" ? answer.parameters[name] : kind === "gradient" ? answer.gradients[name] : answer[kind];
  return index.split(",").map(Number).reduce((/** @type {any} */ part, at) => part[at], array);
}
