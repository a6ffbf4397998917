import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import type { JSONRPCMessage } from "@modelcontextprotocol/sdk/types.js";

/** The longest message that is read, in characters. */
const MOST_CHARS = 10_000_000;

/** Where messages come from and go to, one JSON object a line: a process's standard streams, or anything like them. */
export interface LineStreams {
  readonly input: AsyncIterable<string | Uint8Array>;
  readonly output: { write(text: string): unknown };
}

/**
 * A transport over two streams of text, such as `{ input: process.stdin, output: process.stdout }`. It closes when the input
 * ends. Nothing else may be written to the output.
 */
export function lineTransport({ input, output }: LineStreams): Transport {
  let isClosed = false;
  const lines = input[Symbol.asyncIterator]();
  const transport: Transport = {
    async start() {
      void read().finally(() => transport.close());
    },
    async send(message) {
      if (!isClosed) output.write(`${JSON.stringify(message)}\n`);
    },
    async close() {
      if (isClosed) return;
      isClosed = true;
      void lines.return?.();
      transport.onclose?.();
    },
  };
  const read = async () => {
    const { JSONRPCMessageSchema } = await import("@modelcontextprotocol/sdk/types.js");
    const decoder = new TextDecoder();
    let rest = "";
    while (!isClosed) {
      const { done, value } = await lines.next();
      if (done) return;
      rest += typeof value === "string" ? value : decoder.decode(value, { stream: true });
      const whole = rest.split("\n");
      rest = whole.pop() ?? "";
      if (rest.length > MOST_CHARS)
        return tell(new RangeError(`a message is longer than ${MOST_CHARS} characters`));
      for (const line of whole) receive(line, JSONRPCMessageSchema);
    }
  };
  const receive = (line: string, schema: { parse(value: unknown): JSONRPCMessage }) => {
    if (line.trim() === "") return;
    try {
      transport.onmessage?.(schema.parse(JSON.parse(line)));
    } catch (error) {
      tell(error); // one bad line is no reason to leave
    }
  };
  const tell = (error: unknown) =>
    transport.onerror?.(error instanceof Error ? error : new Error(String(error)));
  return transport;
}
