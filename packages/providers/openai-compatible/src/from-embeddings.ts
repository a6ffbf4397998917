import type { JsonValue, Usage } from "@salesagent/ports";
import { readErrorBody, WireFailure } from "@salesagent/provider-kit";
import type { WireUsage } from "./chat-wire.js";
import { fromUsage } from "./from-usage.js";

interface WireEmbedding {
  readonly index?: number;
  /** Numbers, or little-endian 32-bit floats in base64. */
  readonly embedding?: readonly number[] | string;
}

interface WireEmbeddings {
  readonly data?: readonly WireEmbedding[];
  readonly usage?: WireUsage | null;
}

/** What one reply brings. */
export interface Vectors {
  readonly vectors: readonly Float32Array[];
  readonly usage: Usage;
}

/**
 * The vectors of one reply, in the order of its inputs.
 *
 * @throws WireFailure for an error in the reply, or when vectors are missing or of different lengths.
 */
export function fromEmbeddings(body: JsonValue, count: number): Vectors {
  const said = readErrorBody(body);
  if (said) throw new WireFailure({ kind: "in-band", ...said });
  const { data, usage } = (body ?? {}) as WireEmbeddings;
  const vectors: (Float32Array | undefined)[] = new Array(count).fill(undefined);
  for (const [position, item] of (data ?? []).entries()) {
    const { index = position, embedding } = item;
    if (embedding !== undefined) vectors[index] = toVector(embedding);
  }
  const length = vectors[0]?.length ?? 0;
  const whole = vectors.filter((vector): vector is Float32Array => vector?.length === length && length > 0);
  if (whole.length !== count || vectors.length !== count) {
    throw new WireFailure({
      kind: "malformed",
      vendorMessage: `${whole.length} usable vectors for ${count} inputs`,
    });
  }
  return { vectors: whole, usage: inputOnly(fromUsage(usage ?? {})) };
}

/** Embeddings have no output to bill; a price needs the count all the same. */
function inputOnly(usage: Usage): Usage {
  return usage.inputTokens === undefined ? usage : { ...usage, outputTokens: 0 };
}

function toVector(wire: readonly number[] | string): Float32Array {
  if (typeof wire !== "string") return Float32Array.from(wire);
  const binary = atob(wire);
  const bytes = Uint8Array.from(binary, (char) => char.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  const vector = new Float32Array(Math.floor(bytes.length / 4));
  for (let at = 0; at < vector.length; at++) vector[at] = view.getFloat32(at * 4, true);
  return vector;
}
