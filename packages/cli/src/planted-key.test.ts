import { inspect } from "node:util";
import { exampleProfile, QualificationAgent } from "@salesagent/agents";
import { createEventBus, defineAgent } from "@salesagent/core";
import { type LanguageModel, type SalesEventName, type TenantStores, userMessage } from "@salesagent/ports";
import { anthropic } from "@salesagent/provider-anthropic";
import { gemini } from "@salesagent/provider-gemini";
import { openai } from "@salesagent/provider-openai";
import { createSandboxFetch, type Fault, type Vendor } from "@salesagent/sandbox";
import { memoryStorage } from "@salesagent/storage-memory";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { rowAsJson } from "./qualify/print-results.js";
import type { QualifiedRow } from "./qualify/qualified-row.js";
import { Tally } from "./qualify/tally.js";
import { renderReport } from "./render/report.js";

const KEY = "sk-planted-7c1e94d0b2f6a835";
const tenant = "acme";
const ECHO = `Incorrect API key provided: ${KEY}. You can find your key in the console.`;
const PAGE = `<!doctype html><title>No access with ${KEY}</title><p>authorization: Bearer ${KEY}</p>`;

interface Connection {
  readonly apiKey: string;
  readonly baseUrl: string;
  readonly fetch: typeof fetch;
}

const MODELS: Readonly<Record<string, { vendor: Vendor; open: (connection: Connection) => LanguageModel }>> =
  {
    "openai, chat completions": {
      vendor: "openai",
      open: (connection) => openai("gpt-5.4-mini", connection),
    },
    "openai, responses": {
      vendor: "openai",
      open: (connection) => openai("gpt-5.4-mini", { ...connection, api: "responses" }),
    },
    anthropic: { vendor: "anthropic", open: (connection) => anthropic("claude-sonnet-5-5", connection) },
    gemini: { vendor: "gemini", open: (connection) => gemini("gemini-3.8-flash", connection) },
  };

/** What goes wrong, and how often the vendor's text, which repeats the key, is told with its mask. */
const FAULTS: Readonly<Record<string, { fault?: Fault; masked?: boolean }>> = {
  "answers well": {},
  "refuses the key and repeats it": {
    fault: { type: "status", reason: "auth", message: ECHO },
    masked: true,
  },
  "refuses the key in plain text": {
    fault: { type: "status", status: 401, body: ECHO, contentType: "text/plain" },
    masked: true,
  },
  "tells the key in an error inside the stream": {
    fault: { type: "in-band-error", message: ECHO },
    masked: true,
  },
  "answers with a web page that shows the key": {
    fault: { type: "status", status: 200, reason: "server", body: PAGE, contentType: "text/html" },
    masked: true,
  },
  "breaks off": { fault: { type: "cut", afterEvents: 1 } },
  "sends an event that is no JSON": { fault: { type: "malformed-event", text: `{"key": "${KEY}` } },
};

const BUS_EVENTS: readonly SalesEventName[] = [
  "run-started",
  "run-step",
  "run-completed",
  "run-failed",
  "lead-qualified",
  "budget-exceeded",
];

/** A server that fails in one way, and a model that talks to it with the key. */
function openModel(name: string, fault: Fault | undefined) {
  const { vendor, open } = MODELS[name] ?? {};
  if (!vendor || !open) throw new Error(`no model ${name}`);
  const plans = fault ? [{ fault, times: Number.POSITIVE_INFINITY }] : [];
  const sandbox = createSandboxFetch({ faults: plans, validate: false });
  let requestsWithKey = 0;
  const model = open({
    apiKey: KEY,
    baseUrl: sandbox.url(vendor),
    async fetch(input, init) {
      const { headers } = new Request(input, init);
      if ([...headers.values()].some((value) => value.includes(KEY))) requestsWithKey++;
      return sandbox.fetch(input, init);
    },
  });
  return { model, requestsWithKey: () => requestsWithKey };
}

