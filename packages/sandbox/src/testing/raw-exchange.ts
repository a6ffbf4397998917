import { connect, type Socket } from "node:net";

/** One request over a bare socket, so that nothing hides what the server does. */
export interface RawExchange {
  readonly socket: Socket;
  /** All that came so far. */
  received(): string;
  /** Settles once what came holds the text. */
  has(text: string): Promise<void>;
  /** How the socket ended: `end` for a clean one, else the error's code. */
  readonly ended: Promise<string>;
}

/** Posts JSON to a URL over a bare socket. */
export function postRaw(
  url: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): RawExchange {
  const { hostname, port, pathname, search } = new URL(url);
  const socket = connect(Number(port), hostname);
  const payload = JSON.stringify(body);
  const lines = Object.entries({
    host: `${hostname}:${port}`,
    authorization: "Bearer sk-test-1234567890",
    "content-type": "application/json",
    "content-length": String(Buffer.byteLength(payload)),
    ...headers,
  }).map(([name, value]) => `${name}: ${value}`);
  socket.write(`POST ${pathname}${search} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n${payload}`);
  return watch(socket);
}

function watch(socket: Socket): RawExchange {
  const chunks: Buffer[] = [];
  const waiting: { text: string; resolve: () => void }[] = [];
  const received = () => Buffer.concat(chunks).toString("latin1");
  const ended = new Promise<string>((resolve) => {
    socket.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? "error"));
    socket.once("end", () => resolve("end"));
    socket.once("close", () => resolve("close"));
  });
  socket.on("data", (chunk: Buffer) => {
    chunks.push(chunk);
    for (const { text, resolve } of waiting) if (received().includes(text)) resolve();
  });
  return {
    socket,
    received,
    ended,
    has: (text) =>
      received().includes(text)
        ? Promise.resolve()
        : new Promise((resolve) => waiting.push({ text, resolve })),
  };
}

/** The body of a chunked HTTP response, joined. */
export function dechunked(response: string): string {
  let rest = response.slice(response.indexOf("\r\n\r\n") + 4);
  let body = "";
  for (;;) {
    const end = rest.indexOf("\r\n");
    const size = Number.parseInt(rest.slice(0, end), 16);
    if (!(size > 0)) return body;
    body += rest.slice(end + 2, end + 2 + size);
    rest = rest.slice(end + 2 + size + 2);
  }
}
