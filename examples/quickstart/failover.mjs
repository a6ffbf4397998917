// A vendor dies in the middle and no lead is lost, in your own code: `node examples/quickstart/failover.mjs`, after
// `npm run build` in the root. Both vendors are simulated on this machine; with keys, the sandboxes and base URLs go away.
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { parseProfileJson, QualificationAgent } from "@salesagent/agents";
import { ModelRouter } from "@salesagent/core/router";
import { importLeads } from "@salesagent/intake";
import { fileSource } from "@salesagent/intake/file";
import { anthropic } from "@salesagent/provider-anthropic";
import { cerebras } from "@salesagent/provider-cerebras";
import { startSandbox } from "@salesagent/sandbox";
import { memoryStorage } from "@salesagent/storage-memory";

const pathOf = (name) => fileURLToPath(new URL(name, import.meta.url));
const tenant = "acme";
const answer = { score: 50, confidence: 0, reasons: ["[simulated]"], missing: [], nextAction: "research" };
const script = { text: JSON.stringify(answer) };
const dying = await startSandbox({
  script,
  // 20 answers, then two that break off; then the server is closed, below
  faults: [{ on: ({ index }) => index >= 20, times: 2, fault: { type: "cut", afterEvents: 1 } }],
});
const healthy = await startSandbox({ script });

const model = new ModelRouter({
  candidates: [
    cerebras("gpt-oss-120b", { apiKey: "any", baseUrl: dying.url("cerebras") }),
    anthropic("claude-sonnet-5-5", { apiKey: "any", baseUrl: healthy.url("anthropic") }),
  ],
  policy: "best", // the first is the best
});
const storage = memoryStorage();
const stores = storage.tenant(tenant);
const profile = parseProfileJson(await readFile(pathOf("profile.json"), "utf8"));
// What simulated models say must move no score.
const agent = new QualificationAgent({ profile, storage, model, policy: { mode: "rules-only" } });

let scored = 0;
let byModel = 0;
for await (const event of importLeads({ source: fileSource(pathOf("companies.csv")), storage: stores })) {
  if (event.type !== "batch-stored") continue;
  for (const row of event.rows) {
    if (row.status !== "imported") continue;
    const run = agent.run(row.lead, { tenant, leadId: row.leadId });
    const { engine } = await run.output();
    scored += 1;
    if (engine === "model") byModel += 1;
    for (const { outcome, provider, errorCode } of (await stores.modelCalls.list({ runId: run.id })).items) {
      if (outcome === "failed") console.log(`${row.lead.company.name}: ${provider} failed (${errorCode})`);
    }
    if (dying.requests.length === 22) await dying.close();
  }
}

const models = new Map();
for (const { provider, modelId, outcome, costUsd = Number.NaN } of (
  await stores.modelCalls.list({}, { limit: 1000 })
).items) {
  const name = `${provider}/${modelId}`;
  const sum = models.get(name) ?? { completed: 0, failed: 0, aborted: 0, costUsd: 0 };
  models.set(name, { ...sum, [outcome]: sum[outcome] + 1, costUsd: sum.costUsd + costUsd });
}
for (const [name, { completed, failed, aborted, costUsd }] of models) {
  console.log(`${name}: ${completed} answered, ${failed} failed, ${aborted} aborted, $${costUsd.toFixed(4)}`);
}
console.log(
  `${scored} leads are scored, ${byModel} with a model's (simulated) help, the others by the rules alone.`,
);
for (const { name, status, note } of await model.health()) console.log(`${name}: ${status}. ${note ?? ""}`);
await Promise.all([dying.close(), healthy.close()]);
