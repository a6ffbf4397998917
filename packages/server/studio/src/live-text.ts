import { emptyRunView, type RunView, runView, type StreamEvent } from "@salesagent/client";
import { h, put } from "./element.js";
import { errorBox } from "./error-box.js";
import { jsonView, unfolds } from "./json-view.js";
import { stepWords } from "./step-words.js";
import type { ViewContext } from "./view-context.js";
import { visibleText } from "./visible-text.js";

/** Steps that stand on the page at most: the latest. */
const MOST_STEPS = 300;

/** After these a run is looked at again: its state, its cost or its trace has changed. */
const TELLING =
  /^(run-(completed|failed|cancelled|resumed)|approval-requested|step-started|tool-finished|end)$/;

/** What a run tells, as it comes: text, what is known of the output, and steps. */
export class LiveText {
  readonly element: HTMLElement;
  readonly #context: ViewContext;
  readonly #id: string;
  readonly #changed: () => void;
  readonly #text = document.createTextNode("");
  readonly #written = h("div", { class: "written", dir: "auto" });
  readonly #output = h("div");
  readonly #nothing = h("p", { class: "quiet" }, "Nothing yet.");
  readonly #steps = h("ol", { class: "steps" });
  readonly #line = h("p", { class: "quiet" });
  #view: RunView = emptyRunView;
  #shown: RunView | undefined;
  #isWaiting = false;

  /** @param changed - Called when something happened that others than this tell of. */
  constructor(context: ViewContext, streamId: string, changed: () => void) {
    this.#context = context;
    this.#id = streamId;
    this.#changed = changed;
    this.#written.append(this.#text);
    this.element = h(
      "div",
      { class: "columns" },
      h("section", {}, h("h2", {}, "What it says"), this.#line, this.#nothing, this.#written, this.#output),
      h("section", {}, h("h2", {}, "Steps"), this.#steps),
    );
    void this.#follow();
  }

  async #follow(): Promise<void> {
    const { client, signal, signIn } = this.#context;
    try {
      const events = client.streams.follow(this.#id, {
        ...{ after: this.#view.seq, signal },
        onConnection: ({ status }) =>
          put(this.#line, status === "waiting" && "The connection is lost; it is made anew…"),
      });
      for await (const event of events) this.#take(event);
    } catch (error) {
      if (signal.aborted) return;
      put(this.#line, errorBox(error, { retry: () => void this.#follow(), signIn }));
    }
  }

  #take(event: StreamEvent): void {
    const before = this.#view;
    this.#view = runView(before, event);
    if (this.#view !== before) this.#addStep(event);
    if (TELLING.test(event.type)) this.#changed();
    if (this.#isWaiting) return;
    this.#isWaiting = true;
    requestAnimationFrame(() => {
      this.#isWaiting = false;
      this.#show();
    });
  }

  #addStep(event: StreamEvent): void {
    const words = stepWords(event);
    if (!words) return;
    const { text, tone, detail } = words;
    const shown = detail === undefined ? text : unfolds(text, () => jsonView(detail));
    this.#steps.append(h("li", { class: tone }, shown));
    if (this.#steps.childElementCount > MOST_STEPS) this.#steps.firstElementChild?.remove();
  }

  #show(): void {
    const { text, partial, output } = this.#view;
    if (text !== this.#shown?.text) this.#text.data = visibleText(text);
    this.#written.toggleAttribute("hidden", text === "");
    this.#nothing.toggleAttribute("hidden", text !== "" || (output ?? partial) !== undefined);
    if (isOver(this.#view)) put(this.#nothing, "It said nothing.");
    const known = output ?? partial;
    const isNew = known !== (this.#shown?.output ?? this.#shown?.partial);
    // What an agent of plain text gives stands above already.
    if (isNew && known !== text)
      put(this.#output, h("h3", {}, output === undefined ? "So far" : "Result"), jsonView(known));
    this.#shown = this.#view;
  }
}

function isOver({ status }: RunView): boolean {
  return status === "completed" || status === "failed" || status === "cancelled";
}
