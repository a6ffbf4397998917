import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";

/** A server on this machine, for one test. */
export interface LoopbackServer extends AsyncDisposable {
  /** Such as `http://127.0.0.1:40001`. */
  readonly url: string;
  readonly port: number;
  /** `127.0.0.1:40001`, as hosts are allowed. */
  readonly host: string;
  /** Method and path of each request, in order. */
  readonly requests: readonly string[];
  /** Settles when every exchange has ended: answered, or left by its client. */
  readonly idle: () => Promise<void>;
}

export async function loopbackServer(
  listener: RequestListener,
  address = "127.0.0.1",
): Promise<LoopbackServer> {
  const requests: string[] = [];
  const waiting: (() => void)[] = [];
  let open = 0;
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    open += 1;
    response.on("close", () => {
      open -= 1;
      if (open === 0) for (const resolve of waiting.splice(0)) resolve();
    });
    listener(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, address, resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${address}:${port}`,
    port,
    host: `${address}:${port}`,
    requests,
    idle: () => (open === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
    async [Symbol.asyncDispose]() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}
