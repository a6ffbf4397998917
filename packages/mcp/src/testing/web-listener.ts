import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";

/** A web-standard handler behind Node's own server, on loopback. */
export interface WebListener extends AsyncDisposable {
  readonly url: string;
}

export async function listenTo(handle: (request: Request) => Promise<Response>): Promise<WebListener> {
  const server = createServer((incoming, outgoing) => {
    void (async () => {
      const response = await handle(toRequest(incoming));
      outgoing.writeHead(response.status, Object.fromEntries(response.headers));
      if (!response.body) {
        outgoing.end();
        return;
      }
      outgoing.flushHeaders();
      const body = Readable.fromWeb(response.body as never);
      outgoing.once("close", () => body.destroy());
      body.on("error", () => outgoing.destroy()).pipe(outgoing);
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/mcp`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function toRequest(incoming: IncomingMessage): Request {
  const { url = "/", method = "GET", headers } = incoming;
  const target = `http://${headers.host ?? "127.0.0.1"}${url}`;
  const init = { method, headers: headers as Record<string, string> };
  if (method === "GET" || method === "HEAD") return new Request(target, init);
  const body = Readable.toWeb(incoming) as unknown as ReadableStream<Uint8Array>;
  return new Request(target, { ...init, body, duplex: "half" } as RequestInit);
}
