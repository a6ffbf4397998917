// The lead takes the first time: `node reply.mjs <run id>`. In your app the hook of your mailbox, or a link in the mail.
import { openAgent, tenant } from "./agent.mjs";

const { agent, close } = await openAgent({ work: "elsewhere" });
const runId = process.argv[2] ?? "";
const run = await agent.graph.getState(runId, { tenant });
const [first] = run?.state.offered ?? [];
const isHeard =
  first !== undefined &&
  (await agent.reply(runId, { answer: "accept", startsAt: first.startsAt }, { tenant }));
console.log(isHeard ? `the lead takes ${first.startsAt}` : `the run ${runId} waits for no answer`);
await close();
