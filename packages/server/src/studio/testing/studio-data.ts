import type { createCrmDouble } from "@salesagent/conformance";
import type { SalesAgent } from "@salesagent/core/app";
import { recordDraft } from "@salesagent/core/crm";
import type { JsonObject, LeadDraft, Storage } from "@salesagent/ports";
import type { Text } from "./studio-agents.js";

const TENANT = "acme";
const DAY_MS = 86_400_000;
const COMPANIES = [
  "Figma",
  "Asana",
  "Notion",
  "Linear",
  "Miro",
  "Airtable",
  "Canva",
  "Webflow",
  "Loom",
  "Pitch",
];

export async function storeLeads(storage: Storage, text: Text, count: number): Promise<readonly string[]> {
  const { leads, results } = storage.tenant(TENANT);
  const at = new Date().toISOString();
  const ids: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const name = `${COMPANIES[index % COMPANIES.length]}${index < COMPANIES.length ? "" : ` ${index}`}`;
    const [stored] = await leads.insertMany([draftOf(name, text, at)]);
    const id = stored?.id ?? "";
    ids.push(id);
    if (index % 3 === 2) continue;
    const score = 92 - index * 2;
    const tier = score > 70 ? "A" : "B";
    const data = qualification(score, tier, text);
    await results.addMany([
      { id: `result-${index}`, kind: "qualification", leadId: id, score, tier, data, createdAt: at },
    ]);
  }
  return ids;
}

function draftOf(name: string, text: Text, at: string): LeadDraft {
  const from = { source: text("csv:fair.csv"), at };
  const slug = name.toLowerCase().replaceAll(" ", "-");
  const company = {
    name: text(name),
    domain: `${slug}.example`,
    industry: text("Design tools"),
    description: text("Makes tools."),
  };
  const contact = { fullName: text("Ada Lovelace"), email: `ada@${slug}.example`, title: text("CTO") };
  return {
    company: { ...company, provenance: { name: from, domain: from, industry: from, description: from } },
    contact: { ...contact, provenance: { fullName: from, email: from, title: from } },
    ...{ stage: "new", source: text("csv:fair.csv"), custom: { [text("Notiz")]: text("met at the fair") } },
    keys: [`domain:${slug}.example`],
  };
}

function qualification(score: number, tier: string, text: Text): JsonObject {
  const criterion = (
    label: string,
    outcome: string,
    points: number,
    maxPoints: number,
    evidence: string,
  ) => ({
    ...{ name: label, label: text(label), role: "fit", outcome, points, maxPoints, evidence: text(evidence) },
    ...{ field: "company.industry", source: text("csv:fair.csv") },
  });
  return {
    ...{
      score,
      tier,
      confidence: 0.82,
      qualified: true,
      engine: "rules",
      rulesScore: score,
      costUsd: 0.0021,
    },
    reasons: [text("Design tools are what we sell to"), text("51–200 people is within 20–500")],
    missing: [text("revenue"), text("head count")],
    ...{ nextAction: "contact", nextActionReason: text("It fits, and a person is known."), latencyMs: 12 },
    criteria: [
      criterion("Industry", "met", 40, 40, "Design tools is one of ours"),
      criterion("Size", "partly", 12, 30, "51–200 people is within 20–500"),
      criterion("Country", "missed", 0, 20, "Norway is not served"),
      criterion("Revenue", "unknown", 0, 10, "not known"),
    ],
    ...{ profile: text("Sample"), key: "k" },
  };
}

export async function storeFigures(storage: Storage): Promise<void> {
  const { usage } = storage.tenant(TENANT);
  const rows = Array.from({ length: 30 }, (_, index) => {
    const day = new Date(Date.now() - index * DAY_MS).toISOString().slice(0, 10);
    const row = {
      day,
      calls: 40,
      failedCalls: 2,
      inputTokens: 90_000,
      cachedInputTokens: 0,
      outputTokens: 12_000,
      reasoningTokens: 0,
    };
    const nano = (usd: number) => Math.round(usd * 1e9);
    return [
      {
        ...row,
        agent: "writer",
        provider: "openai",
        modelId: "gpt-5-mini",
        costNanoUsd: nano(0.9 + (index % 5) * 0.3),
        unpricedCalls: 0,
      },
      {
        ...row,
        agent: "outreach",
        provider: "cerebras",
        modelId: "gpt-oss-120b",
        costNanoUsd: nano(0.4 + (index % 3) * 0.2),
        unpricedCalls: index === 0 ? 3 : 0,
      },
    ];
  });
  await usage.addMany(rows.flat());
}

/** A name that both sides changed, found by a sync as it would be. */
export async function makeConflict(
  sales: SalesAgent,
  world: ReturnType<typeof createCrmDouble>["world"],
  text: Text,
): Promise<void> {
  const sync = sales.sync?.tenant(TENANT);
  const { records } = sales.storage.tenant(TENANT);
  const id = world.create({ kind: "contact", fields: { firstName: "Ada", email: "ada@fjord.example" } });
  await sync?.run("close").result();
  const [ada] = await records.findByKeys("contact", ["email:ada@fjord.example"]);
  if (!ada) throw new Error("no contact came of the CRM");
  const draft = recordDraft("contact", { ...ada.fields, firstName: text("Adah") }, ada);
  await records.writeMany([{ op: "put", kind: "contact", id: ada.id, draft }]);
  world.edit({ kind: "contact", id, fields: { firstName: text("Augusta") } });
  await sync?.run("close").result();
}

export async function storeLetter(storage: Storage, text: Text): Promise<void> {
  const letter = {
    ...({
      id: "letter-1",
      connection: "close",
      kind: "company",
      crmId: "lead_9",
      operation: "update",
    } as const),
    payload: { fields: { name: text("Fjord AS"), phone: text("+47 22 00 00 00") } },
    error: { code: "crm.field_invalid", message: text("The CRM refuses this phone number.") },
  };
  const { deadLetters } = storage.tenant(TENANT);
  await deadLetters.add({ ...letter, addedAt: new Date(Date.now() - DAY_MS).toISOString() });
  await deadLetters.add({ ...letter, id: "letter-2", addedAt: new Date().toISOString() });
}
