/** The tip at an edge, a bias or a neuron: its name and its numbers. Esc closes it, the pointer may enter it. */

import { element } from "./element.js";
import { numberAt } from "../scale/known.js";
import { format } from "../scale/number.js";
import { readTarget } from "../layout/target.js";
import { linkNumbers } from "./scene.js";
import { named } from "./names.js";
import { inWords } from "./neurons.js";

/** @param {HTMLElement} root */
export function createTip(root) {
  const tip = element("div", { class: "tip", role: "tooltip", id: "network-tip", hidden: true });
  root.append(tip);
  return {
    hide: () => { tip.hidden = true; },
    /** @param {import("../types.js").Store} now @param {string} target @param {{x: number, y: number}} at */
    show(now, target, at) {
      const lines = tipLines(now, target);
      if (!lines.length) {
        tip.hidden = true;
        return;
      }
      tip.replaceChildren(element("b", {}, ...named(lines[0])), ...lines.slice(1).map((line) => element("span", {}, ...named(line))));
      tip.hidden = false;
      const right = at.x + 14 + tip.offsetWidth > root.clientWidth;
      tip.style.left = `${Math.max(0, right ? at.x - 14 - tip.offsetWidth : at.x + 14)}px`;
      tip.style.top = `${Math.max(0, Math.min(root.clientHeight - tip.offsetHeight, at.y + 8))}px`;
    },
  };
}

/** @param {import("../types.js").Store} now @param {string} text @returns {string[]} */
function tipLines(now, text) {
  const { graph, frame, scope, lens } = now;
  const target = readTarget(text);
  if (!graph || !target) return [];
  const { kind, name, index } = target;
  if (kind === "parameter") {
    const link = graph.links.find(({ parameter, bias }) => parameter === name || bias === name);
    if (!link) return [];
    const parameter = graph.parameters.find((one) => one.name === name);
    const width = parameter && parameter.shape.length > 1 ? parameter.shape[1] : 1;
    const at = index.length > 1 ? index[0] * width + index[1] : index[0];
    const gradients = linkNumbers({ ...now, lens: "gradients" })[graph.links.indexOf(link)];
    const numbers = link.parameter === name ? gradients.numbers : gradients.biases;
    const to = graph.columns[link.to];
    const title = link.parameter === name ? `Weight ${unitName(graph, link.from, index[0])} → ${unitName(graph, link.to, index[1])}` : `Bias of ${to.texts[index[0]] ?? to.text}`;
    return [
      `${title} · ${name}[${index.join(",")}]`,
      `value ${frame ? format(numberAt(frame.fields.parameters[name], at)) : "–"}`,
      gradients.still
        ? `stands still${numbers && link.parameter === name ? `, and passes on w · ∂L/∂z = ${format(numberAt(numbers, at))} · this example` : " in this turn"}`
        : `∂L/∂w ${numbers ? format(numberAt(numbers, at)) : "not computed yet"} · ${scope === "example" ? "this example" : "batch mean"}`,
      ...(parameter?.frozen ? ["frozen: it is not updated"] : []),
      ...(lens === "weights" ? ["shown: the weight"] : []),
    ];
  }
  if (kind === "neuron") return inWords(now, Number(name), index[0] ?? 0);
  if (kind === "cotangent") {
    const numbers = frame?.fields.cotangents[name];
    return ["The gradient arriving at the output, ∂L/∂z", `${numbers ? format(numberAt(numbers, index[0] ?? 0)) : "not computed yet"} · not a weight`];
  }
  return [];
}

/** @param {import("../types.js").Graph} graph @param {number} column @param {number} unit */
const unitName = (graph, column, unit) => graph.columns[column].texts[unit] ?? `${graph.columns[column].text} ${unit + 1}`;
