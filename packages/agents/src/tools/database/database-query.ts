import { type AnyTool, defineTool } from "@salesagent/core/tools";
import { SalesAgentError } from "@salesagent/ports";
import { z } from "zod";
import type { QueryPool } from "../../ports/query-pool.js";
import { checkStatement } from "./check-statement.js";
import { databaseFailure } from "./database-failure.js";
import { type QueryRows, readOnlyQuery } from "./read-only-query.js";

export interface DatabaseQueryOptions {
  /** A `Pool` of `pg`. Let it log in as a role that may read only what agents may see: that is the real limit. */
  readonly pool: QueryPool;
  /** What is in the database, for the model: tables, columns, what they mean. */
  readonly schema: string;
  /** A role with fewer rights, taken on for each query. @defaultValue the role that the pool logs in as */
  readonly role?: string | undefined;
  /** Settings for each query, such as the tenant for row-level security. */
  readonly settings?:
    | ((scope: { readonly tenant: string; readonly runId: string }) => Readonly<Record<string, string>>)
    | undefined;
  /** @defaultValue 100 */
  readonly maxRows?: number | undefined;
  /** Of all rows as JSON. @defaultValue 50_000 */
  readonly maxChars?: number | undefined;
  /** How long the database may work on a statement, in milliseconds. @defaultValue 5_000 */
  readonly statementTimeoutMs?: number | undefined;
}

const input = z.object({
  sql: z
    .string()
    .trim()
    .min(1)
    .max(10_000)
    .describe(
      "One statement that reads: select, with, values or table. Give each column a name of its own. Values as $1, $2.",
    ),
  values: z
    .array(z.union([z.string().max(10_000), z.number(), z.boolean(), z.null()]))
    .max(50)
    .default([]),
});

/**
 * The tool `database_query`: one statement in a transaction that only reads, with limits on time, rows and size. Rows come as
 * plain data; numbers too long for a double come as texts.
 *
 * @example
 * ```ts
 * databaseQuery({ pool, schema: "companies(id, name, country)", role: "agent_reader" });
 * ```
 * @throws RangeError or TypeError naming the option. The tool itself: `service.…`, `tool.timed_out`.
 */
export function databaseQuery(options: DatabaseQueryOptions): AnyTool {
  const { pool, schema, role, settings = () => ({}) } = options;
  const { maxRows = 100, maxChars = 50_000, statementTimeoutMs = 5_000 } = options;
  for (const [option, value] of Object.entries({ maxRows, maxChars, statementTimeoutMs })) {
    if (!Number.isInteger(value) || value < 1) {
      throw new RangeError(`database_query.${option} must be a whole number ≥ 1, got ${value}`);
    }
  }
  if (role?.trim() === "") throw new TypeError("database_query.role is empty");
  const limits = { maxRows, maxChars, statementTimeoutMs, role };
  return defineTool<z.infer<typeof input>, QueryRows>({
    name: "database_query",
    description: `Reads from a PostgreSQL database. At most ${maxRows} rows. What is in it: ${schema}`,
    input,
    effect: "read",
    // the database's own limit comes first, so that it is the one that is told
    timeoutMs: statementTimeoutMs + 5_000,
    maxOutputChars: maxChars * 2 + 1_000,
    run: async ({ sql, values }, { tenant, runId, signal }) => {
      const query = { sql: checkedSql(sql), values, settings: settings({ tenant, runId }) };
      try {
        return await readOnlyQuery(pool, query, limits, signal);
      } catch (error) {
        signal.throwIfAborted();
        throw databaseFailure(error, statementTimeoutMs);
      }
    },
  });
}

function checkedSql(sql: string): string {
  try {
    return checkStatement(sql);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new SalesAgentError("service.refused", {
      message: `This statement is not run. ${error.message}.`,
      facts: { service: "database" },
      replay: "safe",
      cause: error,
    });
  }
}
