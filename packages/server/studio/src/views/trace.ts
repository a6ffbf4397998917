import { h, put } from "../element.js";
import { errorBox } from "../error-box.js";
import type { ViewContext } from "../view-context.js";
import { waterfall } from "./waterfall.js";

/** The trace of a run, read when it is asked to. */
export class TraceSection {
  readonly element: HTMLElement;
  readonly #context: ViewContext;
  readonly #id: string;
  readonly #place = h("div");
  #told = "";

  constructor(context: ViewContext, id: string) {
    this.#context = context;
    this.#id = id;
    this.element = h("section", {}, h("h2", {}, "Trace"), this.#place);
    void this.read();
  }

  async read(): Promise<void> {
    const { client, signal, signIn } = this.#context;
    try {
      const trace = await client.runs.trace(this.#id, { signal });
      const told = JSON.stringify(trace);
      if (signal.aborted || told === this.#told) return;
      this.#told = told;
      put(this.#place, waterfall(trace));
    } catch (error) {
      if (!signal.aborted) put(this.#place, errorBox(error, { retry: () => void this.read(), signIn }));
    }
  }
}
