/** Through which lens: gradients or weights; of the followed example or the mean of the batch. */

import { segments } from "./element.js";
import { watch } from "../store.js";

/** @param {HTMLElement} root @param {import("../types.js").StoreHandle} store @param {import("../types.js").Commands} commands */
export function mountLens(root, store, commands) {
  const lens = segments("Edges show", [{ value: "gradients", text: "gradients", title: "Edges coloured by ∂L/∂w (g)" }, { value: "weights", text: "weights", title: "Edges drawn by the weight itself (w)" }], (value) => commands.setLens(value));
  const scope = segments("Gradients of", [{ value: "example", text: "this example", title: "Of the followed example alone (e)" }, { value: "batch", text: "batch mean", title: "The gradient that the update uses (b)" }], (value) => commands.setScope(value));
  root.append(lens.root, scope.root);
  watch(store, (state) => [state.lens, state.scope], (state) => {
    lens.show(state.lens);
    scope.show(state.scope);
  });
}
