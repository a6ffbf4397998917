import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { SalesServer } from "../create-server.js";
import { attachSockets } from "../socket/attach-sockets.js";
import { requestListener } from "./request-listener.js";

/** Where to listen. */
export interface ListenOptions {
  /** 0 for any that is free. */
  readonly port: number;
  /** `0.0.0.0` for every interface, as in a container. @defaultValue "127.0.0.1" */
  readonly hostname?: string | undefined;
  /** Whether streams are told by WebSocket too. @defaultValue true */
  readonly sockets?: boolean | undefined;
}

/** A server that listens. */
export interface Listening extends AsyncDisposable {
  /** Without the prefix, such as `http://127.0.0.1:3000`. */
  readonly url: string;
  readonly http: Server;
  /** Takes no more connections, ends those that are idle and all WebSockets, and waits for the others. */
  close(): Promise<void>;
}

/** How long the head of a request may take, in milliseconds. */
const HEAD_MS = 10_000;

/**
 * Listens for the routes of a server, and for nothing else.
 *
 * @example
 * ```ts
 * const { url, close } = await listen({ port: 3000 }, server);
 * ```
 * @throws What the port gives, such as `EADDRINUSE`.
 */
export async function listen(
  { port, hostname = "127.0.0.1", sockets = true }: ListenOptions,
  server: SalesServer,
): Promise<Listening> {
  const http = createServer({ headersTimeout: HEAD_MS }, requestListener(server));
  const attached = sockets ? attachSockets(http, server) : undefined;
  http.listen(port, hostname);
  await once(http, "listening");
  const { port: bound } = http.address() as AddressInfo;
  const host = hostname.includes(":") ? `[${hostname}]` : hostname;
  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= new Promise((resolve) => {
      http.close(() => resolve());
      http.closeIdleConnections();
      attached?.[Symbol.dispose]();
    });
    return closing;
  };
  return { url: `http://${host}:${bound}`, http, close, [Symbol.asyncDispose]: close };
}
