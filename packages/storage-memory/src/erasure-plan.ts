import type { Lead } from "@salesagent/ports";
import {
  isAnswerAbout,
  isFactAbout,
  isRunAbout,
  isVectorAbout,
  type NormalPerson,
  toErasedApproval,
  toErasedAudit,
  toErasedEffect,
  toErasedImport,
  toErasedLead,
  toErasedMessage,
  toErasedResult,
  toErasedRun,
  toErasedStep,
  toErasedSummary,
} from "@salesagent/ports/store-rules";
import { eraseRow, isFlowAbout } from "./emptied-flow.js";
import { both, type ErasurePlan, planRows } from "./planned-rows.js";
import { eraseStreamRow } from "./stream-row.js";
import { planSyncErasure } from "./sync-erasure.js";
import type { TenantTables } from "./tenant-tables.js";

/** Looks through all stores; changes nothing before a plan is carried out. */
export function planErasure(
  tables: TenantTables,
  person: NormalPerson,
  now: string,
): Readonly<Record<string, ErasurePlan>> {
  const { mentions, isTheirThread, isTheirLead } = person;
  const { cache, vectors, facts } = tables;
  return {
    leads: planLeads(tables, person, now),
    runs: planRows(tables.runs, (run) => toErasedRun(run, mentions)),
    steps: planRows(tables.steps, (step) => toErasedStep(step, mentions)),
    results: planRows(tables.results, (result) =>
      isTheirLead(result.leadId) ? undefined : toErasedResult(result, mentions),
    ),
    messages: both(
      planRows(tables.messages, (message) =>
        isTheirThread(message.threadId) ? undefined : toErasedMessage(message, mentions),
      ),
      planSummaries(tables, person),
    ),
    audit: planRows(tables.audit, (record) => toErasedAudit(record, mentions)),
    imports: planRows(tables.imports, (record) => toErasedImport(record, mentions)),
    cache: planRemoval(
      [...cache.values()].filter((entry) => isAnswerAbout(entry, mentions)),
      ({ key }) => cache.delete(key),
    ),
    vectors: planRemoval(
      [...vectors.items()].filter((item) => isVectorAbout(item, person)),
      ({ collection, id }) => vectors.remove(collection, id),
    ),
    flows: planRows(tables.flows, (row) => eraseRow(row, person, now)),
    effects: planRows(tables.effects, (effect) => toErasedEffect(effect, mentions)),
    approvals: planRows(tables.approvals, (approval) => toErasedApproval(approval, mentions, now)),
    facts: planRows(facts, (fact) => (isFactAbout(fact, person) ? undefined : fact)),
    streams: planStreams(tables, person),
    ...planSyncErasure(tables, person, now),
  };
}

function planLeads({ leads, leadKeys }: TenantTables, person: NormalPerson, now: string): ErasurePlan {
  const before = new Map<string, Lead>();
  const plan = planRows(leads, (lead) => {
    const left = person.isTheirLead(lead.id) ? undefined : toErasedLead(lead, person.mentions);
    if (left === lead) return lead;
    before.set(lead.id, lead);
    return left && Object.freeze({ ...left, revision: String(Number(lead.revision) + 1), updatedAt: now });
  });
  return {
    records: plan.records,
    carryOut() {
      plan.carryOut();
      for (const [id, { keys }] of before) {
        for (const key of keys) leadKeys.delete(key);
        for (const key of leads.get(id)?.keys ?? []) leadKeys.set(key, id);
      }
    },
  };
}

function planSummaries({ summaries }: TenantTables, { mentions, isTheirThread }: NormalPerson): ErasurePlan {
  const changed = [...summaries].flatMap(([threadId, summary]) => {
    const left = isTheirThread(threadId) ? undefined : toErasedSummary(summary, mentions);
    return left === summary ? [] : [{ threadId, left }];
  });
  return planRemoval(changed, ({ threadId, left }) =>
    left === undefined ? summaries.delete(threadId) : summaries.set(threadId, left),
  );
}

function planStreams({ streams, runs, steps, flows }: TenantTables, person: NormalPerson): ErasurePlan {
  const runIds = new Set(
    steps.all().flatMap((step) => (toErasedStep(step, person.mentions) === step ? [] : [step.runId])),
  );
  for (const run of runs.all()) if (isRunAbout(run, person)) runIds.add(run.id);
  for (const row of flows.all()) if (isFlowAbout(row, person)) runIds.add(row.id);
  return planRows(streams, (row) => eraseStreamRow(row, person, runIds.has(row.record.id)));
}

function planRemoval<Item>(items: readonly Item[], remove: (item: Item) => unknown): ErasurePlan {
  return { records: items.length, carryOut: () => items.forEach(remove) };
}
