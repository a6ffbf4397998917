import type {
  ModelCallRecord,
  Page,
  PageRequest,
  RunRecord,
  StepRecord,
  TenantStorage,
} from "@salesagent/ports";
import { z } from "zod";
import { jsonSchema, storedErrorSchema, timeSchema } from "./shared-schemas.js";

const stepSchema = z
  .looseObject({
    index: z.number().int(),
    kind: z.enum(["model", "tool", "rules"]),
    name: z.string(),
    status: z.enum(["completed", "failed", "cancelled"]),
    input: jsonSchema.optional(),
    output: jsonSchema.optional(),
    error: storedErrorSchema.optional(),
    startedAt: timeSchema,
    latencyMs: z.number(),
  })
  .meta({ id: "Step" });

const modelCallSchema = z
  .looseObject({
    id: z.string(),
    provider: z.string(),
    modelId: z.string(),
    purpose: z.string().optional(),
    outcome: z.enum(["completed", "failed", "aborted"]),
    errorCode: z.string().optional(),
    usage: z.looseObject({}),
    costUsd: z.number().optional(),
    startedAt: timeSchema,
    latencyMs: z.number(),
  })
  .meta({ id: "ModelCall" });

export const traceSchema = z
  .object({
    id: z.string(),
    runs: z
      .array(
        z.object({
          id: z.string(),
          agent: z.string(),
          status: z.string(),
          error: storedErrorSchema.optional(),
          costUsd: z.number().optional(),
          startedAt: timeSchema,
          latencyMs: z.number().optional(),
          steps: z.array(stepSchema),
          modelCalls: z.array(modelCallSchema),
          truncated: z.boolean(),
        }),
      )
      .describe("One for each time that it was begun or taken over."),
  })
  .meta({ id: "Trace" });

/** How many steps and how many model calls of a run are told. */
const MOST_ROWS = 2_000;
const MOST_RUNS = 50;

/** What the runs on record did. Those that are gone are left out. */
export async function readTrace(stores: TenantStorage, runIds: readonly string[], signal: AbortSignal) {
  const traces = [];
  for (const id of runIds.slice(-MOST_RUNS)) {
    const run = await stores.runs.get(id, { signal });
    if (run) traces.push(await traceOf(stores, run, signal));
  }
  return traces;
}

async function traceOf(stores: TenantStorage, run: RunRecord, signal: AbortSignal) {
  const { id, agent, status, error, costUsd, startedAt, latencyMs } = run;
  const call = { signal };
  const [steps, modelCalls] = await Promise.all([
    rowsOf<StepRecord>((page) => stores.steps.list(id, page, call)),
    rowsOf<ModelCallRecord>((page) => stores.modelCalls.list({ runId: id }, page, call)),
  ]);
  return {
    ...{ id, agent, status, startedAt },
    ...(error && { error }),
    ...(costUsd !== undefined && { costUsd }),
    ...(latencyMs !== undefined && { latencyMs }),
    ...{ steps: steps.rows, modelCalls: modelCalls.rows, truncated: steps.truncated || modelCalls.truncated },
  };
}

async function rowsOf<Row>(
  read: (page: PageRequest) => Promise<Page<Row>>,
): Promise<{ readonly rows: readonly Row[]; readonly truncated: boolean }> {
  const rows: Row[] = [];
  let after: string | undefined;
  do {
    const page = await read({ after, limit: 1_000 });
    rows.push(...page.items);
    after = page.next;
  } while (after !== undefined && rows.length < MOST_ROWS);
  return { rows, truncated: after !== undefined };
}
