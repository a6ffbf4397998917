import type { Socket } from "node:net";

/** Open sockets, and how many responses each still owes. */
export class SocketCount {
  readonly #owed = new Map<Socket, number>();
  #waiting: (() => void)[] = [];

  /** Sockets that are open. */
  get open(): number {
    return this.#owed.size;
  }

  /** Sockets on which a request waits for the end of its response. */
  get busy(): number {
    return [...this.#owed.values()].filter((owed) => owed > 0).length;
  }

  add(socket: Socket): void {
    this.#owed.set(socket, 0);
    socket.once("close", () => {
      this.#owed.delete(socket);
      this.#tell();
    });
  }

  /** A request came in on the socket. Call the result when its response ended, one way or the other. */
  owe(socket: Socket): () => void {
    this.#change(socket, 1);
    let open = true;
    return () => {
      if (open) this.#change(socket, -1);
      open = false;
      this.#tell();
    };
  }

  /** Settles once no response is owed. */
  settled(): Promise<void> {
    if (this.busy === 0) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #change(socket: Socket, by: number): void {
    const owed = this.#owed.get(socket);
    if (owed !== undefined) this.#owed.set(socket, owed + by);
  }

  #tell(): void {
    if (this.busy > 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
