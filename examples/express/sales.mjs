// What the app and its workers are made of: one storage, two agents, one CRM.
import { readFile } from "node:fs/promises";
import { parseProfileJson, QualificationAgent } from "@salesagent/agents";
import { defineAgent } from "@salesagent/core/agent";
import { createSalesAgent } from "@salesagent/core/app";
import { openai } from "@salesagent/provider-openai";
import { memoryJobs, memoryStorage } from "@salesagent/storage-memory";
import { postgres } from "@salesagent/storage-pg";
import { pgBossJobs } from "@salesagent/storage-pg/jobs";
import { closeOfTenant } from "./close-crm.mjs";
import { rehearsalModel } from "./rehearsal-model.mjs";

const profileFile = new URL("../quickstart/profile.json", import.meta.url);

/**
 * @param {object} options
 * @param {string} [options.databaseUrl] Without it everything is kept in memory, by this one process.
 * @param {"here" | "elsewhere"} [options.work] `elsewhere`: other processes do what this one begins.
 * @param {{ apiKey: string, baseUrl?: string, signatureKeys?: string[] }} options.closeAccess
 */
export async function openSales({ databaseUrl, work = "here", closeAccess }) {
  const storage = databaseUrl
    ? postgres({ connectionString: databaseUrl, schema: "salesagent_express" })
    : memoryStorage();
  if (databaseUrl) await storage.migrate();
  const jobs = databaseUrl
    ? pgBossJobs({ connectionString: databaseUrl, schema: "salesagent_express_jobs" })
    : memoryJobs();
  const model = process.env.OPENAI_API_KEY ? openai("gpt-5.4-mini") : undefined;
  const profile = parseProfileJson(await readFile(profileFile, "utf8"));
  return createSalesAgent({
    storage,
    jobs,
    agents: [
      new QualificationAgent({ profile, model, storage }), // without a model the rules alone score
      defineAgent({
        name: "writer",
        instructions: "Write a first mail to this lead: five sentences, no flattery, one question.",
        model: model ?? rehearsalModel(),
        storage,
      }),
    ],
    crm: { close: { provider: (tenant) => closeOfTenant(tenant, closeAccess) } },
    durable: { work, leaseMs: 1_500 },
    onError: (error) => console.error(error),
  });
}
