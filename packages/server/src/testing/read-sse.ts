/** One server-sent event, as a reader has it. */
export interface Told {
  readonly id?: number;
  readonly event: string;
  readonly data: unknown;
}

/** Reads the events of a body one by one; what is no event, such as a heartbeat, is counted. */
export class SseReader {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #decoder = new TextDecoder();
  #text = "";
  heartbeats = 0;
  retryMs: number | undefined;

  constructor(response: Response) {
    if (!response.body) throw new Error("The response has no body.");
    this.#reader = response.body.getReader();
  }

  /** The next event; nothing at the end. */
  async next(): Promise<Told | undefined> {
    for (;;) {
      const end = this.#text.indexOf("\n\n");
      if (end >= 0) {
        const block = this.#text.slice(0, end);
        this.#text = this.#text.slice(end + 2);
        const told = this.#read(block);
        if (told) return told;
        continue;
      }
      const { done, value } = await this.#reader.read();
      if (done) return undefined;
      this.#text += this.#decoder.decode(value, { stream: true });
    }
  }

  /** All events that are left. */
  async rest(): Promise<readonly Told[]> {
    const all: Told[] = [];
    for (let told = await this.next(); told; told = await this.next()) all.push(told);
    return all;
  }

  leave(): Promise<void> {
    return this.#reader.cancel();
  }

  #read(block: string): Told | undefined {
    const fields = new Map(
      block.split("\n").map((line): [string, string] => {
        const [name = "", ...value] = line.split(":");
        return [name, value.join(":").trimStart()];
      }),
    );
    if (fields.has("")) this.heartbeats += 1;
    if (fields.has("retry")) this.retryMs = Number(fields.get("retry"));
    const data = fields.get("data");
    if (data === undefined) return undefined;
    const id = fields.get("id");
    const told = {
      event: fields.get("event") ?? "message",
      data: data === "[DONE]" ? data : JSON.parse(data),
    };
    return { ...told, ...(id !== undefined && { id: Number(id) }) };
  }
}
