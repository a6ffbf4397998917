import type { DrillStage } from "./drill-stage.js";
import type { Traffic } from "./traffic.js";

/** One fault, the calls that are made through it, and what both sides may see. */
export interface DrillScenario {
  /** Its number on the wall. */
  readonly id: number;
  readonly title: string;
  /** What the vendors are made to do, in a sentence. */
  readonly simulates: string;
  /** Sets the subject up to continue a text that broke off. @defaultValue false */
  readonly continuation?: boolean;
  /** Spoils the vendors and makes the calls, one after another or at once. */
  play(stage: DrillStage): Promise<void>;
  /**
   * What the vendors would complain about; empty when nothing. Requests that came after an abort, or were left open, are
   * found without it.
   */
  provider(traffic: Traffic, stage: DrillStage): readonly string[];
  /** What is wrong from the caller's side beyond each call's own expectation. @defaultValue nothing */
  caller?(traffic: Traffic, stage: DrillStage): readonly string[];
}
