/** The stream: states as text, frames as bytes. Each frame is acknowledged from the animation frame in which it was drawn, so the newest is never late. */

import { call, sessionPath } from "../api.js";
import { readFrame, readHeader } from "../frame.js";
import { legendOf } from "./legend.js";

const CALM = 500;
const BACKOFF = [500, 1000, 2000, 4000, 8000];

/** @param {import("../types.js").Context} context @returns {import("../types.js").Commands} */
export function streamCommands({ store, commands }) {
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  /** @type {WebSocket | null} */
  let socket = null;
  /** @type {ArrayBuffer | null} */
  let latest = null;
  let drawing = false;
  let drawn = 0;
  let failures = 0;
  let timer = 0;
  let refused = ""; // what the server said when the session was last asked for

  /** @param {string} id */
  function connect(id) {
    clearTimeout(timer);
    socket?.close();
    latest = null;
    const { focus } = store.get();
    const query = focus === null ? "" : `?example=${focus}`;
    const opened = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}${sessionPath(id, "stream")}${query}`);
    socket = opened;
    opened.binaryType = "arraybuffer";
    opened.onmessage = ({ data }) => {
      if (socket !== opened) return;
      if (failures || store.get().connection !== "open") {
        failures = 0;
        store.set({ connection: "open" });
        if (refused && store.get().notice?.text === refused) commands.dismiss();
        refused = "";
      }
      if (typeof data === "string") hear(JSON.parse(data));
      else {
        latest = data;
        schedule();
      }
    };
    opened.onclose = () => {
      if (socket !== opened) return;
      socket = null;
      if (store.get().session?.id !== id) return;
      const wait = BACKOFF[Math.min(failures, BACKOFF.length - 1)];
      failures += 1;
      store.set({ connection: "lost" });
      timer = window.setTimeout(() => revive(id), wait);
    };
  }

  /** Try the session again; one that has ended on the server, or cannot be brought back there, says so once and offers a new one. @param {string} id */
  async function revive(id) {
    if (store.get().session?.id !== id) return;
    try {
      await call("GET", sessionPath(id));
      connect(id);
    } catch (error) {
      const { status, message } = /** @type {any} */ (error);
      const text = status === 404 ? "This session has ended on the server." : message;
      store.set({ connection: status ? "open" : "lost" }); // a refusal is an answer: what is lost is not the connection
      if (status && text !== refused) commands.say({ tone: "bad", text, action: { label: "Start again", run: () => commands.restart() } });
      refused = status ? text : "";
      if (status === 404) return;
      failures += 1;
      timer = window.setTimeout(() => revive(id), BACKOFF[Math.min(failures, BACKOFF.length - 1)]);
    }
  }

  /** @param {any} message */
  function hear(message) {
    if (message.state) commands.hear(message.state);
    else if (message.detail) commands.say({ tone: "bad", text: message.detail, action: null });
  }

  function schedule() {
    if (drawing) return;
    drawing = true;
    const wait = calm.matches ? Math.max(0, CALM - (performance.now() - drawn)) : 0;
    if (wait) setTimeout(() => requestAnimationFrame(show), wait);
    else requestAnimationFrame(show);
  }

  async function show() {
    const buffer = latest;
    latest = null;
    if (!buffer) {
      drawing = false;
      return;
    }
    const at = socket;
    try {
      await draw(buffer);
    } catch (error) {
      commands.say({ tone: "bad", text: error instanceof Error ? error.message : String(error), action: null });
    }
    drawn = performance.now();
    drawing = false;
    if (at?.readyState === WebSocket.OPEN) at.send(JSON.stringify({ ack: readHeader(buffer).sequence }));
    if (latest) schedule();
  }

  /** @param {ArrayBuffer} buffer */
  function draw(buffer) {
    const { graph } = store.get();
    if (graph?.revision === readHeader(buffer).revision) return put(buffer, graph);
    return fetchGraph().then((fresh) => fresh && put(buffer, fresh));
  }

  /** @param {ArrayBuffer} buffer @param {import("../types.js").Graph} graph */
  function put(buffer, graph) {
    const frame = readFrame(buffer, graph);
    const legend = store.get().legend ?? legendOf(frame, graph);
    store.set({ frame, legend });
  }

  async function fetchGraph() {
    const { session } = store.get();
    if (!session) return null;
    const graph = await call("GET", sessionPath(session.id, "graph"));
    store.set({ graph });
    return graph;
  }

  return {
    connect,
    /** @param {number | null} example */
    tell(example) {
      if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ focus: example }));
    },
    /** Try again now rather than after the pause. */
    reconnect() {
      const { session } = store.get();
      clearTimeout(timer);
      if (session) revive(session.id);
    },
  };
}
