import type {
  AuditRecord,
  FactRecord,
  ImportRecord,
  LeadDraft,
  ModelCallRecord,
  ResultRecord,
  RunRecord,
  StepRecord,
  ThreadSummary,
  UsageRow,
} from "@salesagent/ports";
import type { UnplacedMessage, WorkflowDraft } from "@salesagent/ports/store-rules";

/** An instant of the day on which the suite plays, `second` seconds after nine. */
export function at(second: number): string {
  return new Date(Date.UTC(2026, 4, 1, 9, 0, second)).toISOString();
}

export function sampleDraft(name: string, changes: Partial<LeadDraft> = {}): LeadDraft {
  return {
    company: {
      name,
      domain: `${name}.example`,
      provenance: { name: { source: "csv:leads.csv", at: at(0) } },
    },
    source: "csv:leads.csv",
    keys: [`domain:${name}.example`, `name:${name}`],
    ...changes,
  };
}

/** Every field of a draft in use. */
export const fullDraft: LeadDraft = {
  company: {
    name: "Ålesund Fjørd 🐟 GmbH",
    domain: "fjord.example",
    website: "https://fjord.example/no",
    industry: "Aquaculture",
    subIndustries: ["Salmon", "Trout"],
    description: 'Says "hello" \\ and more,\n in two lines; {not json}',
    country: "NO",
    employees: { min: 51, max: 200 },
    foundedYear: 1998,
    revenueUsd: { min: 1_500_000.5 },
    technologies: [],
    status: "active",
    provenance: { name: { source: "csv:leads.csv", at: at(0), confidence: 0.25 } },
  },
  contact: { fullName: "Ada Lovelace", email: "ada@fjord.example", seniority: "executive", provenance: {} },
  stage: "qualified",
  source: "csv:leads.csv",
  custom: { "Odd Column": "x", nested: { list: [1, "two", null, true, { deep: 0.1 }] }, empty: "" },
  keys: ["domain:fjord.example", "email:ada@fjord.example", "name:ålesund fjørd 🐟|no"],
};

export function sampleRun(id: string, changes: Partial<RunRecord> = {}): RunRecord {
  return {
    id,
    agent: "qualification",
    status: "running",
    input: { company: "Fjord" },
    startedAt: at(0),
    ...changes,
  };
}

/** Every field of a run in use. */
export const fullRun: Required<RunRecord> = {
  id: "run-full",
  agent: "qualification",
  status: "completed",
  leadId: "lead-1",
  threadId: "thread-1",
  parentRunId: "run-0",
  input: { company: "Fjørd 🐟", list: [1, null, { deep: true }] },
  output: { score: 71.5, tier: "B" },
  error: { code: "model.overloaded", message: "cerebras had no capacity" },
  engine: "model",
  usage: { inputTokens: 1200, cachedInputTokens: 1000, outputTokens: 50, reasoningTokens: 20 },
  costUsd: 0.000123457,
  startedAt: at(1),
  finishedAt: at(9),
  latencyMs: 8123.4567,
};

export function sampleStep(runId: string, index: number, changes: Partial<StepRecord> = {}): StepRecord {
  return {
    runId,
    index,
    kind: "rules",
    name: "icp",
    status: "completed",
    startedAt: at(index),
    latencyMs: 1.25,
    ...changes,
  };
}

export function sampleModelCall(id: string, changes: Partial<ModelCallRecord> = {}): ModelCallRecord {
  return {
    id,
    provider: "cerebras",
    modelId: "gpt-oss-120b",
    outcome: "completed",
    usage: { inputTokens: 10, outputTokens: 3 },
    startedAt: at(0),
    latencyMs: 12,
    ...changes,
  };
}

export function sampleResult(id: string, changes: Partial<ResultRecord> = {}): ResultRecord {
  return {
    id,
    kind: "qualification",
    leadId: "lead-1",
    data: { reasons: ["fits"] },
    createdAt: at(0),
    ...changes,
  };
}

export function sampleMessage(text: string, changes: Partial<UnplacedMessage> = {}): UnplacedMessage {
  return {
    message: { role: "user", parts: [{ type: "text", text, origin: "user" }] },
    createdAt: at(0),
    ...changes,
  };
}

export function sampleAudit(id: string, changes: Partial<AuditRecord> = {}): AuditRecord {
  return {
    id,
    at: at(0),
    actor: "agent:qualification",
    action: "lead-qualified",
    subject: "lead:1",
    facts: { score: 80 },
    ...changes,
  };
}

export function sampleUsage(changes: Partial<UsageRow> = {}): UsageRow {
  return {
    day: "2026-05-01",
    agent: "qualification",
    provider: "cerebras",
    modelId: "gpt-oss-120b",
    calls: 1,
    failedCalls: 0,
    inputTokens: 100,
    cachedInputTokens: 40,
    outputTokens: 20,
    reasoningTokens: 5,
    costNanoUsd: 123_457,
    unpricedCalls: 0,
    ...changes,
  };
}

export function sampleImport(id: string, changes: Partial<ImportRecord> = {}): ImportRecord {
  return {
    id,
    source: "csv:leads.csv",
    status: "running",
    rows: 3,
    imported: 1,
    duplicates: 1,
    rejected: 1,
    position: { byte: 120 },
    startedAt: at(0),
    updatedAt: at(1),
    ...changes,
  };
}

export function sampleSummary(upTo: number, changes: Partial<ThreadSummary> = {}): ThreadSummary {
  return { text: `what was said up to ${upTo}`, upTo, createdAt: at(9), ...changes };
}

export function sampleFact(id: string, changes: Partial<FactRecord> = {}): FactRecord {
  return { id, subject: "company:fjord.example", text: "They farm salmon.", createdAt: at(0), ...changes };
}

export function sampleWorkflow(version: string, changes: Partial<WorkflowDraft> = {}): WorkflowDraft {
  return { name: "welcome", version, definition: { nodes: [version] }, ...changes };
}
