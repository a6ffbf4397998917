import { writeFile } from "node:fs/promises";
import { basename } from "node:path";
import { QualificationAgent } from "@salesagent/agents";
import { createSpendCap } from "@salesagent/core";
import type { ModelRouter } from "@salesagent/core/router";
import { systemClock, type TenantStorage } from "@salesagent/ports";
import { type OpenedModel, openChoice } from "../choice/open-models.js";
import { openStorage } from "../choice/storage-choice.js";
import type { Command } from "../command/command.js";
import type { Io } from "../io.js";
import { ProgressLine } from "../render/progress-line.js";
import { renderReport } from "../render/report.js";
import type { ReportData } from "../render/report-data.js";
import { writeLine } from "../render/write-line.js";
import { type FeedItem, type ImportAccount, leadFeed } from "./lead-feed.js";
import { LiveView } from "./live-view.js";
import { mapConcurrent } from "./map-concurrent.js";
import { rankedTable, rowAsJson, servedInWords, summaryInWords, warnDegraded } from "./print-results.js";
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
    "salesagent qualify leads.csv --model openai/gpt-5.4-mini --budget-usd 2",
    "salesagent qualify leads.csv --model cerebras/gpt-oss-120b,anthropic/claude-sonnet-5-5 --policy cheapest",
    "salesagent qualify leads.csv --rehearse --report out.html",
    "salesagent qualify leads.csv --store pg --json > scored.ndjson",
  ],
  async run(operands, given, io) {
    const options = await resolveQualifyOptions(operands, given, io);
    await using chosen = await choose(options, io);
    const { model, router } = chosen.opened ?? {};
    await using storage = await openStorage(options.store, options.databaseUrl, io.signal);
    const agent = new QualificationAgent({
      profile: options.profile,
      // Records by rules that end with the process would only fill its memory; the leads stay, to find duplicates by.
      storage: storage.supports.durable || model ? storage : undefined,
      model,
      // A router's name does not tell whom it asks.
      setup: router?.candidates().map(({ id }) => id),
      policy: chosen.simulated ? { mode: "rules-only" } : undefined,
      request: options.reasoning && { maxOutputTokens: 8_000, reasoning: { effort: options.reasoning } },
      spendCap: options.budgetUsd === undefined ? undefined : createSpendCap({ usd: options.budgetUsd }),
    });
    await runPass({ options, agent, stores: storage.tenant(options.tenant), io, chosen });
    return 0;
  },
};

/** Whom the pass asks. */
interface Chosen extends AsyncDisposable {
  readonly opened: OpenedModel | undefined;
  readonly simulated: boolean;
}

/** Everything that one pass works with. */
interface Pass {
  readonly options: QualifyOptions;
  readonly agent: QualificationAgent;
  readonly stores: TenantStorage;
  readonly io: Io;
  readonly chosen: Chosen;
}

async function choose({ models, reasoning, diesAfter }: QualifyOptions, io: Io): Promise<Chosen> {
  if (diesAfter !== undefined) {
    const { openRehearsal } = await import("./rehearsal.js");
    const rehearsal = await openRehearsal(models, diesAfter);
    io.stderr.write(`${rehearsal.note}\n`);
    const { router } = rehearsal;
    return {
      opened: { model: router, router },
      simulated: true,
      [Symbol.asyncDispose]: () => rehearsal[Symbol.asyncDispose](),
    };
  }
  const tellsReasoning = reasoning !== undefined && reasoning !== "none";
  const opened = await openChoice(models, { env: io.env, tellsReasoning, fetch: io.fetch });
  return { opened, simulated: false, [Symbol.asyncDispose]: async () => {} };
}

async function runPass(pass: Pass): Promise<void> {
  const { options, agent, stores, io, chosen } = pass;
  const { simulated } = chosen;
  const asksModel = chosen.opened !== undefined;
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
      // Simulated thoughts are the same for every lead.
      view: asksModel && !simulated ? view : undefined,
      streamed: simulated,
      signal: stop.signal,
    });
    const feed = leadFeed(options, stores, stop.signal, io, account);
    const work = (item: FeedItem) => qualifyItem(item, qualifier, stop);
    for await (const { row, total } of mapConcurrent(feed, options.concurrency, work)) {
      tally.add(row);
      if (options.json) await writeLine(io, rowAsJson(row, simulated));
      else if (asksModel || isShort(total)) view?.row(row);
      progress.update({ label: "qualifying", done: tally.rows, total });
    }
  } finally {
    io.signal.removeEventListener("abort", onInterrupt);
  }
  progress.clear();
  await present(pass, tally, account, systemClock.elapsed() - startedMs);
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
  { options, io, chosen }: Pass,
  tally: Tally,
  account: ImportAccount,
  latencyMs: number,
): Promise<void> {
  const summary = { ...tally.summary(), ...(account.resumedAtRow === undefined ? {} : account.counts) };
  const { opened, simulated } = chosen;
  const served = tally.served.report(opened?.router && breakersOf(opened.router));
  if (options.reportFile !== undefined) {
    await writeReport(options.reportFile, summary, tally, options, { ...(served && { served }), simulated });
  }
  if (options.json) {
    const models = served && { served: served.models };
    const told = simulated ? { simulated } : {};
    const latency = { latencyMs: Math.round(latencyMs) };
    await writeLine(io, JSON.stringify({ type: "summary", ...told, ...summary, ...models, ...latency }));
  } else {
    const { columns } = io.stdout;
    const table = rankedTable(tally, options.top, columns);
    io.stdout.write(`\n${table}\n\n${servedInWords(served, columns)}${summaryInWords(summary, latencyMs)}\n`);
    if (simulated) io.stdout.write("The models' answers were simulated; the scores are the rules' own.\n");
    if (options.reportFile !== undefined) io.stdout.write(`Report: ${options.reportFile}\n`);
  }
  warnDegraded(summary, io);
}

/** The state of each candidate's breaker, by `provider/model`. */
function breakersOf(router: ModelRouter): ReadonlyMap<string, string> {
  return new Map(router.candidates().map(({ id, breaker }) => [id, breaker.state]));
}

async function writeReport(
  file: string,
  summary: PassSummary,
  tally: Tally,
  options: QualifyOptions,
  models: Pick<ReportData, "served" | "simulated">,
): Promise<void> {
  const html = renderReport({
    ...summary,
    ...models,
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
