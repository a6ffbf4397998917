import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type Clock, systemClock } from "@salesagent/ports";
import { basePathOf, type Flavor, VENDORS, type Vendor } from "../dialect.js";
import type { LoggedRequest } from "../sandbox-request.js";
import { playPlan } from "../wire/play-plan.js";
import type { PlannedOutcome } from "../wire/wire-plan.js";
import { type FaultPlan, FaultPlans } from "./fault-plan.js";
import { httpSink } from "./http-sink.js";
import { readBody } from "./read-body.js";
import { redactUrl } from "./redact.js";
import { type LogEntry, RequestLog } from "./request-log.js";
import { Responder } from "./responder.js";
import { type Script, ScriptPlayer } from "./script.js";
import { SocketCount } from "./socket-count.js";

/** How a sandbox is set up. */
export interface SandboxOptions {
  /** What is answered. @defaultValue a rehearsal model that says it is simulated, see `rehearse` */
  readonly script?: Script;
  /** Faults for the requests that they pick, beside those of the replies. */
  readonly faults?: readonly FaultPlan[];
  /** @defaultValue "127.0.0.1" */
  readonly host?: string;
  /** @defaultValue 0, a free port */
  readonly port?: number;
  /** Time of replies. @defaultValue the system's */
  readonly clock?: Clock;
  /** Told one line for each request when it has ended: no body, no key. @defaultValue none */
  readonly log?: (line: string) => void;
  /** Refuses what the vendor would refuse: missing keys, wrong parameters, broken transcripts. @defaultValue true */
  readonly validate?: boolean;
  /** Which keys are let in. @defaultValue every key */
  readonly acceptsKey?: (key: string) => boolean;
  /** Larger request bodies get the vendor's 413. @defaultValue 33_554_432 */
  readonly maxBodyBytes?: number;
  /** How many requests are remembered. @defaultValue 1000 */
  readonly maxRequests?: number;
}

/** Sockets of a sandbox. */
export interface SandboxConnections {
  readonly open: number;
  /** Those on which a request waits for the end of its response. */
  readonly busy: number;
}

/** Loopback servers that speak vendors' wire formats. Close it, or `await using` it. */
export interface Sandbox extends AsyncDisposable {
  /** Scheme, host and port. */
  readonly origin: string;
  /** The base URL to give to a client of this vendor, without an ending slash. */
  url(vendor: Vendor, options?: { readonly flavor?: Flavor }): string;
  /** Base URLs of all vendors, in a settled order. */
  readonly urls: readonly { readonly vendor: Vendor; readonly url: string }[];
  /** What came in, oldest first; the oldest are forgotten beyond `maxRequests`. */
  readonly requests: readonly LoggedRequest[];
  /** Adds a fault while the sandbox runs. */
  addFault(plan: FaultPlan): void;
  connections(): SandboxConnections;
  /** Settles once no response is under way: every socket is closed or idle. */
  settled(): Promise<void>;
  /** Throws an `AssertionError` that names replies never asked for, calls not planned, and a script that failed. */
  verify(): void;
  /** Ends every connection and timer. Closing twice is fine. */
  close(): Promise<void>;
}

/** Starts a sandbox on the loopback interface. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { host = "127.0.0.1", port = 0 } = options;
  const running = new RunningSandbox(options);
  const address = await running.listen(host, port);
  const shownHost = host.includes(":") ? `[${host}]` : host;
  const origin = `http://${shownHost}:${address.port}`;
  const url = (vendor: Vendor) => {
    if (!VENDORS.includes(vendor))
      throw new TypeError(`sandbox.url: unknown vendor ${JSON.stringify(vendor)}`);
    return origin + basePathOf(vendor);
  };
  return {
    origin,
    url: (vendor, { flavor } = {}) => url(flavor ?? vendor),
    urls: VENDORS.map((vendor) => ({ vendor, url: url(vendor) })),
    requests: running.log.entries,
    addFault: (plan) => running.faults.add(plan),
    connections: () => ({ open: running.sockets.open, busy: running.sockets.busy }),
    settled: () => running.sockets.settled(),
    verify: () => running.script.verify(),
    close: () => running.close(),
    [Symbol.asyncDispose]: () => running.close(),
  };
}

const OUTCOMES: Readonly<Record<Exclude<PlannedOutcome, "held">, LoggedRequest["outcome"]>> = {
  answered: "answered",
  cut: "cut",
  reset: "reset",
};

class RunningSandbox {
  readonly script: ScriptPlayer;
  readonly faults: FaultPlans;
  readonly log: RequestLog;
  readonly sockets = new SocketCount();
  readonly #clock: Clock;
  readonly #responder: Responder;
  readonly #server: Server;
  readonly #tell: (line: string) => void;
  readonly #maxBodyBytes: number;
  readonly #stops = new Set<() => void>();
  #closing: Promise<void> | undefined;

  constructor(options: SandboxOptions) {
    this.#clock = options.clock ?? systemClock;
    this.#tell = options.log ?? (() => {});
    this.#maxBodyBytes = options.maxBodyBytes ?? 32 * 1024 * 1024;
    this.script = new ScriptPlayer(options.script);
    this.faults = new FaultPlans(options.faults);
    this.log = new RequestLog(options.maxRequests ?? 1000);
    this.#responder = new Responder({
      script: this.script,
      faults: this.faults,
      log: this.log,
      clock: this.#clock,
      validate: options.validate ?? true,
      acceptsKey: options.acceptsKey ?? (() => true),
    });
    // slow and silent replies are on purpose: no time limit of the server may end them
    this.#server = createServer({ requestTimeout: 0, headersTimeout: 0 }, (message, response) => {
      this.#handle(message, response).catch(() => response.destroy());
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
    this.#closing ??= new Promise((resolve) => {
      for (const entry of this.log.entries as readonly LogEntry[]) entry.settle("sandbox-closed");
      for (const stop of this.#stops) stop();
      this.#stops.clear();
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
    return this.#closing;
  }

  async #handle(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const paid = this.sockets.owe(message.socket);
    response.once("close", paid);
    const body = await readBody(message, this.#maxBodyBytes);
    const raw = {
      method: message.method ?? "GET",
      url: message.url ?? "/",
      headers: flatHeaders(message),
      bodyText: body.text,
    };
    const { entry, plan } = await this.#responder.respond(raw, body.tooLarge);
    const begunMs = this.#clock.elapsed();
    const tell = () => {
      const tookMs = Math.round(this.#clock.elapsed() - begunMs);
      this.#tell(`${raw.method} ${redactUrl(raw.url)} ${entry.status ?? "-"} ${entry.outcome} ${tookMs} ms`);
    };
    if (response.destroyed) {
      entry.settle("client-closed");
      tell();
      return;
    }
    const stop = playPlan(plan, httpSink(response), this.#clock, () => {
      entry.settle(plan.outcome === "held" ? "pending" : OUTCOMES[plan.outcome]);
    });
    this.#stops.add(stop);
    response.once("close", () => {
      stop();
      this.#stops.delete(stop);
      entry.settle("client-closed");
      tell();
    });
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
