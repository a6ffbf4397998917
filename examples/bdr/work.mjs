// A worker: takes over whatever is due, of whoever died or was answered. `node work.mjs`, as often as you like.
import { openAgent } from "./agent.mjs";

const { flows } = await openAgent({ work: "here" });
flows.work();
console.log("works");
