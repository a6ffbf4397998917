/**
 * `salesagent qualify --store pg` killed with SIGKILL at random instants, started again each time, until it ends by itself;
 * then compared with a run that nobody disturbed: the same leads, one result each, every row accounted for, the same rejects.
 */
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { findPostgres } from "../workspace/postgres.mjs";
import { createRandom } from "../workspace/random.mjs";
import { rootFolder } from "../workspace/root.mjs";

const ROWS = 6_000;
const ROUNDS = 3;
const MAX_LIFE_MS = 1_500;
const seed = Number(process.env["SEED"] ?? Date.now() % 1_000_000);
process.stdout.write(`seed ${seed}\n`);

const program = join(rootFolder, "packages/cli/bin/salesagent.js");
const folder = await mkdtemp(join(tmpdir(), "salesagent-crash-"));
const server = await findPostgres();
const pool = new pg.Pool({ connectionString: server.url });

/**
 * Rows of all kinds: new, repeated, with quoted line ends and emoji, and some that must be rejected.
 *
 * @param {() => number} random
 */
function createCsv(random) {
  const lines = ["Company,Website,Country,Employees,Notes"];
  for (let row = 0; row < ROWS; row++) {
    const kind = random();
    if (kind < 0.05) lines.push(",,Norway,5,no identity");
    else if (kind < 0.15 && row > 0)
      lines.push(`Again ${row},c${Math.floor(random() * row)}.example,US,10,seen before`);
    else
      lines.push(
        `"Company ""${row}"" 🚀",https://www.c${row}.example/about,US,${row % 900},"two\nlines, ${row}"`,
      );
  }
  return `${lines.join("\n")}\n`;
}

/**
 * Qualifies a file, and kills the process when its life is over.
 *
 * @param {string} file
 * @param {string} tenant
 * @param {number} [lifeMs] Without one it ends by itself.
 * @returns {Promise<{ code: number | null, killed: boolean, stderr: string }>}
 */
function qualify(file, tenant, lifeMs) {
  const args = [
    program,
    "qualify",
    file,
    "--store",
    "pg",
    "--database-url",
    server.url,
    "--tenant",
    tenant,
    "--json",
    "--rejects",
    join(folder, `${tenant}.rejects.csv`),
  ];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "pipe"] });
  let stderr = "";
  child.stderr.on("data", (part) => (stderr += part));
  const timer = lifeMs === undefined ? undefined : setTimeout(() => child.kill("SIGKILL"), lifeMs);
  return new Promise((resolve) => {
    child.once("exit", (code, signal) => {
      clearTimeout(timer);
      resolve({ code, killed: signal === "SIGKILL", stderr });
    });
  });
}

/**
 * What must be the same whether the run was disturbed or not.
 *
 * @param {string} tenant
 */
async function stateOf(tenant) {
  /** @param {string} text */
  const rows = async (text) => (await pool.query(text, [tenant])).rows;
  const [leads] = await rows(
    "select count(*)::int as count, md5(string_agg(k, ',' order by k)) as keys from salesagent.leads, json_array_elements_text(keys) k where tenant = $1",
  );
  const [scored] = await rows(
    "select count(distinct lead_id)::int as leads from salesagent.results where tenant = $1",
  );
  const [unscored] = await rows(
    "select count(*)::int as count from salesagent.leads l where tenant = $1 and not exists (select from salesagent.results r where r.tenant = l.tenant and r.lead_id = l.id)",
  );
  const rejects = await readFile(join(folder, `${tenant}.rejects.csv`), "utf8");
  return JSON.stringify({ leads, scored, unscored, rejects });
}

let failures = 0;
try {
  const random = createRandom(seed);
  for (let round = 0; round < ROUNDS; round++) {
    const file = join(folder, `leads-${round}.csv`);
    await writeFile(file, createCsv(random));
    const calm = await qualify(file, `calm-${round}`);
    if (calm.code !== 0) throw new Error(`The undisturbed run failed: ${calm.stderr}`);
    let kills = 0;
    for (;;) {
      const end = await qualify(file, `killed-${round}`, 300 + random() * MAX_LIFE_MS);
      if (!end.killed) {
        if (end.code !== 0) throw new Error(`A run failed by itself: ${end.stderr}`);
        break;
      }
      kills++;
    }
    const same = (await stateOf(`calm-${round}`)) === (await stateOf(`killed-${round}`));
    if (!same) {
      failures++;
      process.stdout.write(
        `expected ${await stateOf(`calm-${round}`)}\ngot      ${await stateOf(`killed-${round}`)}\n`,
      );
    }
    process.stdout.write(
      `${ROWS} rows, ${kills} kills: ${same ? "same leads, results and rejects" : "DIFFERENT"}\n`,
    );
  }
} finally {
  await pool.end();
  await server.stop();
  await rm(folder, { recursive: true });
}
process.exitCode = failures > 0 ? 1 : 0;
