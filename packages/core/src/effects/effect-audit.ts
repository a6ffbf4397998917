import type { AuditRecord, JsonObject } from "@salesagent/ports";
import { toRecord } from "../kernel/to-record.js";

/** The longest id that is looked at or told; none of ours is longer. */
export const MAX_ID_CHARS = 400;

/** What stamps audit records. */
export interface AuditSource {
  readonly createId: () => string;
  readonly clock: { now(): number };
}

export function auditRecord(
  { createId, clock }: AuditSource,
  record: {
    readonly actor: string;
    readonly action: string;
    readonly subject: string;
    readonly runId?: string | undefined;
    readonly facts: JsonObject;
  },
): AuditRecord {
  const { actor, action, subject, runId, facts } = record;
  return toRecord({
    id: createId(),
    at: new Date(clock.now()).toISOString(),
    actor,
    action,
    subject: subject.slice(0, MAX_ID_CHARS),
    ...(runId === undefined ? {} : { runId }),
    facts,
  });
}
