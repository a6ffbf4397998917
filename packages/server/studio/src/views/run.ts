import type { LiveRun } from "@salesagent/client";
import { badge } from "../badge.js";
import { h, link, put } from "../element.js";
import { errorBox, loaded } from "../error-box.js";
import { button, whileBusy } from "../field.js";
import { formatUsd } from "../figures.js";
import { jsonView, unfolds } from "../json-view.js";
import { leadLink } from "../lead-link.js";
import { LiveText } from "../live-text.js";
import { isActive } from "../run-state.js";
import { formatTime } from "../times.js";
import type { View, ViewContext } from "../view-context.js";
import { TraceSection } from "./trace.js";

/** One run: what it says and does as it comes, and what it cost. */
export const runView: View = (context) => {
  const { client, place, signal } = context;
  const id = place.id ?? "";
  return loaded(
    context,
    () => client.runs.get(id, { signal }),
    (run) => new RunPage(context, run).element,
  );
};

/** How soon after something happened the run is read again. */
const SETTLE_MS = 400;

class RunPage {
  readonly element: HTMLElement;
  readonly #context: ViewContext;
  readonly #head = h("div");
  readonly #trouble = h("div");
  readonly #trace: TraceSection;
  #told: Element;
  #run: LiveRun;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(context: ViewContext, run: LiveRun) {
    this.#context = context;
    this.#run = run;
    context.name(`Run of ${run.name}`);
    this.#trace = new TraceSection(context, run.id);
    this.#told = this.#tell(run);
    this.#showHead();
    this.element = h("div", {}, this.#head, this.#trouble, this.#told, this.#trace.element, input(run));
    context.signal.addEventListener("abort", () => clearTimeout(this.#timer));
  }

  /** What the run tells, where that is kept; else what came of it. */
  #tell(run: LiveRun): Element {
    if (run.streamId === undefined) {
      return h("section", {}, h("h2", {}, "Result"), jsonView(run.output ?? null));
    }
    return new LiveText(this.#context, run.streamId, () => this.#lookAgain()).element;
  }

  #lookAgain(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.#refresh();
    }, SETTLE_MS);
  }

  async #refresh(): Promise<void> {
    const { client, signal, announce } = this.#context;
    const before = this.#run;
    const run = await client.runs.get(this.#run.id, { signal }).catch(() => undefined);
    if (!run || signal.aborted) return;
    this.#run = run;
    this.#showHead();
    if (run.status !== before.status) announce(`The run is ${run.status}`);
    if (run.streamId !== before.streamId) {
      // What goes on after a failure is told anew.
      const told = this.#tell(run);
      this.#told.replaceWith(told);
      this.#told = told;
    }
    await this.#trace.read();
  }

  #showHead(): void {
    const run = this.#run;
    const { leadId, startedBy, costUsd, createdAt, error, stop, approvals, kind, version } = run;
    const facts: readonly (readonly [string, Node | string | undefined])[] = [
      ["Status", badge(run.status)],
      ["Lead", leadId === undefined ? undefined : leadLink(this.#context, leadId)],
      ["Cost", formatUsd(costUsd)],
      ["Began", formatTime(createdAt)],
      ["By", startedBy],
      ["Kind", kind === "agent" ? undefined : `${kind} ${version ?? ""}`],
      ["Stopped by", stop && `${stop.by}: ${stop.reason}`],
      ["Error", error && `${error.code}: ${error.message}`],
    ];
    const known = facts.filter(([, value]) => value !== undefined);
    const waits = approvals.map(({ tool }) =>
      h(
        "p",
        { class: "notice" },
        `It waits for somebody's word on ${tool}. `,
        link(["approvals"], "To the approvals"),
      ),
    );
    put(
      this.#head,
      h(
        "dl",
        { class: "cards" },
        known.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))),
      ),
      waits,
      this.#actions(run),
    );
  }

  #actions(run: LiveRun): HTMLElement | undefined {
    const { client, can, announce } = this.#context;
    const canStop = isActive(run.status) && can("runs:cancel");
    const canGoOn = run.status === "failed" && can("agents:run");
    if (!canStop && !canGoOn) return undefined;
    const stop = async () => {
      const { stopping } = await client.runs.cancel(run.id, { reason: "asked for in Studio" });
      announce(stopping ? "The run is being stopped" : "The run had ended already");
    };
    const goOn = async () => {
      await client.runs.retry(run.id);
      announce("The run goes on");
    };
    return h(
      "p",
      { class: "actions" },
      canStop && button("Stop the run", () => void this.#act(stop), "danger"),
      canGoOn && button("Go on with the run", () => void this.#act(goOn), "main"),
    );
  }

  async #act(work: () => Promise<void>): Promise<void> {
    put(this.#trouble);
    await whileBusy(this.#head, async () => {
      try {
        await work();
      } catch (error) {
        put(this.#trouble, errorBox(error, { signIn: this.#context.signIn }));
      }
    });
    this.#lookAgain();
  }
}

function input(run: LiveRun): HTMLElement | false {
  return run.input !== undefined && unfolds(h("h2", {}, "What it was given"), () => jsonView(run.input));
}
