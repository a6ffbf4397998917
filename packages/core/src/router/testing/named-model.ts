import type { ModelProfile, ModelRequest } from "@salesagent/ports";
import {
  type ScriptedModel,
  type ScriptedReply,
  scriptedModel,
} from "../../scripted-model/scripted-model.js";

/** A scripted model of its own name; each request gets the next reply, and the last one from then on. */
export function namedModel(
  modelId: string,
  replies:
    | ScriptedReply
    | readonly ScriptedReply[]
    | ((request: ModelRequest, index: number) => ScriptedReply),
  profile: Partial<ModelProfile> = {},
): ScriptedModel {
  const list = Array.isArray(replies) ? (replies as readonly ScriptedReply[]) : [replies as ScriptedReply];
  const script =
    typeof replies === "function"
      ? replies
      : (_: ModelRequest, index: number) => list[Math.min(index, list.length - 1)] ?? {};
  return scriptedModel(script, profile, { provider: "test", modelId });
}
