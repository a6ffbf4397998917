import { h } from "./element.js";

const TONES: Readonly<Record<string, string>> = {
  ...{ completed: "good", approved: "good", used: "good", resolved: "good", met: "good", replayed: "good" },
  ...{ failed: "bad", refused: "bad", missed: "bad", excluded: "bad", against: "bad", aborted: "bad" },
  ...{ waiting: "waits", pending: "waits", partly: "waits", open: "waits" },
  ...{ running: "works" },
};

/** A state: its word, and a colour beside it. */
export function badge(state: string): HTMLElement {
  return h("span", { class: `badge ${TONES[state] ?? ""}`.trim() }, state);
}
