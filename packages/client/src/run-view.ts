import type { JsonValue, StreamEvent } from "./stream-event.js";

/** What a run has told so far, for a page. Plain data; each event gives a new one. */
export interface RunView {
  /** `waiting`: for a person's approval, or for what the run waits for. */
  readonly status: "idle" | "running" | "waiting" | "completed" | "failed" | "cancelled";
  /** What the agent wrote: answers that stand, and the one under way. Text that was withdrawn is not in it. */
  readonly text: string;
  /** What is known of the output so far. */
  readonly partial: JsonValue | undefined;
  readonly output: JsonValue | undefined;
  readonly error: { readonly code: string; readonly message: string } | undefined;
  /** The latest events but those of text and partials, oldest first; at most 200. */
  readonly events: readonly StreamEvent[];
  /** The number of the last event that is in the view. */
  readonly seq: number;
  /** The part of the text that can't be withdrawn any more, in UTF-16 units. */
  readonly settled: number;
}

/** How many events a view keeps. */
const MAX_EVENTS = 200;

export const emptyRunView: RunView = {
  status: "idle",
  text: "",
  partial: undefined,
  output: undefined,
  error: undefined,
  events: [],
  seq: 0,
  settled: 0,
};

/** A view with one more event. One that is in it already changes nothing, so that any repetition does no harm. */
export function runView(view: RunView, event: StreamEvent): RunView {
  if (event.type === "end") return withEnd(view, event);
  if (event.seq <= view.seq) return view;
  const next = { ...view, ...change(view, event), seq: event.seq };
  if (isPiece(event.type)) return next;
  return { ...next, events: [...standing(view.events, event).slice(1 - MAX_EVENTS), event] };
}

/** Events without those that are told again after this one. */
function standing(events: readonly StreamEvent[], { type, data }: StreamEvent): readonly StreamEvent[] {
  if (type === "step-started") {
    const index = field(data, "index");
    const before = events.findIndex((event) => event.type === type && field(event.data, "index") === index);
    return before < 0 ? events : events.slice(0, before);
  }
  if (type !== "run-resumed") return events;
  const step = events.findLastIndex((event) => event.type === "step-started");
  return events.filter((event, index) => index <= step || !event.type.startsWith("tool-"));
}

/** What an event changes beside the list of events. */
function change(view: RunView, { type, data }: StreamEvent): Partial<RunView> {
  switch (type) {
    case "text-delta":
      return { status: "running", text: view.text + text(data, "text") };
    case "output-partial":
      return { status: "running", partial: field(data, "value") };
    case "step-started":
    case "start":
    case "tool-started":
      // Only what comes right after an answer can withdraw it.
      return { status: "running", settled: view.text.length };
    case "restart":
    case "output-rejected":
    case "run-resumed":
      return { status: "running", text: view.text.slice(0, view.settled), partial: undefined };
    case "approval-requested":
    case "run-waiting":
      return { status: "waiting" };
    case "run-completed":
      return { status: "completed", output: field(data, "output") };
    case "run-failed":
      return { status: "failed", error: toError(data) };
    case "run-cancelled":
      return { status: "cancelled" };
    default:
      return view.status === "idle" ? { status: "running" } : {};
  }
}

function withEnd(view: RunView, { data }: StreamEvent): RunView {
  if (view.status === "completed" || view.status === "failed" || view.status === "cancelled") return view;
  const status = text(data, "status");
  if (status === "failed") return { ...view, status, error: toError(field(data, "error")) };
  return { ...view, status: status === "cancelled" ? status : "completed" };
}

function isPiece(type: string): boolean {
  return (
    type === "text-delta" ||
    type === "reasoning-delta" ||
    type === "output-partial" ||
    type === "tool-call-delta"
  );
}

function toError(data: JsonValue | undefined): { readonly code: string; readonly message: string } {
  return { code: text(data, "code") || "internal", message: text(data, "message") || "The run failed." };
}

function field(data: JsonValue | undefined, name: string): JsonValue | undefined {
  if (typeof data !== "object" || data === null || Array.isArray(data) || !Object.hasOwn(data, name))
    return undefined;
  return (data as { readonly [name: string]: JsonValue })[name];
}

function text(data: JsonValue | undefined, name: string): string {
  const value = field(data, name);
  return typeof value === "string" ? value : "";
}
