/** What `graph.mjs` sees of the database beside the product: which runs are under way, and what is left at the end. */
import { insist, openPool } from "./_database.mjs";

/**
 * @typedef {{ id: string, status: string, awaiting: string[] }} OpenRun
 * @typedef {{ outputs: Map<string, import("./_verdict.mjs").Output>, notCompleted: string[], inHand: string[],
 *   unsettled: string[], steps: string[] }} Left
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
    this.#pool = openPool(url, { options: `-c salesagent.tenant=${tenant}` });
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
   * All that is left in the database when the runs have ended.
   *
   * @returns {Promise<Left>}
   */
  async left() {
    const runs = await this.#rows(
      `select q.id, q.status, q.owner, q.due_at, r.output, r.error from salesagent.flow_queue q
       join salesagent.flow_runs r using (tenant, id) where q.tenant = $1`,
      [],
    );
    const effects = await this.#rows(
      "select key, status from salesagent.effects where tenant = $1 and (status <> 'done' or owner is not null or lease_until is not null)",
      [],
    );
    const steps = await this.#rows("select run_id, key from salesagent.flow_steps where tenant = $1", []);
    return {
      outputs: new Map(runs.flatMap(({ id, output }) => (output === null ? [] : [[id, output]]))),
      notCompleted: runs.flatMap(({ id, status, error }) =>
        status === "completed" ? [] : [`${id} ${status} ${JSON.stringify(error)}`],
      ),
      inHand: runs.flatMap(({ id, owner, due_at }) => ((owner ?? due_at) ? [id] : [])),
      unsettled: effects.map(({ key, status }) => `${key} ${status}`),
      steps: steps.map(({ run_id, key }) => `${run_id} ${key}`),
    };
  }

  async close() {
    await this.#pool.end();
  }

  /**
   * @param {string} text
   * @param {readonly unknown[]} more
   */
  #rows(text, more) {
    return insist(this.#pool, text, [this.#tenant, ...more]);
  }
}
