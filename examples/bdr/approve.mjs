// A person allows what waits: `node approve.mjs`. In your app `by` comes from your own session.
import { openAgent, tenant } from "./agent.mjs";

const { agent, approvals, close } = await openAgent({ work: "elsewhere" });
const { items } = await approvals.list({ tenant, status: "pending" });
if (items.length === 0) console.log("nothing waits for a person");
for (const { id, tool, arguments: wanted } of items) {
  console.log(`${tool} to ${wanted.to ?? wanted.attendee}: "${wanted.subject ?? wanted.title}"`);
  await agent.approve(id, { tenant, by: "user:ada" });
  console.log("approved by user:ada");
}
await close();
