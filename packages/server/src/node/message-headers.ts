/** The headers of a message of Node, as a `Headers` made of them has them. */
export class MessageHeaders implements Iterable<[string, string]> {
  readonly #values = new Map<string, string>();

  /** @param raw - Names and values by turns. Those of HTTP/2 that begin with a colon are no headers. */
  constructor(raw: readonly string[]) {
    for (let index = 0; index + 1 < raw.length; index += 2) {
      const [name, value] = [(raw[index] ?? "").toLowerCase(), raw[index + 1] ?? ""];
      if (name.startsWith(":")) continue;
      const before = this.#values.get(name);
      const separator = name === "cookie" ? "; " : ", ";
      this.#values.set(name, before === undefined ? value : before + separator + value);
    }
  }

  get(name: string): string | null {
    return this.#values.get(name.toLowerCase()) ?? null;
  }

  has(name: string): boolean {
    return this.#values.has(name.toLowerCase());
  }

  [Symbol.iterator](): IterableIterator<[string, string]> {
    return this.#values[Symbol.iterator]();
  }
}
