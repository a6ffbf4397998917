/**
 * Lead intake: 200,000 generated rows from a file, mapped, normalised, freed of duplicates and stored in memory, beside
 * Papa Parse alone reading the same file, as a stream and by callback. Each sample runs in a process of its own, the contenders in turn.
 * Run: `npm run bench -- intake`, or, once built, `node bench/intake.mjs [rounds]`.
 */
import { execFile } from "node:child_process";
import { createReadStream } from "node:fs";
import { mkdtemp, open, readFile, rm, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const ROWS = 200_000;
const QUICK_ROWS = 5_000;
const TARGET_RATIO = 0.4;

/** @typedef {{ rows: number, wallMs: number, cpuMs: number, peakMb: number }} Sample */

/** What each contender does with the file; each returns the rows that it saw. */
const contenders = {
  /** Rows as they come, with back-pressure, as a program reads a file that does not fit in memory. @param {string} file */
  "papaparse stream": async (file) => {
    const { default: Papa } = await import("papaparse");
    return async () => {
      let rows = 0;
      const stream = createReadStream(file).pipe(
        Papa.parse(Papa.NODE_STREAM_INPUT, { skipEmptyLines: true }),
      );
      for await (const _row of stream) rows += 1;
      return rows - 1;
    };
  },
  /** The same, with nothing but a synchronous callback by the row. @param {string} file */
  "papaparse callback": async (file) => {
    const { default: Papa } = await import("papaparse");
    return () =>
      new Promise((resolve, reject) => {
        let rows = 0;
        const step = () => {
          rows += 1;
        };
        const complete = () => resolve(rows - 1);
        Papa.parse(createReadStream(file), { skipEmptyLines: true, step, complete, error: reject });
      });
  },
  /** @param {string} file */
  "read only": async (file) => {
    const { readLeads } = await import("@salesagent/intake");
    const { fileSource } = await import("@salesagent/intake/file");
    return async () => {
      let rows = 0;
      for await (const outcome of readLeads(fileSource(file))) rows += outcome.row > 0 ? 1 : 0;
      return rows;
    };
  },
  /** @param {string} file */
  "import, storing nothing": async (file) => importer(file, () => discardingStorage()),
  /** @param {string} file */
  "import into memory": async (file) => {
    const { memoryStorage } = await import("@salesagent/storage-memory");
    return importer(file, () => memoryStorage().tenant("bench"));
  },
};

/** @param {string} file @param {() => any} createStorage */
async function importer(file, createStorage) {
  const { importLeads } = await import("@salesagent/intake");
  const { fileSource } = await import("@salesagent/intake/file");
  return async () => {
    const summary = await importLeads({ source: fileSource(file), storage: createStorage() }).result();
    if (summary.imported + summary.duplicates + summary.rejected !== summary.rows)
      throw new Error("rows are missing");
    return summary.rows;
  };
}

/** Answers as a store does and keeps nothing: what is left is the memory that the import itself takes. */
function discardingStorage() {
  let id = 0;
  const stores = {
    leads: {
      insertMany: async (/** @type {readonly unknown[]} */ drafts) =>
        drafts.map(() => ({ status: "inserted", id: String(id++) })),
    },
    imports: { get: async () => undefined, save: async () => {} },
  };
  return { ...stores, transaction: (/** @type {(stores: any) => Promise<unknown>} */ work) => work(stores) };
}

/** @param {string} file @param {number} rows */
async function writeRows(file, rows) {
  const pick = (/** @type {readonly string[]} */ list, /** @type {number} */ at) =>
    list[at % list.length] ?? "";
  const handle = await open(file, "w");
  try {
    await handle.write(
      "Company Name,Website,Country,Employees,Industry,Sub Industry,Founded,Revenue,Status,Address,Notes\r\n",
    );
    for (let from = 0; from < rows; from += 10_000) {
      let text = "";
      for (let index = from; index < Math.min(rows, from + 10_000); index += 1) {
        // One row in twenty repeats an earlier company.
        const company = index % 20 === 19 ? index - 7 : index;
        const website =
          index % 3 === 0 ? `https://www.company-${company}.com/about` : `company-${company}.com`;
        const name = index % 5 === 0 ? `"Company ${company}, Inc."` : `Company ${company} GmbH`;
        const size = pick(["51-200", "11-50", "10,001+".replace(",", ""), "7", "201–500"], index);
        text +=
          `${name},${website},${pick(["USA", "Germany", "UK", "France", "IN"], index)},${size},` +
          `${pick(["Software", "Fintech", "Healthcare"], index)},B2B -> ${pick(["Sales", "Payments", "Clinics"], index)},` +
          `${1990 + (index % 35)},$${1 + (index % 90)}M,${pick(["Active", "Acquired", "Public"], index)},` +
          `"${index} Main Street, Springfield",Seen at a fair in ${1990 + (index % 30)}\r\n`;
      }
      await handle.write(text);
    }
  } finally {
    await handle.close();
  }
}

/** The measured process: one contender, a warm-up of a tenth of the work aside. @param {keyof typeof contenders} name @param {string} file @param {string} warmUp */
async function sample(name, file, warmUp) {
  const warm = await contenders[name](warmUp);
  await warm();
  const task = await contenders[name](file);
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  const rows = await task();
  const wallMs = performance.now() - startedAt;
  const { user, system } = process.cpuUsage(cpuBefore);
  const peakMb = process.resourceUsage().maxRSS / 1024;
  process.stdout.write(JSON.stringify({ rows, wallMs, cpuMs: (user + system) / 1e3, peakMb }));
}

/** @param {readonly number[]} values */
const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;

/** @param {string} name */
const versionOf = async (name) => {
  const file = createRequire(import.meta.url).resolve(`${name}/package.json`);
  return `${name} ${JSON.parse(await readFile(file, "utf8")).version}`;
};

/** @param {{ rounds?: number, quick?: boolean }} [options] */
export async function run({ rounds = 5, quick = false } = {}) {
  const folder = await mkdtemp(join(tmpdir(), "intake-bench-"));
  try {
    const rows = quick ? QUICK_ROWS : ROWS;
    const [file, warmUp] = [join(folder, "leads.csv"), join(folder, "warm-up.csv")];
    await writeRows(file, rows);
    await writeRows(warmUp, rows / 10);
    const names = /** @type {(keyof typeof contenders)[]} */ (Object.keys(contenders));
    /** @type {Record<string, Sample[]>} */
    const samples = Object.fromEntries(names.map((name) => [name, []]));
    for (let round = 0; round < rounds; round += 1) {
      for (let turn = 0; turn < names.length; turn += 1) {
        const name = names[(turn + round) % names.length];
        if (name === undefined) continue;
        const { stdout } = await promisify(execFile)(process.execPath, [
          fileURLToPath(import.meta.url),
          "--sample",
          name,
          file,
          warmUp,
        ]);
        const taken = JSON.parse(stdout);
        if (taken.rows !== rows) throw new Error(`${name} saw ${taken.rows} of ${rows} rows`);
        samples[name]?.push(taken);
      }
    }
    const size = ((await stat(file)).size / 1e6).toFixed(1);
    const versions = await Promise.all(["@salesagent/intake", "papaparse"].map(versionOf));
    process.stdout.write(
      `${rows.toLocaleString("en")} rows, ${size} MB, ${rounds} rounds, ${versions.join(", ")}, Node ${process.versions.node}, ` +
        `${cpus()[0]?.model ?? "?"}, load ${(loadavg()[0] ?? 0).toFixed(1)}\n`,
    );
    print(samples);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** @param {Record<string, Sample[]>} samples */
function print(samples) {
  const pad = (/** @type {string | number} */ value) => String(value).padStart(13);
  const head = ["rows/s", "min", "max", "CPU µs a row", "peak MB", "of the stream"].map(pad).join("");
  process.stdout.write(`${"".padEnd(26)}${head}\n`);
  const perSecond = (/** @type {Sample} */ { rows, wallMs }) => Math.round((rows / wallMs) * 1e3);
  const floor = median((samples["papaparse stream"] ?? []).map(perSecond));
  for (const [name, taken] of Object.entries(samples)) {
    const rates = taken.map(perSecond);
    const cells = [
      median(rates).toLocaleString("en"),
      Math.min(...rates).toLocaleString("en"),
      Math.max(...rates).toLocaleString("en"),
      median(taken.map(({ rows, cpuMs }) => (cpuMs * 1e3) / rows)).toFixed(1),
      Math.round(median(taken.map(({ peakMb }) => peakMb))),
      `${(median(rates) / floor).toFixed(2)} ×`,
    ];
    process.stdout.write(`${name.padEnd(26)}${cells.map(pad).join("")}\n`);
  }
  process.stdout.write(`target: import into memory at ≥ ${TARGET_RATIO} × papaparse stream\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [mode, name, file, warmUp] = process.argv.slice(2);
  if (mode === "--sample")
    await sample(/** @type {keyof typeof contenders} */ (name), file ?? "", warmUp ?? "");
  else await run({ rounds: Number(mode ?? 5) });
}
