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
import { printChecks } from "./_checks.mjs";
import { violated } from "./_verdict.mjs";

const ROWS = 6_000;
const ROUNDS = 3;
const MAX_LIFE_MS = 1_500;
const KILLS_TO_A_LONGER_LIFE = 10;
const seed = Number(process.env["SEED"] ?? Date.now() % 1_000_000);
process.stderr.write(`seed ${seed}\n`);

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

/**
 * One file, passed over undisturbed and again with kills.
 *
 * @param {number} round
 * @param {() => number} random
 */
async function playRound(round, random) {
  const file = join(folder, `leads-${round}.csv`);
  await writeFile(file, createCsv(random));
  const calm = await qualify(file, `calm-${round}`);
  if (calm.code !== 0) throw new Error(`The undisturbed run failed: ${calm.stderr}`);
  let kills = 0;
  for (;;) {
    // Lives become longer, so that it ends on a slow machine too.
    const lifeMs = 300 + random() * MAX_LIFE_MS * (1 + kills / KILLS_TO_A_LONGER_LIFE);
    const end = await qualify(file, `killed-${round}`, lifeMs);
    if (!end.killed) {
      if (end.code !== 0) throw new Error(`A run failed by itself: ${end.stderr}`);
      break;
    }
    kills++;
  }
  const [expected, got] = [await stateOf(`calm-${round}`), await stateOf(`killed-${round}`)];
  return { kills, difference: expected === got ? undefined : `expected ${expected}, got ${got}` };
}

try {
  const random = createRandom(seed);
  const rounds = [];
  for (let round = 0; round < ROUNDS; round++) rounds.push(await playRound(round, random));
  const different = rounds.flatMap(({ difference }) => difference ?? []);
  const kills = rounds.reduce((sum, round) => sum + round.kills, 0);
  process.exitCode = printChecks({
    title: "A pass over a file under kill -9",
    facts: { seed, Node: process.versions.node },
    columns: ["ours"],
    checks: [
      { name: "rows of each of the files", figures: [ROWS] },
      { name: "kills", figures: [kills], target: "≥ 1", held: kills > 0 },
      {
        name: "files whose leads, results or rejects differ from an undisturbed pass",
        figures: [different.length],
        target: "0",
        held: different.length === 0,
      },
    ],
    violations: violated("files differ", different),
    asJson: process.argv.includes("--json"),
  });
} finally {
  await pool.end();
  await server.stop();
  await rm(folder, { recursive: true });
}
