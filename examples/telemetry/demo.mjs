// The show: `npm run demo -w examples/telemetry`. One process, no key, nothing leaves this machine.
import { ensureBuilt } from "../../scripts/workspace/build.mjs";

await ensureBuilt();
const { show } = await import("./show.mjs");
const { tree, metrics } = await show(console.log);
const isRight = tree.length > 0 && metrics.length > 0;
console.log(isRight ? "\nAll of it came." : "\nNOT all of it came: that is a defect.");
process.exitCode = isRight ? 0 : 1;
