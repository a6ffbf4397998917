import type { ModelProfile, ModelWarning } from "@salesagent/ports";

/**
 * The warning that a call of a model with a known end begins with; none for others.
 *
 * @param nowMs - The present, in milliseconds since the epoch.
 */
export function retiredWarning(modelId: string, { retired }: ModelProfile, nowMs: number): ModelWarning[] {
  if (!retired) return [];
  const { on, successor } = retired;
  const ahead = on !== undefined && Date.parse(on) > nowMs;
  const end = on === undefined ? "is retired" : ahead ? `ends on ${on}` : `is retired (${on})`;
  const next = successor === undefined ? "" : `; its successor is "${successor}"`;
  return [{ field: "modelId", message: `"${modelId}" ${end}${next}.` }];
}