/** Everything that a tenant has stored. */
async function dump({
  leads,
  runs,
  steps,
  modelCalls,
  results,
  audit,
  usage,
}: TenantStores): Promise<object> {
  const { items } = await runs.list();
  const ofRuns = await Promise.all(items.map(({ id }) => steps.list(id)));
  return {
    leads: await leads.list(),
    runs: items,
    steps: ofRuns.flatMap((page) => page.items),
    modelCalls: await modelCalls.list(),
    results: await results.list(),
    audit: await audit.list(),
    usage: await usage.list(),
  };
}

async function failureOf(pending: Promise<unknown>): Promise<unknown> {
  return pending.then(
    () => undefined,
    (error: unknown) => error,
  );
}

/** Qualifies a lead in every way that there is to look on, and gathers all that comes out. */
async function gatherAll(model: LanguageModel): Promise<Readonly<Record<string, unknown>>> {
  const told: unknown[] = [];
  const bus = createEventBus();
  for (const name of BUS_EVENTS) bus.on(name, (event) => told.push({ name, ...event }));
  const storage = memoryStorage();
  const stores = storage.tenant(tenant);
  const company = { name: "Figma", domain: "figma.com", country: "US", provenance: {} };
  const [outcome] = await stores.leads.insertMany([{ company, source: "test", keys: ["domain:figma.com"] }]);
  const leadId = outcome?.id ?? "";
  const lead = await stores.leads.get(leadId);
  if (!lead) throw new Error("the lead was not stored");

  const qualifier = new QualificationAgent({ profile: exampleProfile, model, storage, events: bus });
  const run = qualifier.run(lead, { tenant });
  const events: unknown[] = [];
  for await (const event of run) events.push(event);
  const result = await run.output();
  const whole = await qualifier.run(lead, { tenant, delivery: "whole" }).output();
  const sse = await new Response(qualifier.run(lead, { tenant }).toSSE()).text();

  const writer = defineAgent({ name: "writer", instructions: "Write.", model, storage, events: bus });
  const errors = [
    await failureOf(model.stream({ messages: [userMessage("Greet Ada.")] }).result()),
    await failureOf(model.stream({ messages: [userMessage("Greet Ada.")] }, { delivery: "whole" }).result()),
    await failureOf(writer.run("Greet Ada.", { tenant }).output()),
  ];
  const writerSse = await new Response(writer.run("Greet Ada.", { tenant }).toSSE()).text();

  const row: QualifiedRow = { row: 2, status: "imported", leadId, company, result };
  const tally = new Tally(10);
  tally.add(row);
  const { histogram, tiers, best: leads } = tally;
  const facts = { ...tally.summary(), histogram, tiers, leads };
  const report = { ...facts, source: "leads.csv", profile: "p", createdAt: "2026-01-05T12:00:00Z" };
  const printed = [rowAsJson(row), renderReport(report)];
  const stored = await dump(stores);
  return { told, events, result, whole, sse, errors, writerSse, report, printed, stored };
}

/** Every text in a value, hidden fields and causes included. */
function everythingIn(value: unknown): string {
  const unlimited = { maxStringLength: Number.POSITIVE_INFINITY, maxArrayLength: Number.POSITIVE_INFINITY };
  return inspect(value, { depth: Number.POSITIVE_INFINITY, showHidden: true, ...unlimited });
}

describe.each(Object.keys(MODELS))("a key given to %s", (name) => {
  const printed: unknown[] = [];

  beforeEach(() => {
    printed.length = 0;
    for (const method of ["log", "info", "warn", "error", "debug"] as const) {
      vi.spyOn(console, method).mockImplementation((...words) => void printed.push(words));
    }
  });

  afterEach(() => {
    vi.restoreAllMocks();
  });

  it.each(Object.keys(FAULTS))("is nowhere to be found when the server %s", async (what) => {
    const { fault, masked = false } = FAULTS[what] ?? {};
    const { model, requestsWithKey } = openModel(name, fault);
    const found = await gatherAll(model);

    expect(requestsWithKey()).toBeGreaterThanOrEqual(7);
    expect(found["errors"]).toSatisfy((errors: unknown[]) => errors.every((error) => !error === !fault));
    for (const [place, value] of Object.entries({ ...found, printed })) {
      expect.soft(everythingIn(value).includes(KEY), place).toBe(false);
    }
    if (masked) expect(everythingIn(found["errors"])).toContain("[secret]");
  });
});
