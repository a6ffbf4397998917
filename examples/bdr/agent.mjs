// The same agent for every process: only what it works on is shared, in Postgres.
import { createBdrAgent } from "@salesagent/agents";
import { createApprovals, createEffects } from "@salesagent/core/effects";
import { durableFlows } from "@salesagent/core/graph";
import { postgres } from "@salesagent/storage-pg";
import { outsideCalendar, outsideMail } from "./outside-client.mjs";

export const tenant = process.env.TENANT ?? "acme";
/** How long a dead process is believed to be at work. */
const leaseMs = 1_500;

/** @param {{ work: "here" | "elsewhere" }} options */
export async function openAgent({ work }) {
  const { DATABASE_URL: connectionString, OUTSIDE_URL: outside } = process.env;
  if (!connectionString) throw new Error("Set DATABASE_URL, such as postgres://user:password@localhost/app.");
  if (!outside) throw new Error("Set OUTSIDE_URL to what `node outside.mjs` prints.");
  const storage = postgres({ connectionString, schema: "salesagent_bdr", maxConnections: 4 });
  await storage.migrate();
  const approvals = createApprovals({ storage });
  const flows = durableFlows({ storage, work, leaseMs, onEvent: tell });
  const agent = createBdrAgent({
    calendar: outsideCalendar(outside), // in your app: an adapter of your calendar
    mail: outsideMail(outside), // in your app: smtp({ … }) of @salesagent/agents/node
    effects: createEffects({ storage, leaseMs }),
    approvals,
    checkpointer: flows,
    from: "Ada Byron <ada@seller.example>",
    pitch: "Teams like yours book twice as many meetings when nobody types the same mail twice.",
    zone: "Europe/Berlin",
  });
  const close = async () => {
    await flows[Symbol.asyncDispose]();
    await storage[Symbol.asyncDispose]();
  };
  return { agent, approvals, flows, close };
}

/**
 * What happens in a run, a line for each step.
 *
 * @param {import("@salesagent/core/graph").GraphEvent} event
 */
function tell(event) {
  if (event.type === "run-started" && event.superstep > 0) {
    console.log(`takes the run over after step ${event.superstep}`);
  }
  if (event.type === "node-finished") console.log(`${event.node} is done`);
  if (event.type === "custom") console.log(`  ${JSON.stringify(event.data)}`);
  if (event.type === "interrupted") console.log(`waits in "${event.on[0]?.node}"; nothing is held but a row`);
  if (event.type === "run-completed") console.log(`ended: ${JSON.stringify(event.state["outcome"])}`);
}
