import { basename } from "node:path";
import { systemClock } from "@salesagent/ports";
import type { DrillRow } from "@salesagent/sandbox/drill";
import type { Command } from "../command/command.js";
import { flagOption, textOption } from "../command/option-values.js";
import type { Io } from "../io.js";
import { ProgressLine } from "../render/progress-line.js";
import { DRILL_OPTIONS, scenariosOf } from "./drill-options.js";
import { drillInWords, scenariosInWords, summaryOf } from "./print-drill.js";

const WIDTH_CHARS = 120;

/** `salesagent drill`: sixteen faults of vendors, against our router or a host's own model. */
export const drillCommand: Command = {
  name: "drill",
  summary:
    "Plays sixteen faults of vendors, simulated on this machine, against a router, and judges both sides.",
  operands: "",
  options: DRILL_OPTIONS,
  examples: [
    "salesagent drill",
    "salesagent drill --config ./router.mjs",
    "salesagent drill --only 8,9 --json",
  ],
  async run(_operands, options, io) {
    const scenarios = scenariosOf(textOption(options, "only"));
    const json = flagOption(options, "json");
    const width = io.stdout.columns ?? WIDTH_CHARS;
    if (flagOption(options, "list")) {
      io.stdout.write(scenariosInWords(scenarios, Math.max(width, WIDTH_CHARS)));
      return 0;
    }
    const { runDrill } = await import("@salesagent/sandbox/drill");
    const subject = await openSubject(textOption(options, "config"));
    using progress = new ProgressLine(io.stderr, systemClock);
    let done = 0;
    const onRow = (row: DrillRow) => {
      done += 1;
      progress.update({ label: "drilling", done, total: scenarios.length });
      if (json) printJson(io, { type: "row", ...row });
    };
    progress.update({ label: "drilling", done, total: scenarios.length });
    const rows = await runDrill({ subject, scenarios, onRow, signal: io.signal });
    progress.clear();
    const summary = summaryOf(subject.name, rows);
    if (json) printJson(io, { type: "summary", ...summary });
    else io.stdout.write(drillInWords(subject.name, rows, width));
    return summary.passed === summary.total ? 0 : 1;
  },
};

async function openSubject(config: string | undefined) {
  const { languageModelSubject } = await import("@salesagent/sandbox/drill");
  if (config !== undefined) {
    const { loadModelFactory } = await import("./load-config.js");
    return languageModelSubject(basename(config), await loadModelFactory(config));
  }
  const { drillRouter } = await import("./default-router.js");
  return languageModelSubject("ModelRouter", drillRouter);
}

function printJson(io: Io, value: object): void {
  io.stdout.write(`${JSON.stringify(value)}\n`);
}
