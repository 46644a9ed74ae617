/** What the server says unasked: why a run has stopped, what became of a change in the past, where numbers would stop being finite. */

/** @param {import("../types.js").Context} context @returns {import("../types.js").Commands} */
export function newsCommands({ store, commands }) {
  store.subscribe(({ state }, { state: before }) => {
    if (!state || state === before) return;
    if (state.notice !== before?.notice) tell(state, before);
    const fault = state.fault;
    const known = before?.fault && JSON.stringify(before.fault.position) === JSON.stringify(fault?.position);
    if (fault && !fault.happened && !known) commands.pin(`op:${fault.position.instruction}`);
  });

  /** @param {import("../types.js").State} state @param {import("../types.js").State | null} before */
  function tell(state, before) {
    const text = state.fault ? "" : state.notice;
    if (text) commands.say({ tone: "note", text, actions: ways(state, before), told: true });
    else if (store.get().notice?.told) commands.dismiss();
  }

  /** The ways on from what is said. @param {import("../types.js").State} state @param {import("../types.js").State | null} before */
  function ways({ hit, branch }, before) {
    if (hit) {
      const { target, example } = hit;
      const show = target ? () => commands.pin(target) : example === null ? null : () => commands.focus(example);
      return [...(show ? [{ label: "Show it", run: show }] : []), { label: "Go on", run: () => commands.play() }];
    }
    return before && branch !== before.branch ? [{ label: "Compare", run: () => commands.openPanel("branches") }] : [];
  }

  return {
    /** Take over a state, unless a newer one has overtaken it: answers and the stream come by two ways. @param {import("../types.js").State} state */
    hear(state) {
      const known = store.get().state;
      if (!known || (state.serial ?? 0) >= (known.serial ?? 0)) store.set({ state });
    },
  };
}
