import type { Client } from "@modelcontextprotocol/sdk/client/index.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import { type Clock, untilAborted } from "@salesagent/ports";
import { unreachable } from "./mcp-failure.js";

/** The SDK's own limit is not used: whoever calls has one. */
const NO_LIMIT_MS = 2_147_483_647;
/** How long a server may take to end a session when it is left. */
const GOODBYE_MS = 1_000;

export interface ConnectionOptions {
  readonly server: string;
  readonly open: () => Promise<Transport>;
  readonly connectTimeoutMs: number;
  readonly clock: Clock;
  /** Told when the server says that its list changed, and when another connection has taken the place of one that was lost. */
  readonly onUncertain: () => void;
}

/** A request of the protocol, answered by whatever the server says. */
export type McpRequest = (
  method: "tools/list" | "tools/call",
  params: Readonly<Record<string, unknown>>,
  signal: AbortSignal,
) => Promise<Readonly<Record<string, unknown>>>;

interface Connected {
  readonly client: Client;
  readonly request: McpRequest;
  lost: boolean;
}

/** A connection to a server that is opened at the first call, and again when it was lost. */
export class McpConnection implements AsyncDisposable {
  readonly #options: ConnectionOptions;
  #current: Promise<Connected> | undefined;
  #opened = 0;
  #closed = false;

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  /** @throws `service.unavailable`, `service.auth`, `http.blocked`, the signal's own reason. */
  async connected(signal: AbortSignal): Promise<Connected> {
    if (this.#closed) throw unreachable(this.#options.server, "was closed here", "safe");
    this.#current ??= this.#connect();
    const connecting = this.#current;
    try {
      const connected = await untilAborted(connecting, signal);
      if (!connected.lost) return connected;
    } catch (error) {
      if (!signal.aborted && this.#current === connecting) this.#current = undefined;
      throw error;
    }
    if (this.#current === connecting) this.#current = undefined;
    return this.connected(signal);
  }

  /** Leaves a connection that turned out to be of no use; the next call opens another. */
  async leave(connected: Connected): Promise<void> {
    connected.lost = true;
    await connected.client.close().catch(() => {});
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    const connected = await this.#current?.catch(() => undefined);
    this.#current = undefined;
    if (!connected || connected.lost) return;
    await this.#sayGoodbye(connected.client.transport);
    await this.leave(connected);
  }

  async #connect(): Promise<Connected> {
    const { open, server, clock, connectTimeoutMs, onUncertain } = this.#options;
    const [{ Client }, types] = await Promise.all([
      import("@modelcontextprotocol/sdk/client/index.js"),
      import("@modelcontextprotocol/sdk/types.js"),
    ]);
    const client = new Client(
      { name: "salesagent", version: "0.1.0" },
      // What a server says of its outputs is not compiled here: nobody relies on it.
      {
        jsonSchemaValidator: {
          getValidator: () => (input) => ({ valid: true, data: input as never, errorMessage: undefined }),
        },
      },
    );
    const request: McpRequest = (method, params, signal) =>
      client.request({ method, params }, types.ResultSchema, { signal, timeout: NO_LIMIT_MS });
    const connected: Connected = { client, request, lost: false };
    client.onclose = () => {
      connected.lost = true;
    };
    client.setNotificationHandler(types.ToolListChangedNotificationSchema, () => onUncertain());
    const limit = new AbortController();
    const timer = clock.schedule(connectTimeoutMs, () =>
      limit.abort(unreachable(server, `did not answer within ${connectTimeoutMs} ms`, "safe")),
    );
    try {
      await untilAborted(
        client.connect(await open(), { signal: limit.signal, timeout: NO_LIMIT_MS }),
        limit.signal,
      );
    } catch (error) {
      await client.close().catch(() => {});
      throw limit.signal.aborted
        ? limit.signal.reason
        : unreachable(server, "can't be reached", "safe", error);
    } finally {
      timer.cancel();
    }
    if (this.#opened++ > 0) onUncertain();
    return connected;
  }

  /** A session over HTTP is ended at its server too. */
  async #sayGoodbye(
    transport: (Transport & { terminateSession?(): Promise<void> }) | undefined,
  ): Promise<void> {
    const ending = transport?.terminateSession?.();
    if (!ending) return;
    const { clock } = this.#options;
    await new Promise<void>((resolve) => {
      const timer = clock.schedule(GOODBYE_MS, resolve);
      const done = () => {
        timer.cancel();
        resolve();
      };
      ending.then(done, done);
    });
  }
}
