import { writeFile } from "node:fs/promises";
import { basename } from "node:path";
import { QualificationAgent } from "@salesagent/agents";
import { createSpendCap } from "@salesagent/core";
import { type LanguageModel, systemClock, type TenantStorage } from "@salesagent/ports";
import { openModel } from "../choice/model-choice.js";
import { openStorage } from "../choice/storage-choice.js";
import type { Command } from "../command/command.js";
import type { Io } from "../io.js";
import { ProgressLine } from "../render/progress-line.js";
import { renderReport } from "../render/report.js";
import { type FeedItem, type ImportAccount, leadFeed } from "./lead-feed.js";
import { LiveView } from "./live-view.js";
import { mapConcurrent } from "./map-concurrent.js";
import { rankedTable, rowAsJson, summaryInWords, warnDegraded } from "./print-results.js";
import type { QualifiedRow, RejectedRow } from "./qualified-row.js";
import { LeadQualifier } from "./qualify-lead.js";
import { QUALIFY_OPTIONS, type QualifyOptions, resolveQualifyOptions } from "./qualify-options.js";
import { type PassSummary, Tally } from "./tally.js";

/** `salesagent qualify FILE`: from a CSV to ranked, explained, stored leads. */
export const qualifyCommand: Command = {
  name: "qualify",
  summary: "Reads a CSV of leads, scores each against an ideal-customer profile, ranks and stores them.",
  operands: "FILE",
  options: QUALIFY_OPTIONS,
  examples: [
    "salesagent qualify leads.csv --profile profile.json --report out.html",
    "salesagent qualify leads.csv --model openai/gpt-5.4-mini --max-usd 2",
    "salesagent qualify leads.csv --store pg --json > scored.ndjson",
  ],
  async run(operands, given, io) {
    const options = await resolveQualifyOptions(operands, given, io);
    const model = await openChosenModel(options, io);
    await using storage = await openStorage(options.store, options.databaseUrl, io.signal);
    const agent = new QualificationAgent({
      profile: options.profile,
      // Records by rules that end with the process would only fill its memory; the leads stay, to find duplicates by.
      storage: storage.supports.durable || model ? storage : undefined,
      model,
      request: options.reasoning && { maxOutputTokens: 8_000, reasoning: { effort: options.reasoning } },
      spendCap: options.maxUsd === undefined ? undefined : createSpendCap({ usd: options.maxUsd }),
    });
    await runPass(options, agent, storage.tenant(options.tenant), io);
    return 0;
  },
};

async function openChosenModel(options: QualifyOptions, io: Io): Promise<LanguageModel | undefined> {
  const { model: name, baseUrl, reasoning } = options;
  if (name === undefined) return undefined;
  return openModel({
    name,
    baseUrl,
    tellsReasoning: reasoning !== undefined && reasoning !== "none",
    env: io.env,
  });
}

async function runPass(
  options: QualifyOptions,
  agent: QualificationAgent,
  stores: TenantStorage,
  io: Io,
): Promise<void> {
  const startedMs = systemClock.elapsed();
  const account: ImportAccount = {};
  const tally = new Tally(Math.max(options.top, options.reportLimit));
  using progress = new ProgressLine(io.stderr, systemClock);
  const view = options.json || options.quiet ? undefined : new LiveView(io.stdout, progress);
  // One failure ends the pass: the other leads under way are told, instead of being paid for.
  const stop = new AbortController();
  const onInterrupt = () => stop.abort(io.signal.reason);
  if (io.signal.aborted) onInterrupt();
  io.signal.addEventListener("abort", onInterrupt);
  try {
    const qualifier = new LeadQualifier({
      agent,
      stores,
      tenant: options.tenant,
      again: options.again,
      view: options.model === undefined ? undefined : view,
      signal: stop.signal,
    });
    const feed = leadFeed(options, stores, stop.signal, io, account);
    const work = (item: FeedItem) => qualifyItem(item, qualifier, stop);
    for await (const { row, total } of mapConcurrent(feed, options.concurrency, work)) {
      tally.add(row);
      if (options.json) await writeLine(io, rowAsJson(row));
      else if (options.model !== undefined || isShort(total)) view?.row(row);
      progress.update({ label: "qualifying", done: tally.rows, total });
    }
  } finally {
    io.signal.removeEventListener("abort", onInterrupt);
  }
  progress.clear();
  await present(tally, account, options, io, systemClock.elapsed() - startedMs);
}

async function qualifyItem(
  item: FeedItem,
  qualifier: LeadQualifier,
  stop: AbortController,
): Promise<{ readonly row: QualifiedRow | RejectedRow; readonly total: number | undefined }> {
  const { total, ...lead } = item;
  if (lead.status === "rejected") return { row: lead, total };
  try {
    return { row: await qualifier.qualify(lead), total };
  } catch (error) {
    stop.abort(error);
    throw error;
  }
}

/** Files of about this many rows are shown lead by lead. */
const SHORT_ROWS = 200;

function isShort(totalRows: number | undefined): boolean {
  return totalRows !== undefined && totalRows <= SHORT_ROWS;
}

async function present(
  tally: Tally,
  account: ImportAccount,
  options: QualifyOptions,
  io: Io,
  latencyMs: number,
): Promise<void> {
  const summary = { ...tally.summary(), ...(account.resumedAtRow === undefined ? {} : account.counts) };
  if (options.reportFile !== undefined) await writeReport(options.reportFile, summary, tally, options);
  if (options.json) {
    await writeLine(io, JSON.stringify({ type: "summary", ...summary, latencyMs: Math.round(latencyMs) }));
  } else {
    const table = rankedTable(tally, options.top, io.stdout.columns);
    io.stdout.write(`\n${table}\n\n${summaryInWords(summary, latencyMs)}\n`);
    if (options.reportFile !== undefined) io.stdout.write(`Report: ${options.reportFile}\n`);
  }
  warnDegraded(summary, io);
}

async function writeReport(
  file: string,
  summary: PassSummary,
  tally: Tally,
  options: QualifyOptions,
): Promise<void> {
  const html = renderReport({
    ...summary,
    source: basename(options.file),
    profile: options.profile.name,
    createdAt: new Date(systemClock.now()).toISOString(),
    histogram: tally.histogram,
    tiers: tally.tiers,
    leads: tally.best.slice(0, options.reportLimit),
  });
  await writeFile(file, html).catch((error: NodeJS.ErrnoException) => {
    throw new Error(
      `The report can't be written to ${file} (${error.code ?? error.message}). The leads are stored.`,
    );
  });
}

/** Writes a line and waits where the reader is slower; an interrupt ends the wait. */
async function writeLine({ stdout, signal }: Io, line: string): Promise<void> {
  if (stdout.write(`${line}\n`) !== false || signal.aborted) return;
  await new Promise<void>((resolve) => {
    const goOn = () => {
      signal.removeEventListener("abort", goOn);
      resolve();
    };
    signal.addEventListener("abort", goOn);
    stdout.once?.("drain", goOn);
  });
}
