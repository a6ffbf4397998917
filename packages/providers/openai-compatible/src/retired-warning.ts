import type { ModelProfile, ModelWarning } from "@salesagent/ports";

/** The warning that a call of a retired model begins with; none for others. */
export function retiredWarning(modelId: string, { retired }: ModelProfile): ModelWarning[] {
  if (!retired) return [];
  const day = retired.on === undefined ? "" : ` (${retired.on})`;
  const successor = retired.successor === undefined ? "" : `; its successor is "${retired.successor}"`;
  return [{ field: "modelId", message: `"${modelId}" is retired${day}${successor}.` }];
}
