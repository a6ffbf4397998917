import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { CrmHandler } from "./crm-handler.js";

/** Where a handler is served. */
export interface ListenOptions {
  /** @defaultValue "127.0.0.1" */
  readonly host?: string;
  /** @defaultValue 0, a free port */
  readonly port?: number;
}

/** A handler behind a socket. Close it, or `await using` it. */
export interface CrmServer extends AsyncDisposable {
  /** Scheme, host and port, without a slash at the end. */
  readonly url: string;
  /** Ends every connection. Closing twice is fine. */
  close(): Promise<void>;
}

/**
 * Serves a handler on the loopback interface.
 *
 * @throws The system's own error when the port is taken or the host is not ours.
 */
export async function serveHandler(handler: CrmHandler, options: ListenOptions = {}): Promise<CrmServer> {
  const { host = "127.0.0.1", port = 0 } = options;
  // silent answers are on purpose: no time limit of the server may end them
  const limits = { requestTimeout: 0, headersTimeout: 0, keepAliveTimeout: 60_000 };
  const server = createServer(limits, (message, response) => {
    answer(handler, message, response).catch(() => breakOff(response));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  const address = server.address() as AddressInfo;
  let closing: Promise<void> | undefined;
  const shut = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  const close = () => {
    closing ??= shut();
    return closing;
  };
  const url = `http://${host.includes(":") ? `[${host}]` : host}:${address.port}`;
  return { url, close, [Symbol.asyncDispose]: close };
}

async function answer(
  handler: CrmHandler,
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const gone = new AbortController();
  response.once("close", () => gone.abort(new Error("the client left")));
  const reply = await handler(await toRequest(message, gone.signal));
  if (response.destroyed) return;
  response.writeHead(reply.status, Object.fromEntries(reply.headers));
  if (reply.body !== null) {
    for await (const chunk of reply.body) response.write(chunk);
  }
  response.end();
}

async function toRequest(message: IncomingMessage, signal: AbortSignal): Promise<Request> {
  const { method = "GET", url = "/", headers } = message;
  const chunks: Buffer[] = [];
  for await (const chunk of message as AsyncIterable<Buffer>) chunks.push(chunk);
  const fields = Object.entries(headers).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, Array.isArray(value) ? value.join(", ") : value]],
  );
  const body = chunks.length === 0 ? {} : { body: Buffer.concat(chunks) };
  return new Request(new URL(url, `http://${headers.host ?? "localhost"}`), {
    method,
    headers: fields,
    signal,
    ...body,
  });
}

/** Cuts the connection; what has been written goes out first, so that a body ends in its middle. */
function breakOff(response: ServerResponse): void {
  const { socket } = response;
  if (socket === null) return;
  if (response.headersSent) socket.write("", () => socket.resetAndDestroy());
  else socket.resetAndDestroy();
}
