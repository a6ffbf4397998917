import type { QualificationEvent, QualificationResult } from "@salesagent/agents";
import type { RunEvent } from "@salesagent/core";
import type { Output } from "../io.js";
import type { ProgressLine } from "../render/progress-line.js";
import { plainCell } from "../render/table.js";
import { displayName, type QualifiedRow, type RejectedRow } from "./qualified-row.js";

/** Text that a lead in the background may hold back, in characters. */
const HELD_CHARS = 4_000;

/** What a qualification's run yields. */
export type QualificationRunEvent = RunEvent<QualificationResult, QualificationEvent>;

/**
 * Shows leads as they are qualified. One is in front: its reasoning is written as it comes. What the others think meanwhile
 * is held until they come to the front.
 */
export class LiveView {
  readonly #output: Output;
  readonly #progress: ProgressLine;
  readonly #held = new Map<symbol, string>();
  #front: symbol | undefined;
  #lineOpen = false;

  constructor(output: Output, progress: ProgressLine) {
    this.#output = output;
    this.#progress = progress;
  }

  /** A lead's run begins. */
  open(name: string): symbol {
    const key = Symbol(name);
    this.#held.set(key, "");
    if (this.#front === undefined) this.#bringForward(key);
    return key;
  }

  event(key: symbol, event: QualificationRunEvent): void {
    if (event.type === "reasoning-delta") this.#say(key, event.text);
    if (event.type === "degraded")
      this.#say(key, `\n  the model could not be used (${event.code}); the rules' score stands`);
  }

  /** A lead's run has ended, well or not. */
  close(key: symbol): void {
    this.#held.delete(key);
    if (this.#front !== key) return;
    this.#endLine();
    this.#front = undefined;
    const [next] = this.#held.keys();
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
    this.#output.write(`${String(score).padStart(3)}  ${tier.padEnd(2)} ${name} ${evidence}\n`);
  }

  #say(key: symbol, text: string): void {
    if (this.#front === key) {
      this.#write(text);
      return;
    }
    const held = (this.#held.get(key) ?? "") + text;
    this.#held.set(key, held.length > HELD_CHARS ? held.slice(-HELD_CHARS) : held);
  }

  #bringForward(key: symbol): void {
    this.#front = key;
    const held = this.#held.get(key);
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
