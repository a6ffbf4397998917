import type { QualificationEvent, QualificationResult } from "@salesagent/agents";
import type { RunEvent } from "@salesagent/core";
import type { ContinueEvent, JsonObject, JsonValue, RestartEvent } from "@salesagent/ports";
import type { Output } from "../io.js";
import type { ProgressLine } from "../render/progress-line.js";
import { plainCell } from "../render/table.js";
import { displayName, type QualifiedRow, type RejectedRow } from "./qualified-row.js";

/** Text that a lead in the background may hold back, in characters. */
const HELD_CHARS = 4_000;

/** The tries that were lost on the way to an answer, such as `↻ model.stream_cut at a/b · `. */
function lostInWords({ attempts = [] }: QualifiedRow): string {
  const lost = attempts.filter(({ outcome }) => outcome === "failed");
  return lost.map(({ model, errorCode }) => `↻ ${errorCode ?? "failed"} at ${model} · `).join("");
}

/** What a qualification's run yields. */
export type QualificationRunEvent = RunEvent<QualificationResult, QualificationEvent>;

/** What one lead has said so far. */
interface Voice {
  /** Text that waits until the lead comes to the front. */
  held: string;
  /** The answer's reasons, as far as they were said. */
  reasons: string;
}

/**
 * Shows leads as they are qualified. One is in front: its reasoning, then the reasons of its answer, are written as they
 * come. What the others say meanwhile is held until they come to the front.
 */
export class LiveView {
  readonly #output: Output;
  readonly #progress: ProgressLine;
  readonly #voices = new Map<symbol, Voice>();
  #front: symbol | undefined;
  #lineOpen = false;

  constructor(output: Output, progress: ProgressLine) {
    this.#output = output;
    this.#progress = progress;
  }

  /** A lead's run begins. */
  open(name: string): symbol {
    const key = Symbol(name);
    this.#voices.set(key, { held: "", reasons: "" });
    if (this.#front === undefined) this.#bringForward(key);
    return key;
  }

  event(key: symbol, event: QualificationRunEvent): void {
    if (event.type === "reasoning-delta") this.#say(key, event.text);
    if (event.type === "output-partial") this.#sayReasons(key, event.value);
    if (event.type === "restart" || event.type === "continue") this.#sayTakeover(key, event);
    if (event.type === "degraded")
      this.#say(key, `\n  the model could not be used (${event.code}); the rules' score stands`);
  }

  /** A lead's run has ended, well or not. */
  close(key: symbol): void {
    this.#voices.delete(key);
    if (this.#front !== key) return;
    this.#endLine();
    this.#front = undefined;
    const [next] = this.#voices.keys();
    if (next) this.#bringForward(next);
  }

  /** A row is done. */
  row(row: QualifiedRow | RejectedRow): void {
    this.#endLine();
    this.#progress.clear();
    if (row.status === "rejected") {
      this.#output.write(`  –     row ${row.row} rejected: ${plainCell(row.reason)}\n`);
      return;
    }
    const { score, tier, reasons } = row.result;
    const name = plainCell(displayName(row)).padEnd(24);
    const evidence = plainCell(reasons[0] ?? "");
    const lost = lostInWords(row);
    this.#output.write(`${String(score).padStart(3)}  ${tier.padEnd(2)} ${name} ${lost}${evidence}\n`);
  }

  #say(key: symbol, text: string): void {
    const voice = this.#voices.get(key);
    if (!voice) return;
    if (this.#front === key) {
      this.#write(text);
      return;
    }
    const held = voice.held + text;
    voice.held = held.length > HELD_CHARS ? held.slice(-HELD_CHARS) : held;
  }

  /** Says what the answer's reasons have grown by. */
  #sayReasons(key: symbol, partial: JsonValue): void {
    const voice = this.#voices.get(key);
    const answer = typeof partial === "object" && partial !== null ? (partial as JsonObject) : {};
    const list = answer["reasons"];
    if (!voice || !Array.isArray(list)) return;
    const reasons = list.join(" · ");
    if (!reasons.startsWith(voice.reasons) || reasons === voice.reasons) return;
    const begins = voice.reasons === "" ? "\n  → " : "";
    this.#say(key, begins + reasons.slice(voice.reasons.length));
    voice.reasons = reasons;
  }

  #sayTakeover(key: symbol, event: RestartEvent | ContinueEvent): void {
    const { provider, modelId, errorCode, type } = event;
    const how = type === "restart" ? "writes it anew" : "goes on";
    this.#say(key, `\n  ↻ ${errorCode}: ${provider}/${modelId} ${how}\n  `);
    const voice = this.#voices.get(key);
    if (voice && type === "restart") voice.reasons = "";
  }

  #bringForward(key: symbol): void {
    this.#front = key;
    const held = this.#voices.get(key)?.held;
    if (held) this.#write(held);
  }

  #write(text: string): void {
    if (!this.#lineOpen) {
      this.#progress.clear();
      this.#output.write(`\n${this.#dim(`${plainCell(this.#front?.description ?? "")} ⟩ `)}`);
      this.#lineOpen = true;
    }
    this.#output.write(this.#dim(text.split("\n").map(plainCell).join("\n")));
  }

  #endLine(): void {
    if (this.#lineOpen) this.#output.write("\n");
    this.#lineOpen = false;
  }

  #dim(text: string): string {
    return this.#output.isTTY ? `\u001b[2m${text}\u001b[22m` : text;
  }
}
