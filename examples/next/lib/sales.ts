import { parseProfileJson, QualificationAgent } from "@salesagent/agents";
import { defineAgent } from "@salesagent/core/agent";
import { createSalesAgent, type SalesAgent } from "@salesagent/core/app";
import { createMemory } from "@salesagent/core/memory";
import { close } from "@salesagent/crm-close";
import { memoryJobs, memoryStorage } from "@salesagent/storage-memory";
import { postgres } from "@salesagent/storage-pg";
import { pgBossJobs } from "@salesagent/storage-pg/jobs";
import profile from "../profile.json" with { type: "json" };
import { rehearsalModel } from "./rehearsal-model";

const { DATABASE_URL: databaseUrl, CLOSE_API_KEY, CLOSE_SIGNATURE_KEY } = process.env;

/** Next may load a module more than once in a process; what holds state is made once. */
const kept = globalThis as { salesOfThisProcess?: Promise<SalesAgent> };

export function openSales(): Promise<SalesAgent> {
  kept.salesOfThisProcess ??= create();
  return kept.salesOfThisProcess;
}

/** With a database other processes work on what the pages begin; without one, this process does. */
export const worksElsewhere = databaseUrl !== undefined;

async function create(): Promise<SalesAgent> {
  const storage = databaseUrl
    ? postgres({ connectionString: databaseUrl, schema: "salesagent_next" })
    : memoryStorage();
  if ("migrate" in storage) await storage.migrate();
  const jobs = databaseUrl
    ? pgBossJobs({ connectionString: databaseUrl, schema: "salesagent_next_jobs" })
    : memoryJobs();
  return createSalesAgent({
    storage,
    jobs,
    agents: [
      // `model` of both: openai("gpt-5.4-mini") of @salesagent/provider-openai, or any other
      new QualificationAgent({ profile: parseProfileJson(JSON.stringify(profile)), storage }),
      defineAgent({
        name: "assistant",
        instructions: "Answer questions of the sales team, in three sentences at most.",
        model: rehearsalModel(),
        storage,
        memory: createMemory({ storage }), // what was said before in a chat
      }),
    ],
    crm: CLOSE_API_KEY
      ? {
          close: {
            provider: close(
              { apiKey: CLOSE_API_KEY },
              { webhook: { signatureKeys: () => (CLOSE_SIGNATURE_KEY ? [CLOSE_SIGNATURE_KEY] : []) } },
            ),
          },
        }
      : {},
    durable: { work: worksElsewhere ? "elsewhere" : "here", leaseMs: 1_500 },
    onError: (error) => console.error(error),
  });
}
