// The command line in 40 lines of your own: `node examples/quickstart/qualify.mjs`, after `npm run build` in the root.
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { parseProfileJson, QualificationAgent } from "@salesagent/agents";
import { importLeads } from "@salesagent/intake";
import { fileSource } from "@salesagent/intake/file";
import { memoryStorage } from "@salesagent/storage-memory";

const pathOf = (name) => fileURLToPath(new URL(name, import.meta.url));
const tenant = "acme";
const storage = memoryStorage(); // or postgres({ connectionString })
const profile = parseProfileJson(await readFile(pathOf("profile.json"), "utf8"));
const agent = new QualificationAgent({ profile, storage }); // add `model` to reason on top of the rules

const leads = importLeads({
  source: fileSource(pathOf("companies.csv")),
  storage: storage.tenant(tenant),
});
const scored = [];
for await (const event of leads) {
  if (event.type !== "batch-stored") continue;
  for (const row of event.rows) {
    if (row.status !== "imported") continue;
    const { leadId, lead } = row;
    const result = await agent.run(lead, { tenant, leadId }).output();
    scored.push({ name: lead.company.name, ...result });
  }
}

scored.sort((left, right) => right.score - left.score);
for (const { score, tier, name, reasons } of scored.slice(0, 10)) {
  console.log(`${String(score).padStart(3)}  ${tier}  ${name}: ${reasons[0]}`);
}
const results = await storage.tenant(tenant).results.list({ kind: "qualification" });
console.log(`${results.items.length} results are stored, each with its evidence.`);
