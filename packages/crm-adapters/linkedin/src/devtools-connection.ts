import { type CallOptions, onAbort, SalesAgentError, untilAborted } from "@salesagent/ports";

/** The part of a `WebSocket` that is used; the platform's own fits. */
export interface SocketLike {
  addEventListener(
    type: "open" | "message" | "close" | "error",
    listener: (event: { readonly data?: unknown }) => void,
  ): void;
  send(text: string): void;
  close(): void;
}

/** One message of the browser that answers nothing. */
export interface DevtoolsEvent {
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
}

interface Waiting {
  readonly resolve: (result: Readonly<Record<string, unknown>>) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * A connection to a browser by the DevTools protocol: commands, and the events between them.
 *
 * @see https://chromedevtools.github.io/devtools-protocol/
 */
export class DevtoolsConnection {
  readonly #socket: SocketLike;
  readonly #service: string;
  readonly #opened: Promise<void>;
  readonly #waiting = new Map<number, Waiting>();
  readonly #listeners = new Set<(event: DevtoolsEvent) => void>();
  readonly #whenBroken = new Set<(error: unknown) => void>();
  #lastId = 0;
  #broken: SalesAgentError | undefined;

  constructor(socket: SocketLike, service: string) {
    this.#socket = socket;
    this.#service = service;
    this.#opened = new Promise((resolve, reject) => {
      socket.addEventListener("open", () => resolve());
      for (const type of ["error", "close"] as const) {
        socket.addEventListener(type, () => {
          this.#break();
          reject(this.#broken);
        });
      }
    });
    // whoever sends is told; nobody may be waiting yet
    this.#opened.catch(() => {});
    socket.addEventListener("message", ({ data }) => this.#take(data));
  }

  /** @throws `service.unavailable` when the connection breaks, or the browser refuses the command. */
  async send(
    method: string,
    params: Readonly<Record<string, unknown>> = {},
    call: CallOptions & { readonly sessionId?: string | undefined } = {},
  ): Promise<Readonly<Record<string, unknown>>> {
    await untilAborted(this.#opened, call.signal);
    if (this.#broken !== undefined) throw this.#broken;
    this.#lastId += 1;
    const id = this.#lastId;
    const answer = new Promise<Readonly<Record<string, unknown>>>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
    });
    const { sessionId, signal } = call;
    this.#socket.send(
      JSON.stringify({ id, method, params, ...(sessionId === undefined ? {} : { sessionId }) }),
    );
    try {
      return await untilAborted(answer, signal);
    } finally {
      this.#waiting.delete(id);
    }
  }

  /** Is told of each event until the returned function is called. */
  onEvent(listener: (event: DevtoolsEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** The first event that fits. Events are taken in from the call on, not from when the promise is awaited. */
  next(fits: (event: DevtoolsEvent) => boolean, signal: AbortSignal | undefined): Promise<DevtoolsEvent> {
    let stop = () => {};
    const found = new Promise<DevtoolsEvent>((resolve, reject) => {
      const unlisten = this.onEvent((event) => {
        if (fits(event)) resolve(event);
      });
      const release = signal === undefined ? () => {} : onAbort(signal, () => reject(signal.reason));
      this.#whenBroken.add(reject);
      stop = () => {
        unlisten();
        release();
        this.#whenBroken.delete(reject);
      };
    });
    return found.finally(stop);
  }

  close(): void {
    this.#break();
    this.#socket.close();
  }

  #break(): void {
    this.#broken ??= new SalesAgentError("service.unavailable", {
      message: `${this.#service}: the connection to the browser broke off. Open the page again.`,
      facts: { service: this.#service },
      replay: "safe",
    });
    for (const { reject } of this.#waiting.values()) reject(this.#broken);
    for (const reject of this.#whenBroken) reject(this.#broken);
    this.#waiting.clear();
  }

  #take(data: unknown): void {
    const message: Readonly<Record<string, unknown>> = typeof data === "string" ? parsed(data) : {};
    const { id, method, result, error, params } = message;
    if (typeof id === "number") {
      const waiting = this.#waiting.get(id);
      if (error === undefined) waiting?.resolve(objectOf(result));
      else waiting?.reject(this.#refused(objectOf(error)));
    } else if (typeof method === "string") {
      for (const listener of [...this.#listeners]) listener({ method, params: objectOf(params) });
    }
  }

  #refused(error: Readonly<Record<string, unknown>>): SalesAgentError {
    const { code } = error;
    return new SalesAgentError("service.unavailable", {
      message: `${this.#service}: the browser refused a command. Open the page again.`,
      facts: { service: this.#service, ...(code === undefined ? {} : { vendorCode: String(code) }) },
      replay: "safe",
    });
  }
}

export function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : {};
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    return objectOf(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}
