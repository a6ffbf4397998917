/** Where the bytes of a file come from. Structural: a file, an upload and an object in a store can all be one. */
export interface ByteSource {
  /** Names the source in provenance and messages, such as `leads.csv`. No path, no secret. */
  readonly name: string;
  /** The bytes from an offset on, in chunks of any size. Called more than once; ending the iteration frees what it holds. */
  open(fromByte: number): AsyncIterable<Uint8Array>;
  /** Total size in bytes; without it, progress tells no time left. */
  sizeBytes?(): Promise<number>;
  /** The same text for the same bytes, such as a content hash. Without it an import can't be resumed. */
  fingerprint?(signal?: AbortSignal): Promise<string>;
}

/** A source held in memory. The text is read as UTF-8. */
export function textSource(name: string, content: string | Uint8Array): ByteSource {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  return {
    name,
    async *open(fromByte) {
      yield bytes.subarray(fromByte);
    },
    sizeBytes: async () => bytes.length,
    fingerprint: () => sha256Hex(bytes),
  };
}

/** SHA-256 of bytes, in hexadecimal. */
export async function sha256Hex(bytes: Uint8Array): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", Uint8Array.from(bytes)));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
