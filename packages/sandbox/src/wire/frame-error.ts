import type { JsonObject, JsonValue } from "@salesagent/ports";
import type { ErrorShape } from "./dialect-format.js";
import { namedSseEvent, sseEvent, type WireEvent } from "./wire-event.js";

/** An error inside an SSE stream: its keys wrapped in `error` or flat, under a name or none. */
export function frameSseError(shape: Exclude<ErrorShape, "vendor">, error: JsonObject): WireEvent {
  const data: JsonValue = shape === "wrapped" || shape === "named-wrapped" ? { error } : error;
  const named = shape === "named-wrapped" || shape === "named-flat";
  return named ? namedSseEvent("token", "error", data) : sseEvent("token", data);
}
