import type { AssistantMessage, ModelWarning } from "@salesagent/ports";

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isKeptWarning(value: unknown): value is ModelWarning {
  return isObject(value) && typeof value["field"] === "string" && typeof value["message"] === "string";
}

/** Whether a value that was read from a store is a part of an answer, as far as its readers rely on it. */
export function isKeptPart(value: unknown): value is AssistantMessage["parts"][number] {
  if (!isObject(value) || !isProviderData(value["providerData"])) return false;
  switch (value["type"]) {
    case "text":
    case "reasoning":
      return typeof value["text"] === "string";
    case "tool-call":
      return (
        typeof value["callId"] === "string" &&
        typeof value["name"] === "string" &&
        value["input"] !== undefined
      );
    default:
      return false;
  }
}

function isProviderData(value: unknown): boolean {
  return value === undefined || (isObject(value) && Object.values(value).every(isObject));
}
