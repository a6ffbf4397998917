import type { PersonQuery, Storage, TenantStorage, TenantStores } from "@salesagent/ports";
import { readFlowState } from "./every-flow-call.js";
import {
  begin,
  fenceOf,
  sampleApproval,
  sampleCheckpoint,
  sampleEffect,
  sampleStart,
} from "./sample-flows.js";
import {
  sampleAudit,
  sampleDraft,
  sampleFact,
  sampleImport,
  sampleMessage,
  sampleModelCall,
  sampleResult,
  sampleRun,
  sampleStep,
  sampleSummary,
  sampleUsage,
  sampleWorkflow,
} from "./sample-records.js";
import { sampleBreaker, sampleEntry, sampleItem, sampleReservation } from "./sample-shared-state.js";
import { readState } from "./stored-state.js";

export const ADA = "ada@fjord.example";
export const BOB = "bob@fjord.example";

/** A person, by an address and a name. */
export const ada: PersonQuery = { mentions: [ADA, "Ada Lovelace"] };

/** Puts one record into each store; those that can hold a person's data tell of `who`. */
export async function fillWith(storage: Storage, tenant: TenantStorage, who: string): Promise<void> {
  const { leads, runs, steps, results, messages, audit, imports, cache, vectors, facts } = tenant;
  await leads.insertMany([sampleDraft("fjord", { custom: { writesTo: who } })]);
  await runs.create(sampleRun("run-1", { input: { to: who } }));
  await steps.putMany([sampleStep("run-1", 0, { output: { [who]: "sent" } })]);
  await results.addMany([sampleResult("result-1", { data: { reasons: [`wrote to ${who}`] } })]);
  await messages.append("thread", [sampleMessage(`Hello ${who}`)]);
  await messages.summarise("thread", sampleSummary(0, { text: `${who} said hello` }));
  await audit.addMany([sampleAudit("audit-1", { subject: `person:${who}` })]);
  await imports.save(sampleImport("file", { source: `mail:${who}` }));
  await cache.put(sampleEntry("answer", { value: { text: who } }));
  await vectors.putMany("collection", [sampleItem("item-1", [1, 0], { data: [who] })]);
  await facts.putMany([sampleFact("fact-1", { text: `${who} likes trout.` })]);
  await fillFlows(storage, tenant, who);
  await fillImpersonal(tenant);
}

async function fillFlows({ queue }: Storage, { flows, effects, approvals }: TenantStores, who: string) {
  const claim = await begin({ flows, queue }, "flow-1");
  const checkpoint = sampleCheckpoint(1, { delta: { to: who } });
  await flows.commit({ ...fenceOf(claim), checkpoint, rest: { status: "completed", output: 1 } });
  await effects.claim(sampleEffect("effect-1", { target: who }));
  await approvals.request(sampleApproval("approval-1", { arguments: { to: who } }));
}

/** What tells of nobody. */
async function fillImpersonal(stores: TenantStores): Promise<void> {
  await stores.modelCalls.addMany([sampleModelCall("call-1")]);
  await stores.usage.addMany([sampleUsage()]);
  await stores.budgets.reserve(sampleReservation("reservation-1"));
  await stores.breakers.put(sampleBreaker("model"));
  await stores.workflows.add(sampleWorkflow("1"));
  await stores.flows.create(sampleStart("flow-2", { dueAt: "2999-01-01T00:00:00.000Z" }));
}

/** What a look for the person finds where {@link fillWith} told of them. */
export const foundOfFill = [
  { store: "approvals", records: 1 },
  { store: "audit", records: 1 },
  { store: "cache", records: 1 },
  { store: "effects", records: 1 },
  { store: "facts", records: 1 },
  { store: "flows", records: 1 },
  { store: "imports", records: 1 },
  { store: "leads", records: 1 },
  { store: "messages", records: 2 },
  { store: "results", records: 1 },
  { store: "runs", records: 1 },
  { store: "steps", records: 1 },
  { store: "vectors", records: 1 },
];

/** All that a tenant holds of the samples. */
export async function readAllStores(tenant: TenantStores): Promise<unknown> {
  return [await readState(tenant), await readFlowState(tenant)];
}
