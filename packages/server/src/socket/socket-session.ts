import { isAllowed } from "@salesagent/core/access";
import type { StreamReader } from "@salesagent/core/live";
import type { StoredStreamEvent, StreamRecord, Timer } from "@salesagent/ports";
import type { WebSocket } from "ws";
import type { ServerScope } from "../server-scope.js";
import type { AdmittedSocket } from "./admit-socket.js";
import { readClientFrame } from "./client-frame.js";

/** Codes of RFC 6455, and what they mean here. */
const CLOSE = { done: 1000, leaving: 1001, refused: 1008, failed: 1011, beginAnew: 1012 } as const;

const ROUTE = "GET /streams/{id}/socket";

/**
 * One reader by WebSocket. Of what it has not taken no more is held than `bufferedBytes` and one event; where it takes nothing, or
 * does not answer a ping, for as long as a heartbeat, it is cut. The stream goes on by itself.
 */
export class SocketSession {
  readonly #scope: ServerScope;
  readonly #admitted: AdmittedSocket;
  readonly #socket: WebSocket;
  readonly #bufferedBytes: number;
  readonly #reader: StreamReader;
  /** When its reader has to show anew who it is. */
  readonly #overMs: number;
  #heartbeat: Timer | undefined;
  #isAlive = true;
  #isOver = false;

  constructor(
    scope: ServerScope,
    admitted: AdmittedSocket,
    socket: WebSocket,
    { bufferedBytes, onOver }: { readonly bufferedBytes: number; readonly onOver: () => void },
  ) {
    this.#scope = scope;
    this.#admitted = admitted;
    this.#socket = socket;
    this.#bufferedBytes = bufferedBytes;
    this.#overMs = scope.clock.elapsed() + scope.limits.streamMs;
    const { principal, streamId, after } = admitted;
    this.#reader = scope.sales.streams.follow(principal.tenant, streamId, { after });
    socket.on("message", (data, isBinary) => this.#take(data as Buffer, isBinary));
    socket.on("pong", () => {
      this.#isAlive = true;
    });
    // What is wrong with a frame, `ws` has closed the socket for.
    socket.on("error", () => {});
    socket.on("close", () => {
      this.#end();
      onOver();
    });
    this.#beat();
  }

  /** Tells all there is. Never rejects. */
  async run(): Promise<void> {
    try {
      for await (const event of this.#reader) {
        await this.#send(toText(event));
        for (const more of this.#reader.buffered()) await this.#send(toText(more));
        if (this.#isOver) return;
      }
      if (this.#isOver) return;
      await this.#send(endOf(this.#reader.record));
      this.#socket.close(CLOSE.done);
    } catch (error) {
      if (this.#isOver) return;
      this.#scope.onError(error, { requestId: this.#admitted.requestId, route: ROUTE });
      this.#socket.close(CLOSE.failed);
    }
  }

  get waitingBytes(): number {
    return this.#socket.bufferedAmount;
  }

  /** The host leaves. */
  close(): void {
    this.#socket.close(CLOSE.leaving);
  }

  /** Waits where too much lies unread already. */
  #send(text: string): void | Promise<void> {
    if (this.#isOver) return undefined;
    if (this.#socket.bufferedAmount <= this.#bufferedBytes) {
      this.#socket.send(text, ignore);
      return undefined;
    }
    return new Promise((resolve) => {
      const { clock, limits } = this.#scope;
      const patience = clock.schedule(limits.heartbeatMs, () => this.#socket.terminate());
      // Called once it is handed over, or can't be any more.
      this.#socket.send(text, () => {
        patience.cancel();
        resolve();
      });
    });
  }

  #take(data: Buffer, isBinary: boolean): void {
    const frame = readClientFrame(data, isBinary);
    if (!frame || this.#scope.rate.take(this.#admitted.principal)) {
      this.#socket.close(CLOSE.refused);
    } else if (frame.type === "stop") {
      this.#stop(frame.reason).catch((error: unknown) =>
        this.#scope.onError(error, { requestId: this.#admitted.requestId, route: ROUTE }),
      );
    }
  }

  async #stop(reason: string): Promise<void> {
    const { principal, streamId, requestId } = this.#admitted;
    const { tenant, id: by } = principal;
    if (!isAllowed(principal, "runs:cancel")) {
      const refusal = { tenant, actor: by, route: ROUTE, code: "access.denied", requestId };
      this.#scope.refusals.add({ ...refusal, permission: "runs:cancel" });
      this.#socket.close(CLOSE.refused);
      return;
    }
    const { runs, streams } = this.#scope.sales;
    if (await runs.cancel(tenant, streamId, { by, reason })) return;
    await streams.stop(tenant, streamId, { by, reason });
  }

  #beat(): void {
    const { clock, limits } = this.#scope;
    this.#heartbeat = clock.schedule(limits.heartbeatMs, () => {
      if (!this.#isAlive) {
        this.#socket.terminate();
        return;
      }
      if (clock.elapsed() >= this.#overMs) {
        this.#socket.close(CLOSE.beginAnew);
        return;
      }
      this.#isAlive = false;
      this.#socket.ping(undefined, undefined, ignore);
      this.#beat();
    });
  }

  #end(): void {
    this.#isOver = true;
    this.#heartbeat?.cancel();
    this.#reader.return().catch(ignore);
    this.#admitted.release();
  }
}

const ignore = (): void => {};

const toText = ({ seq, type, data }: StoredStreamEvent): string => JSON.stringify({ seq, type, data });

function endOf(record: StreamRecord | undefined): string {
  const { status = "completed", error } = record ?? {};
  return JSON.stringify({ type: "end", data: { status, ...(error && { error }) } });
}
