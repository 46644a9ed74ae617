/** Predict first: before a step the next number is asked for; the answer is marked by the server, and the step is made. It never blocks: one key leaves it. */

import { Refusal, call, sessionPath } from "../api.js";

/** @typedef {import("../types.js").Question} Question */

/** @param {import("../types.js").Context} context @returns {import("../types.js").Commands} */
export function predictCommands({ store, commands }) {
  const plainOn = commands.on;
  let asked = "";
  let marking = false;
  /** The question on its way. @type {Promise<void>} */
  let coming = Promise.resolve();
  /** What was answered in this update, for slips that are carried forward. */
  let heap = "";
  /** @type {Map<string, string>} */
  let earlier = new Map();

  /** Whether a question can be asked where the page stands. @param {import("../types.js").Store} now */
  const ready = ({ predicting, session, state, unit }) => Boolean(predicting && session && state && !state.running && unit === "op");

  /** Fetch the question of the place where the program stands, once for each place. */
  function ask() {
    const now = store.get();
    if (!ready(now) || !now.session || !now.state) {
      asked = "";
      if (now.question) store.set({ question: null });
      return;
    }
    const { session: { id }, state: { position, revision }, pinned, focus } = now;
    const key = JSON.stringify([id, position, revision, pinned?.target, focus]);
    if (key === asked) return; // the same place by the other way, answer or stream: its question is on its way or there
    asked = key;
    coming = fetchQuestion(key, id, new URLSearchParams({ ...(pinned ? { pinned: pinned.target } : {}), ...(focus === null ? {} : { example: String(focus) }) }));
  }

  /** @param {string} key @param {string} id @param {URLSearchParams} query */
  async function fetchQuestion(key, id, query) {
    try {
      const found = await call("GET", sessionPath(id, `question?${query}`));
      if (asked === key) store.set({ question: found });
    } catch (error) {
      if (asked === key) store.set({ question: { question: null, why: error instanceof Refusal ? error.message : "The server does not answer." } });
    }
  }

  store.subscribe((now, before) => {
    const moved = now.state !== before.state || now.pinned !== before.pinned || now.focus !== before.focus || now.unit !== before.unit || now.session !== before.session;
    if (now.predicting !== before.predicting || (now.predicting && moved)) ask();
  });

  /** The earlier answers of the present update. @param {import("../types.js").Store} now */
  function said({ session, state, focus }) {
    const here = JSON.stringify([session?.id, state?.position.instruction ? state.position.update : `before ${state?.position.update}`, focus]);
    const begun = here.replace("before ", "");
    if (heap !== begun && heap !== here) earlier = new Map();
    heap = begun;
    return [...earlier].map(([target, answer]) => ({ target, answer }));
  }

  /** @param {string} text @param {Question} question */
  async function mark(text, question) {
    const now = store.get();
    if (!now.session) return null;
    const body = { target: question.target, pinned: now.pinned?.target ?? null, example: now.focus, answer: text, earlier: said(now) };
    try {
      return await call("POST", sessionPath(now.session.id, "answers"), body);
    } catch (error) {
      if (!(error instanceof Refusal) || error.status !== 422) throw error;
      store.set({ verdict: { mark: "refused", sentence: error.errors[0]?.message ?? error.message } });
      return null;
    }
  }

  return {
    /** @param {boolean} on */
    setPredicting(on) {
      store.set({ predicting: on, verdict: null, ...(on ? { unit: "op" } : { question: null }) });
      if (on && store.get().state?.running) commands.pause();
    },

    /** On by one unit; where a number is asked for, the question is brought to mind instead. */
    on() {
      const { question, reminded } = store.get();
      if (!ready(store.get()) || !question?.question) return plainOn();
      store.set({ reminded: reminded + 1 });
      return undefined;
    },

    /** Mark an answer, make the step and wait for the next question: the one on the page is the past's by then. @param {string} text @returns {Promise<boolean>} whether it was an answer */
    async predict(text) {
      const asking = store.get().question?.question;
      if (!asking || marking) return false;
      marking = true;
      try {
        const found = await commands.attempt(() => mark(text, asking));
        if (!found) return false;
        earlier.set(asking.target, text);
        store.set({ verdict: found, marks: [...store.get().marks, found.mark] });
        await plainOn();
        await coming;
        return true;
      } finally {
        marking = false;
      }
    },

    /** Make the step without an answer. */
    async showMe() {
      store.set({ verdict: { mark: "shown", sentence: "Shown, and not counted." } });
      await plainOn();
    },
  };
}
