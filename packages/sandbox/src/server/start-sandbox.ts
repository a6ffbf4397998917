import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { playPlan } from "../wire/play-plan.js";
import { httpSink } from "./http-sink.js";
import { readBody } from "./read-body.js";
import { redactUrl } from "./redact.js";
import type { LogEntry } from "./request-log.js";
import { type SandboxBehaviour, SandboxCore, type SandboxView } from "./sandbox-core.js";
import { SocketCount } from "./socket-count.js";

/** How a sandbox is set up. */
export interface SandboxOptions extends SandboxBehaviour {
  /** @defaultValue "127.0.0.1" */
  readonly host?: string;
  /** @defaultValue 0, a free port */
  readonly port?: number;
  /** Told one line for each request when it has ended: no body, no key. @defaultValue none */
  readonly log?: (line: string) => void;
  /** Larger request bodies get the vendor's 413. @defaultValue 33_554_432 */
  readonly maxBodyBytes?: number;
}

/** Sockets of a sandbox. */
export interface SandboxConnections {
  readonly open: number;
  /** Those on which a request waits for the end of its response. */
  readonly busy: number;
}

/** Loopback servers that speak vendors' wire formats. Close it, or `await using` it. */
export interface Sandbox extends SandboxView, AsyncDisposable {
  /** Scheme, host and port. */
  readonly origin: string;
  connections(): SandboxConnections;
  /** Settles once no response is under way: every socket is closed or idle. */
  settled(): Promise<void>;
  /** Ends every connection and timer. Closing twice is fine. */
  close(): Promise<void>;
}

/**
 * Starts a sandbox on the loopback interface.
 *
 * @throws RangeError for a limit that is none; the system's own error when the port is taken or the host is not ours.
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { host = "127.0.0.1", port = 0 } = options;
  const running = new RunningSandbox(options);
  const address = await running.listen(host, port);
  const origin = `http://${host.includes(":") ? `[${host}]` : host}:${address.port}`;
  return {
    ...running.core.view(origin),
    origin,
    connections: () => ({ open: running.sockets.open, busy: running.sockets.busy }),
    settled: () => running.sockets.settled(),
    close: () => running.close(),
    [Symbol.asyncDispose]: () => running.close(),
  };
}

class RunningSandbox {
  readonly core: SandboxCore;
  readonly sockets = new SocketCount();
  readonly #server: Server;
  readonly #tell: (line: string) => void;
  readonly #maxBodyBytes: number;
  readonly #stops = new Set<() => void>();
  #closing: Promise<void> | undefined;

  constructor(options: SandboxOptions) {
    this.core = new SandboxCore(options);
    this.#tell = options.log ?? (() => {});
    this.#maxBodyBytes = options.maxBodyBytes ?? 32 * 1024 * 1024;
    // slow and silent replies are on purpose: no time limit of the server may end them
    const limits = { requestTimeout: 0, headersTimeout: 0, keepAliveTimeout: 60_000 };
    this.#server = createServer(limits, (message, response) => {
      this.#handle(message, response).catch((failure: unknown) => {
        // a client that leaves while it uploads is no failure of ours
        if (message.complete) this.core.script.report(`${message.method} ${message.url}: ${String(failure)}`);
        response.destroy();
      });
    });
    this.#server.on("connection", (socket) => this.sockets.add(socket));
  }

  listen(host: string, port: number): Promise<AddressInfo> {
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(port, host, () => {
        this.#server.off("error", reject);
        resolve(this.#server.address() as AddressInfo);
      });
    });
  }

  close(): Promise<void> {
    this.#closing ??= this.#shut();
    return this.#closing;
  }

  async #shut(): Promise<void> {
    for (const entry of this.core.log.entries) entry.settle("sandbox-closed");
    for (const stop of this.#stops) stop();
    this.#stops.clear();
    const stopped = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await stopped;
    await this.sockets.emptied();
  }

  async #handle(message: IncomingMessage, response: ServerResponse): Promise<void> {
    response.once("close", this.sockets.owe(message.socket));
    const startedMs = this.core.clock.elapsed();
    const body = await readBody(message, this.#maxBodyBytes);
    const { method = "GET", url = "/" } = message;
    const raw = { method, url, headers: flatHeaders(message), bodyText: body.text };
    const { entry, plan } = await this.core.responder.respond(raw, body.tooLarge);
    const ended = () => {
      entry.settle("client-closed");
      this.#tellOf(entry, redactUrl(url), startedMs);
    };
    if (response.destroyed) {
      ended();
      return;
    }
    const stop = playPlan(plan, httpSink(response), this.core.clock, () => entry.settle(plan.outcome));
    this.#stops.add(stop);
    response.once("close", () => {
      stop();
      this.#stops.delete(stop);
      ended();
    });
  }

  #tellOf({ method, status, outcome }: LogEntry, url: string, startedMs: number): void {
    const tookMs = Math.round(this.core.clock.elapsed() - startedMs);
    this.#tell(`${method} ${url} ${status ?? "-"} ${outcome} ${tookMs} ms`);
  }
}

function flatHeaders(message: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(message.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(", ") : (value ?? ""),
    ]),
  );
}
