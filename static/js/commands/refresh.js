/**
 * What is too large for every frame: predictions, surfaces and the history of the run.
 * Fetched again when the position has changed, never two at once, and at most two or three times a second while running.
 */

import { call, sessionPath } from "../api.js";

const RESOLUTION = 24;
const GAP = { running: 450, still: 60 };

/** The history grows with the run and with the layers: the longer it is, the less often it is fetched. @param {any} metrics @returns {number} ms */
const gapOf = (metrics) => 200 + (metrics ? metrics.updates.length * (4 + 3 * metrics.layers.length) : 0) / 20;

/**
 * @param {ArrayBuffer} buffer
 * @param {any} head  the JSON answer, which lists nodes and their units
 * @returns {import("../types.js").Surface}
 */
export function readSurface(buffer, head) {
  const size = head.resolution ** 2;
  let offset = 0;
  /** @type {Record<string, Float32Array[]>} */
  const nodes = {};
  for (const { node, units } of head.nodes) {
    nodes[node] = Array.from({ length: units }, () => {
      const grid = new Float32Array(buffer, offset, size);
      offset += 4 * size;
      return grid;
    });
  }
  return { resolution: head.resolution, ranges: head.ranges, nodes };
}

/** @param {import("../types.js").Context} context @returns {import("../types.js").Commands} */
export function refreshCommands({ store }) {
  let wanted = false;
  let busy = false;
  let metricsAt = 0;
  let metricsKey = "";
  /** @type {any} */
  let head = null;
  let headOf = "";

  /** @param {string} id @param {number | undefined} revision */
  async function surface(id, revision) {
    const path = sessionPath(id, `surface?resolution=${RESOLUTION}`);
    if (headOf !== `${id} ${revision}`) {
      const answer = await call("GET", path);
      head = { resolution: answer.resolution, ranges: answer.ranges, nodes: answer.nodes };
      headOf = `${id} ${revision}`;
      return readSurface(Float32Array.from(answer.values, (value) => value ?? NaN).buffer, head);
    }
    return readSurface(await call("GET", path, undefined, { accept: "application/octet-stream" }), head);
  }

  async function once() {
    const { session, data, state, graph, frame } = store.get();
    if (!session) return;
    const { id } = session;
    const plane = graph?.columns[0]?.units !== undefined && data?.columns.length === 2 && data.ranges;
    const game = graph?.task?.kind === "gan";
    const [predictions, over, samples] = await Promise.all([
      call("GET", sessionPath(id, "predictions")),
      plane ? surface(id, graph?.revision) : null,
      game ? call("GET", sessionPath(id, "samples?count=200")) : null,
    ]);
    if (store.get().session?.id !== id) return;
    store.set({ predictions, surface: over, samples });
    const key = JSON.stringify([id, frame?.update, frame?.instruction, state?.position, state?.revision, state?.branch, state?.marks]);
    if (key !== metricsKey && performance.now() - metricsAt > (state?.running ? gapOf(store.get().metrics) : GAP.still)) {
      const metrics = await call("GET", sessionPath(id, "metrics"));
      metricsAt = performance.now();
      metricsKey = key;
      if (store.get().session?.id === id) store.set({ metrics });
    }
  }

  async function loop() {
    busy = true;
    while (wanted) {
      wanted = false;
      await once().catch(() => undefined); // the stream and the commands speak of a lost server; this only waits for the next change
      await new Promise((resolve) => setTimeout(resolve, store.get().state?.running ? GAP.running : GAP.still));
    }
    busy = false;
  }

  store.subscribe((now, before) => {
    if (!now.session || !now.graph) return;
    const moved = now.frame?.update !== before.frame?.update || now.frame?.revision !== before.frame?.revision;
    if (moved || now.state !== before.state || now.data !== before.data) {
      wanted = true;
      if (!busy) loop();
    }
  });

  return {};
}
