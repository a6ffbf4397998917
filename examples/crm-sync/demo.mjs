// The show: `npm run demo -w examples/crm-sync`. One process, no key, no database.
import { ensureBuilt } from "../../scripts/workspace/build.mjs";

await ensureBuilt();
const { show } = await import("./show.mjs");
const { contacts, inHubspot, inClose, writesAtLast, status } = await show(console.log);
const isEqual = contacts === 200 && inHubspot === 200 && inClose === 200;
const isSettled = status.every(
  ({ due, openConflicts, openDeadLetters }) => due + openConflicts + openDeadLetters === 0,
);
const isRight = isEqual && isSettled && writesAtLast === 0;
console.log(
  isRight
    ? "\nThree times the same 200 contacts, and nothing more to write."
    : "\nNOT as it should be: that is a defect.",
);
process.exitCode = isRight ? 0 : 1;
