import type { JsonObject, ProviderData } from "@salesagent/ports";
import type { AiSdkMetadata } from "./ai-sdk-model.js";

/**
 * Under which the AI SDK's metadata stand in our provider data. Not the vendor's own name: our packages for the same
 * vendors keep data of another shape there.
 */
export const METADATA_KEY = "ai-sdk";

/** The AI SDK's metadata as provider data; what is no JSON is dropped, since transcripts are stored. */
export function toProviderData(metadata: AiSdkMetadata | undefined): ProviderData | undefined {
  if (metadata === undefined || Object.keys(metadata).length === 0) return undefined;
  const plain = JSON.parse(JSON.stringify(metadata)) as JsonObject;
  return { [METADATA_KEY]: plain };
}

/** Both, key by key and vendor by vendor; the later wins. */
export function mergeMetadata(
  earlier: AiSdkMetadata | undefined,
  later: AiSdkMetadata | undefined,
): AiSdkMetadata | undefined {
  if (!earlier || !later) return later ?? earlier;
  const merged: Record<string, unknown> = { ...earlier };
  for (const [vendor, fields] of Object.entries(later)) {
    merged[vendor] = { ...(earlier[vendor] as object | undefined), ...(fields as object) };
  }
  return merged;
}
