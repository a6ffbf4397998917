import { type JsonValue, SalesAgentError, type StoredError } from "@salesagent/ports";

/** Plain data for a record; what JSON can't hold becomes null or is left out. */
export function toJson(value: unknown): JsonValue {
  return JSON.parse(JSON.stringify(value) ?? "null") as JsonValue;
}

/** What is kept of a failure: of a foreign error its kind alone, since its text may hold a prospect's data. */
export function storedError(error: unknown): StoredError {
  if (SalesAgentError.is(error)) return { code: error.code, message: error.message };
  return {
    code: "internal",
    message: error instanceof Error ? `${error.name} in the agent's own code` : "Unknown failure",
  };
}
