import type { CallOptions, DeadJob, JobEngine, StoredError } from "@salesagent/ports";
import { SalesAgentError } from "@salesagent/ports";
import { fromPayloadText } from "@salesagent/ports/job-rules";
import { toCursorText, toNormalPage } from "@salesagent/ports/store-rules";
import { json, number, type Row, text } from "../columns.js";
import type { JobData } from "./claimed-job.js";
import type { JobDatabase } from "./job-database.js";
import type { JobStatements } from "./job-statements.js";

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** Hexadecimal digits of an id that tell apart what failed in one microsecond; 48 bits, which a double holds. */
const TAIL = 12;

/** @param admit - Waits until the tables are there; throws when the call may not be made. */
export function createDeadLetters(
  database: JobDatabase,
  statements: JobStatements,
  admit: (call: CallOptions | undefined) => Promise<void>,
): JobEngine["deadLetters"] {
  return {
    async list({ queue, tenant } = {}, page, call) {
      const { after, limit } = toNormalPage("jobs", page);
      await admit(call);
      const tail = (after?.seq ?? 0).toString(16).padStart(TAIL, "0");
      const values = [queue ?? null, tenant ?? null, after?.order ?? -1, tail, limit + 1];
      const rows = await database.run(statements.listDead, values, call?.signal);
      const items = rows.slice(0, limit).map(toDeadJob);
      const last = rows[limit - 1];
      if (rows.length <= limit || last === undefined) return { items };
      const seq = Number.parseInt(text(last, "id").slice(-TAIL), 16);
      return { items, next: toCursorText({ order: number(last, "failed_at"), seq }) };
    },
    async replay(id, call) {
      await admit(call);
      if (!UUID.test(id)) return false;
      try {
        return (await database.run(statements.replay, [id], call?.signal)).length > 0;
      } catch (error) {
        if (isTaken(error)) return false; // a job of its key waits or runs
        throw error;
      }
    },
    async discard(id, call) {
      await admit(call);
      if (!UUID.test(id)) return false;
      return (await database.run(statements.discard, [id], call?.signal)).length > 0;
    },
  };
}

function isTaken(error: unknown): boolean {
  return SalesAgentError.is(error, "job.invalid");
}

function toDeadJob(row: Row): DeadJob {
  const { tenant, payload } = json<JobData>(row, "data");
  return {
    id: text(row, "id"),
    queue: text(row, "name"),
    tenant,
    payload: fromPayloadText(payload),
    attempts: number(row, "retry_count") + 1,
    error: json<StoredError>(row, "output"),
    failedAt: new Date(number(row, "failed_at") / 1000).toISOString(),
  };
}
