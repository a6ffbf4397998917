import type { Clock } from "@salesagent/ports";
import type { Output } from "../io.js";
import { plainCell } from "../render/table.js";

/** How often the line is drawn, in milliseconds. */
const REDRAW_MS = 40;
const KEPT_CHARS = 400;
const MARGIN_CHARS = 2;
const DEFAULT_WIDTH = 100;

/** On a terminal, one line that shows what is being written right now. Elsewhere nothing. */
export class LiveTail {
  readonly #output: Output;
  readonly #clock: Clock;
  #tail = "";
  #label = "";
  #drawnMs = Number.NEGATIVE_INFINITY;
  #isDrawn = false;

  constructor(output: Output, clock: Clock) {
    this.#output = output;
    this.#clock = clock;
  }

  /** Somebody begins to work. */
  begin(label: string): void {
    this.#label = label;
    this.#tail = "";
    this.#draw(true);
  }

  say(label: string, text: string): void {
    if (label !== this.#label) this.#tail = "";
    this.#label = label;
    this.#tail = (this.#tail + text).slice(-KEPT_CHARS);
    this.#draw(false);
  }

  /** Takes the line away so that something else can be written. */
  clear(): void {
    if (this.#isDrawn) this.#output.write("\r\u001b[2K");
    this.#isDrawn = false;
    this.#tail = "";
  }

  #draw(atOnce: boolean): void {
    const nowMs = this.#clock.elapsed();
    if (!this.#output.isTTY || (!atOnce && nowMs - this.#drawnMs < REDRAW_MS)) return;
    this.#drawnMs = nowMs;
    this.#isDrawn = true;
    const label = `  … ${plainCell(this.#label)}  `;
    const room = Math.max(0, (this.#output.columns ?? DEFAULT_WIDTH) - label.length - MARGIN_CHARS);
    const tail = room === 0 ? "" : [...plainCell(this.#tail)].slice(-room).join("");
    this.#output.write(`\r\u001b[2K${label}\u001b[2m${tail}\u001b[22m`);
  }
}
