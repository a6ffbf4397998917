import type { JsonValue, Usage } from "@salesagent/ports";
import { toVector, type Vectors } from "@salesagent/provider-kit";
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

/** The vectors of one reply, in the order of its inputs. */
export function fromEmbeddings(body: JsonValue, count: number): Vectors {
  const { data, usage } = (body ?? {}) as WireEmbeddings;
  const vectors: (Float32Array | undefined)[] = new Array(count).fill(undefined);
  for (const [position, item] of (data ?? []).entries()) {
    const { index = position, embedding } = item;
    // A place that nobody asked for must not stretch the list.
    if (embedding !== undefined && index >= 0 && index < count) vectors[index] = readVector(embedding);
  }
  return { vectors, usage: inputOnly(fromUsage(usage ?? {})) };
}

/** Embeddings have no output to bill; a price needs the count all the same. */
function inputOnly(usage: Usage): Usage {
  return usage.inputTokens === undefined ? usage : { ...usage, outputTokens: 0 };
}

function readVector(wire: readonly number[] | string): Float32Array | undefined {
  if (typeof wire !== "string") return toVector(wire);
  const binary = atob(wire);
  const bytes = Uint8Array.from(binary, (char) => char.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  const vector = new Float32Array(Math.floor(bytes.length / 4));
  for (let at = 0; at < vector.length; at++) vector[at] = view.getFloat32(at * 4, true);
  return vector;
}
