import type { Socket } from "node:net";

/** Open sockets, and how many responses each still owes. */
export class SocketCount {
  readonly #owed = new Map<Socket, number>();
  #waiting: { readonly isMet: () => boolean; readonly resolve: () => void }[] = [];

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

  /** A request came in on the socket. Call the result once, when its response ended, one way or the other. */
  owe(socket: Socket): () => void {
    this.#change(socket, 1);
    return () => {
      this.#change(socket, -1);
      this.#tell();
    };
  }

  /** Settles once no response is owed. */
  settled(): Promise<void> {
    return this.#until(() => this.busy === 0);
  }

  /** Settles once every socket is closed. */
  emptied(): Promise<void> {
    return this.#until(() => this.open === 0);
  }

  #until(isMet: () => boolean): Promise<void> {
    if (isMet()) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ isMet, resolve }));
  }

  #change(socket: Socket, by: number): void {
    const owed = this.#owed.get(socket);
    if (owed !== undefined) this.#owed.set(socket, owed + by);
  }

  #tell(): void {
    if (this.#waiting.length === 0) return;
    const met = this.#waiting.filter(({ isMet }) => isMet());
    this.#waiting = this.#waiting.filter((waiter) => !met.includes(waiter));
    for (const { resolve } of met) resolve();
  }
}
