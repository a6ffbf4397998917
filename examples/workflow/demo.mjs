// The show: `npm run demo -w examples/workflow`. One process, no key, no database.
import { ensureBuilt } from "../../scripts/workspace/build.mjs";

await ensureBuilt();
const { show } = await import("./show.mjs");
const { mails, messages, completed, cancelled } = await show(console.log);
const isOnce = mails.length === 1 && messages.length === 1;
const isRight = isOnce && completed.status === "completed" && cancelled.status === "cancelled";
console.log(
  isRight ? "Failed, retried, completed, cancelled; one mail." : "NOT as it should be: that is a defect.",
);
process.exitCode = isRight ? 0 : 1;
