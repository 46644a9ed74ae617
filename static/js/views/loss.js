/** The circle in which the network ends: the loss, what was true and what was predicted. */

import { classOf, rightSteps } from "../scale/labels.js";
import { element } from "./element.js";
import { isKnown, numberAt } from "../scale/known.js";
import { brief, format } from "../scale/number.js";
import { followed, valueKnown } from "./scene.js";
import { turnOf } from "../layout/game.js";

/** Letters in the circle before they are smaller. */
const ROOM = 6;

/** @param {HTMLElement} root @param {import("../types.js").Commands} commands @param {import("../types.js").StoreHandle} store */
export function createLoss(root, commands, store) {
  const number = element("b");
  const name = element("span", {}, "loss");
  const circle = element("button", { type: "button", class: "loss" }, name, number);
  const truth = element("p", { class: "loss-words" });
  circle.addEventListener("click", () => {
    const { graph, frame } = store.get();
    const turn = turnOf(graph, frame);
    const one = graph?.instructions.find(({ phase, turn: at }) => phase === "loss" && (!turn || graph.task?.turns?.[at ?? 0]?.loss === turn.loss));
    if (one) commands.pin(`op:${one.index}`);
  });
  let said = "";
  root.append(circle, truth);
  return {
    /** @param {import("../layout/network.js").NetworkLayout} layout */
    place({ loss, places }) {
      circle.style.left = `${loss.x - loss.radius}px`;
      circle.style.top = `${loss.y - loss.radius}px`;
      circle.style.width = circle.style.height = `${2 * loss.radius}px`;
      truth.style.right = "0px";
      truth.style.top = `${loss.y + loss.radius + 6}px`;
      truth.hidden = places.compact;
    },
    draw() {
      const now = store.get();
      const { frame, graph, scope } = now;
      if (!graph) return;
      const turn = turnOf(graph, frame);
      const node = graph.nodes.find(({ id }) => id === (turn ?? { loss: graph.loss.node }).loss);
      const known = Boolean(frame && isKnown(frame, node?.value_at ?? null));
      const value = frame ? numberAt(frame.fields.scalars[scope === "example" ? "example_loss" : "loss"], 0) : NaN;
      circle.dataset.known = known ? "yes" : "no";
      number.textContent = known ? brief(value, 0.01) : "?";
      number.classList.toggle("long", number.textContent.length > ROOM);
      const whose = turn ? `${turn.name.charAt(0).toUpperCase()} loss` : "loss";
      if (name.textContent !== whose) name.textContent = whose;
      circle.setAttribute("aria-label", `${turn ? `The ${turn.name}’s loss` : graph.loss.label}, ${scope === "example" ? "this example" : "batch mean"}: ${known ? format(value) : "not computed yet"}`);
      const words = lines(now);
      if (words.join("\n") === said) return;
      said = words.join("\n");
      truth.replaceChildren(...words.flatMap((line, index) => (index ? [element("br"), line] : [line])));
    },
  };
}

/** What was true and what was predicted for the followed example. @param {import("../types.js").Store} now @returns {string[]} */
function lines(now) {
  if (now.graph?.task?.kind === "gan") return Object.entries(now.state?.losses ?? {}).map(([name, loss]) => `${name} ${loss === null ? "?" : brief(loss)}`);
  const { data, graph, frame } = now;
  const example = followed(now);
  if (!data || !graph || example === null || data.targets[example] === undefined) return [];
  const target = data.targets[example];
  const which = `example ${example}`;
  const column = graph.columns.length - 1;
  const numbers = frame && valueKnown(graph, frame, column) ? frame.fields.values[graph.columns[column].post] : null;
  const raw = numbers ? Array.from(numbers.data, (_, index) => numberAt(numbers, index)) : null;
  if (data.task === "regression") {
    const all = Array.isArray(target) ? target : [target];
    return [which, `target ${few(all)}`, raw ? `predicted ${few(raw)}` : ""];
  }
  const steps = rightSteps(target, now.predictions?.labels?.[example]);
  if (Array.isArray(target)) return [which, `${target.length} steps`, steps ? `${steps.right} right` : ""];
  const name = (/** @type {number} */ label) => classOf(label, data.class_names);
  const shown = raw && probabilities(raw, graph.loss.output);
  if (data.task === "binary" || !shown || shown.length === 1) return [which, `true class ${name(Number(target))}`, shown ? `predicted ${shown[0].toFixed(3)}` : ""];
  const best = shown.indexOf(Math.max(...shown));
  return [which, `true ${name(Number(target))}`, `predicted ${name(best)}, ${shown[best].toFixed(2)}`];
}

/** At most two of several numbers. @param {number[]} values */
const few = (values) => values.slice(0, 2).map((value) => brief(value)).join(", ") + (values.length > 2 ? ", …" : "");

/** @param {number[]} values @param {string} output */
export function probabilities(values, output) {
  if (output !== "logit") return values;
  if (values.length === 1) return [1 / (1 + Math.exp(-values[0]))];
  const most = Math.max(...values);
  const powers = values.map((value) => Math.exp(value - most));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}
