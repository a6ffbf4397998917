/** What `graph.mjs` sees of the database beside the product: which runs are under way, and what is left at the end. */
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { effectName, TASKS } from "./_booking-flow.mjs";

const TRIES = 300;
const BETWEEN_TRIES_MS = 100;
const MOST_NAMED = 5;

/**
 * @typedef {{ id: string, status: string, awaiting: string[] }} OpenRun
 * @typedef {import("./_recorder.mjs").Entry} Entry
 * @typedef {{ log: string[], drafts: Record<string, string> }} Output
 * @typedef {{ calm: string[], runIds: string[], everFrozen: ReadonlySet<string>,
 *   log: { done: Entry[], repeated: Entry[] } }} Ended
 */

export class Observer {
  #tenant;
  #pool;

  /**
   * @param {string} url
   * @param {string} tenant
   */
  constructor(url, tenant) {
    this.#tenant = tenant;
    this.#pool = new pg.Pool({ connectionString: url, max: 2, options: `-c salesagent.tenant=${tenant}` });
    // A connection that the crash of the database ends is no failure.
    this.#pool.on("error", () => {});
  }

  /**
   * Those of the runs that have not completed, whether they are on record yet or not.
   *
   * @param {readonly string[]} runIds
   * @returns {Promise<OpenRun[]>}
   */
  async open(runIds) {
    return this.#rows(
      `select asked.id, coalesce(q.status, 'absent') as status, coalesce(q.awaiting, '{}')::text[] as awaiting
       from unnest($2::text[]) as asked (id) left join salesagent.flow_queue q on q.tenant = $1 and q.id = asked.id
       where q.status is distinct from 'completed' and q.status is distinct from 'failed'`,
      [runIds],
    );
  }

  /**
   * Kills one of the server's processes, after which it ends all others and recovers from its log, as after a crash.
   *
   * @returns {Promise<number | undefined>} How long it was away, in milliseconds; nothing where the server is somebody else's.
   */
  async crashDatabase() {
    if (process.env["DATABASE_URL"]) return undefined;
    const [backend] = await this.#rows("select pg_backend_pid() as pid, $1::text as tenant", []);
    const crashedMs = performance.now();
    process.kill(backend.pid, "SIGKILL");
    await sleep(BETWEEN_TRIES_MS);
    await this.#rows("select $1::text", []);
    return performance.now() - crashedMs;
  }

  /**
   * @param {Ended} ended
   * @returns {Promise<string[]>}
   */
  async violations({ calm, runIds, log, everFrozen }) {
    const runs = await this.#rows(
      `select q.id, q.status, q.owner, q.due_at, r.output, r.error from salesagent.flow_queue q
       join salesagent.flow_runs r using (tenant, id) where q.tenant = $1`,
      [],
    );
    const outputs = new Map(runs.map(({ id, output }) => [id, /** @type {Output | null} */ (output)]));
    const expected = new Map(calm.map((id) => [variantOf(id), JSON.stringify(outputs.get(id)?.log)]));
    const all = [...calm, ...runIds];
    return [
      ...named("runs did not complete", all, (id) =>
        outputs.get(id) != null ? undefined : `${id} ${statusOf(runs, id)}`,
      ),
      ...named("runs are still in hand", runs, ({ id, owner, due_at }) =>
        (owner ?? due_at) ? id : undefined,
      ),
      ...named("runs differ from the undisturbed one", runIds, (id) =>
        JSON.stringify(outputs.get(id)?.log) === expected.get(variantOf(id)) ? undefined : id,
      ),
      ...effectViolations(all, outputs, log, everFrozen),
      ...named(
        "effects are not settled",
        await this.#rows(
          "select key, status from salesagent.effects where tenant = $1 and (status <> 'done' or owner is not null or lease_until is not null)",
          [],
        ),
        ({ key, status }) => `${key} ${status}`,
      ),
      ...named(
        "steps are left of runs that ended",
        await this.#rows("select run_id, key from salesagent.flow_steps where tenant = $1", []),
        ({ run_id, key }) => `${run_id} ${key}`,
      ),
    ];
  }

  async close() {
    await this.#pool.end();
  }

  /**
   * Asks until the database is there.
   *
   * @param {string} text
   * @param {readonly unknown[]} more
   * @returns {Promise<any[]>}
   */
  async #rows(text, more) {
    for (let tries = 1; ; tries++) {
      try {
        return (await this.#pool.query(text, [this.#tenant, ...more])).rows;
      } catch (error) {
        if (tries === TRIES) throw error;
        await sleep(BETWEEN_TRIES_MS);
      }
    }
  }
}

/** @param {string} runId */
const variantOf = (runId) => runId.slice(runId.lastIndexOf("-"));

/**
 * @param {readonly { id: string, status: string, error: unknown }[]} runs
 * @param {string} runId
 */
function statusOf(runs, runId) {
  const run = runs.find(({ id }) => id === runId);
  return run ? `${run.status} ${JSON.stringify(run.error)}` : "is not there";
}

/**
 * Each task's effect was done once, with the draft that its run remembers.
 *
 * @param {readonly string[]} runIds
 * @param {ReadonlyMap<string, Output | null>} outputs
 * @param {Ended["log"]} log
 * @param {ReadonlySet<string>} everFrozen
 */
function effectViolations(runIds, outputs, { done, repeated }, everFrozen) {
  const drafts = new Map(done.map(({ effect, draft }) => [effect, draft]));
  /** @type {string[]} */
  const expected = [];
  /** @type {string[]} */
  const redrawn = [];
  for (const id of runIds) {
    for (const [task, draft] of Object.entries(outputs.get(id)?.drafts ?? {})) {
      const effect = effectName(id, task);
      expected.push(effect);
      if (drafts.has(effect) && drafts.get(effect) !== draft) redrawn.push(effect);
    }
  }
  const wanted = new Set(expected);
  return [
    ...named("runs have not all their tasks", runIds, (id) => {
      const count = Object.keys(outputs.get(id)?.drafts ?? {}).length;
      return count === TASKS ? undefined : `${id} has ${count}`;
    }),
    ...named("effects were lost", expected, (effect) => (drafts.has(effect) ? undefined : effect)),
    ...named("effects belong to no run", done, ({ effect }) => (wanted.has(effect) ? undefined : effect)),
    ...(drafts.size === done.length ? [] : [`${done.length - drafts.size} effects were done twice`]),
    ...named("effects were asked for twice", repeated, ({ effect, worker }) =>
      everFrozen.has(worker) ? undefined : `${effect} by ${worker}`,
    ),
    ...named("steps were done again after they were remembered", redrawn, (effect) => effect),
  ];
}

/**
 * @template T
 * @param {string} violation
 * @param {readonly T[]} items
 * @param {(item: T, index: number) => string | undefined} name Of an item that violates it.
 * @returns {string[]}
 */
function named(violation, items, name) {
  const bad = items.flatMap((item, index) => name(item, index) ?? []);
  if (bad.length === 0) return [];
  const more = bad.length > MOST_NAMED ? ", …" : "";
  return [`${bad.length} ${violation}: ${bad.slice(0, MOST_NAMED).join(", ")}${more}`];
}
