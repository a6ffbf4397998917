import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createMcpServer } from "./create-mcp-server.js";
import { lineTransport } from "./line-transport.js";

/** What a server answers to lines that come in pieces. */
async function answersTo(
  pieces: readonly (string | Uint8Array)[],
): Promise<readonly Record<string, unknown>[]> {
  let written = "";
  async function* input() {
    yield* pieces;
    // Answers are written when the reader has had its turn.
    for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
  }
  const output = {
    write(text: string) {
      written += text;
    },
  };
  const server = createMcpServer({});
  const session = await server.connect(lineTransport({ input: input(), output }), {
    tenant: "acme",
    id: "local",
  });
  await session.closed;
  const lines = written.split("\n").filter((line) => line !== "");
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

const ping = (id: number) => `${JSON.stringify({ jsonrpc: "2.0", id, method: "ping" })}\n`;

describe("a transport over lines", () => {
  it("reads messages however they are cut, in characters of several bytes too", async () => {
    const bytes = new TextEncoder().encode(
      `${JSON.stringify({ jsonrpc: "2.0", id: "ü", method: "ping" })}\n${ping(2)}`,
    );
    for (const at of [1, 28, 29, 30, 60]) {
      const answers = await answersTo([bytes.slice(0, at), bytes.slice(at)]);
      expect(answers.map(({ id }) => id)).toEqual(["ü", 2]);
    }
  });

  it("passes over what is no message, and goes on", async () => {
    const noise = fc.oneof(fc.string(), fc.json(), fc.constant('{"jsonrpc":"2.0"}'), fc.constant("\u0000\r"));
    const lines = fc.array(
      noise.map((text) => `${text.replaceAll("\n", " ")}\n`),
      { maxLength: 5 },
    );
    await fc.assert(
      fc.asyncProperty(lines, async (before) => {
        const answers = await answersTo([...before, ping(7)]);
        expect(answers.at(-1)).toEqual({ jsonrpc: "2.0", id: 7, result: {} });
      }),
      { numRuns: 30 },
    );
  });

  it("leaves a client whose message has no end", async () => {
    async function* endless() {
      for (;;) yield "x".repeat(1_000_000);
    }
    const server = createMcpServer({});
    const transport = lineTransport({ input: endless(), output: { write: () => {} } });
    await (await server.connect(transport, { tenant: "acme", id: "local" })).closed;
  });
});
