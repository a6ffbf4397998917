import { z } from "zod";
import { jsonObjectSchema, jsonSchema, storedErrorSchema, timeSchema } from "./shared-schemas.js";

export const kindSchema = z.enum(["contact", "company", "deal"]);
export const directionSchema = z.enum(["both", "to-app", "to-crm"]);
const countsSchema = z.record(z.string(), z.number());

/** A connection's name is part of the path. */
export const connectionParams = z.strictObject({ connection: z.string().min(1).max(200) });

export const syncRunSchema = z
  .object({
    id: z.string(),
    connection: z.string(),
    kinds: z.array(kindSchema),
    trigger: z.string().describe("What began it, such as `manual`, `schedule` or `webhook`."),
    direction: directionSchema,
    status: z.enum(["running", "completed", "failed", "stopped"]),
    counts: countsSchema,
    error: storedErrorSchema.optional(),
    startedAt: timeSchema,
    finishedAt: timeSchema.optional(),
  })
  .meta({ id: "SyncRun" });

export const connectionSchema = z
  .object({
    connection: z.string(),
    links: z.array(
      z.object({
        kind: kindSchema,
        state: z.string(),
        links: z.number().int(),
        due: z.number().int().describe("Due by now, or being worked on."),
      }),
    ),
    due: z.number().int(),
    openConflicts: z.number().int(),
    openDeadLetters: z.number().int(),
    heldRemovals: z.number().int().describe("Removals that wait for somebody's word."),
    lastRun: syncRunSchema.optional(),
    lastCompletedAt: timeSchema.optional(),
  })
  .meta({ id: "SyncConnection" });

export const entrySchema = z
  .object({
    id: z.string(),
    connection: z.string(),
    runId: z.string().optional(),
    kind: kindSchema,
    action: z.string().describe("Such as `created-in-app` or `removal-held`."),
    recordIds: z.array(z.string()),
    crmIds: z.array(z.string()),
    detail: jsonObjectSchema.optional().describe("Names of fields and reasons; never values."),
    at: timeSchema,
  })
  .meta({ id: "SyncEntry" });

export const metricsSchema = z
  .object({
    connection: z.string(),
    runs: z.number().int(),
    completed: z.number().int(),
    failed: z.number().int(),
    meanLatencyMs: z.number(),
    longestLatencyMs: z.number(),
    perSecond: z.number(),
    counts: countsSchema,
  })
  .meta({ id: "SyncMetrics" });

export const dependencySchema = z
  .object({
    name: z.string(),
    status: z.enum(["ok", "degraded", "down"]),
    note: z.string().optional(),
    latencyMs: z.number().optional(),
  })
  .meta({ id: "Dependency" });

export const plannedWriteSchema = z
  .object({
    side: z.enum(["app", "crm"]),
    op: z.enum(["create", "update", "remove", "link", "merge", "look-up", "conflict", "refuse", "wait"]),
    kind: kindSchema,
    recordId: z.string().optional(),
    crmId: z.string().optional(),
    changes: z.record(z.string(), z.object({ from: jsonSchema, to: jsonSchema })),
    reason: z.string().optional(),
    held: z.literal(true).optional(),
  })
  .meta({ id: "PlannedWrite" });

export const conflictSchema = z
  .object({
    id: z.string(),
    connection: z.string(),
    kind: kindSchema,
    recordId: z.string(),
    crmId: z.string().optional(),
    field: z.string().describe("`$record` where one side removed what the other changed."),
    policy: z.string(),
    base: jsonSchema,
    app: jsonSchema,
    crm: jsonSchema,
    status: z.enum(["open", "settled", "resolved", "gone"]),
    taken: z.enum(["app", "crm", "both", "value"]).optional(),
    value: jsonSchema.optional(),
    foundAt: timeSchema,
    endedAt: timeSchema.optional(),
    endedBy: z.string().optional(),
  })
  .meta({ id: "Conflict" });

export const deadLetterSchema = z
  .object({
    id: z.string(),
    connection: z.string(),
    kind: kindSchema,
    recordId: z.string().optional(),
    crmId: z.string().optional(),
    operation: z.string(),
    payload: jsonObjectSchema,
    error: storedErrorSchema,
    history: z.array(z.object({ at: timeSchema, error: storedErrorSchema })),
    status: z.enum(["open", "replayed", "dropped"]),
    addedAt: timeSchema,
    updatedAt: timeSchema,
    endedBy: z.string().optional(),
  })
  .meta({ id: "DeadLetter" });
