/** The views of the stage, each in its place. */

import { place } from "./element.js";
import { mountAgreement } from "./agreement.js";
import { mountBadge } from "./badge.js";
import { mountBug } from "./bug.js";
import { mountFormula } from "./formula.js";
import { mountLegend } from "./legend.js";
import { mountLens } from "./lens.js";
import { mountLoop } from "./loop.js";
import { mountNetwork } from "./network.js";
import { mountNotices } from "./notices.js";
import { mountOutput } from "./output.js";
import { mountPredict } from "./predict.js";
import { mountShortcuts } from "./shortcuts.js";
import { mountStatus } from "./status.js";
import { mountTransport } from "./transport.js";

/** @param {import("../types.js").StoreHandle} store @param {import("../types.js").Commands} commands */
export function mountStage(store, commands) {
  mountBug(place("bug"), store, commands);
  mountNotices(place("notices"), store, commands);
  mountTransport(place("transport"), store, commands);
  mountLens(place("lens"), store, commands);
  mountStatus(place("status"), store);
  mountPredict(place("predict"), place("predict-switch"), store, commands);
  mountLoop(place("loop"), store, commands);
  mountNetwork(place("network"), store, commands);
  mountFormula(place("network"), store, commands);
  mountLegend(place("legend"), store, commands);
  mountOutput(place("output"), store, commands);
  mountBadge(place("badge"), store);
  mountAgreement(place("agreement"), place("badge"), store, commands);
  mountShortcuts(place("shortcuts"), store, commands);
}
