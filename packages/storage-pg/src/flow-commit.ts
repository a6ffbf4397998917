import { hash } from "node:crypto";
import type { FlowWrite } from "@salesagent/ports";
import { counting, type Statement, writing } from "./statement.js";
import { leaseTime } from "./store-time.js";

/** What the SQL of a commit is made of. */
export interface CommitTables {
  readonly queue: string;
  readonly runs: string;
  readonly steps: string;
  readonly checkpoints: string;
  readonly events: string;
  /** Gives SQL that tells workers, within the transaction. */
  readonly tell: string;
}

/** What a write brings: each shape has a statement of its own, which does no more than it must. */
interface CommitShape {
  readonly steps: "none" | "one" | "many";
  readonly checkpoint: "none" | "delta" | "snapshot";
  readonly taken: boolean;
  readonly version: boolean;
  readonly rest: "none" | "resting" | "completed" | "failed" | "cancelled";
}

/** A commit, ready to be sent. */
export interface Commit {
  readonly statement: Statement;
  readonly values: readonly unknown[];
  /** Of all that the write says, its fence included: two equal writes share it. */
  readonly digest: string;
}

export type Commits = (tenant: string, write: FlowWrite, leaseTime: string | null) => Commit;

const TENANT = "$1";
const RUN = "$2";
const FENCE = "$3";
const DIGEST = "$4";
const NOW = leaseTime("$5");
const FIRST_OWN_PARAMETER = 6;

function shapeOf({ steps = [], checkpoint, taken = [], version, rest }: FlowWrite): CommitShape {
  const some = checkpoint?.snapshot === undefined ? "delta" : "snapshot";
  const resting = rest?.status === "waiting" || rest?.status === "pending" ? "resting" : rest?.status;
  return {
    steps: steps.length === 0 ? "none" : steps.length === 1 ? "one" : "many",
    checkpoint: checkpoint === undefined ? "none" : some,
    taken: taken.length > 0,
    version: version !== undefined,
    rest: resting ?? "none",
  };
}

/** The values of a write, in the order in which {@link toStatement} numbers them. */
function toValues({ steps = [], checkpoint, taken = [], version, rest }: FlowWrite): readonly unknown[] {
  const values: unknown[] = [];
  const [first] = steps;
  if (steps.length === 1 && first !== undefined) values.push(first.key, JSON.stringify(first.value));
  if (steps.length > 1) {
    values.push(
      steps.map(({ key }) => key),
      JSON.stringify(steps.map(({ value }) => value)),
    );
  }
  if (checkpoint !== undefined) {
    values.push(checkpoint.seq, JSON.stringify(checkpoint.delta), checkpoint.at);
    if (checkpoint.snapshot !== undefined) values.push(JSON.stringify(checkpoint.snapshot));
  }
  if (taken.length > 0) values.push(taken);
  if (version !== undefined) values.push(version);
  if (rest?.status === "waiting") values.push(rest.status, rest.dueAt ?? null, rest.awaiting);
  if (rest?.status === "pending") values.push(rest.status, rest.dueAt, []);
  if (rest?.status === "completed") values.push(JSON.stringify(rest.output));
  if (rest?.status === "failed") values.push(JSON.stringify(rest.error));
  return values;
}

/** No value that is stored holds NUL, so nothing but an equal write of the same fence is written down alike. */
function digestOf(head: string, values: readonly unknown[]): string {
  const texts = values.map((value) => (Array.isArray(value) ? JSON.stringify(value) : String(value)));
  return hash("sha256", `${head}\0${texts.join("\0")}`, "base64url");
}

/** One part of a commit: what it sets in the row of the run, what it asks of it, and what it does once that holds. */
interface CommitPart {
  readonly sets?: readonly string[];
  readonly asks?: readonly string[];
  readonly does?: readonly string[];
  /** As `does`; it writes a row at least, exactly when the commit holds. */
  readonly proves?: string;
}

/**
 * A commit as one statement. It changes the row of the run first, where the fence holds, and all else only then; whoever
 * changes that row meanwhile is waited for, and what they left is what counts.
 */
function toStatement(tables: CommitTables, shape: CommitShape): Statement {
  let next = FIRST_OWN_PARAMETER;
  const parameter = () => `$${next++}`;
  const steps = toStepsPart(tables, shape, parameter);
  const checkpoint = toCheckpointPart(tables, shape, parameter);
  const { inbox, ...taken } = toTakenPart(tables, shape, parameter);
  const version = shape.version ? { sets: [`version = ${parameter()}`] } : {};
  const rest = toRestPart(tables, shape, inbox, parameter);
  const parts: readonly CommitPart[] = [steps, checkpoint, taken, version, rest];
  const sets = [`last_write = ${DIGEST}`, `updated_at = ${NOW}`, ...parts.flatMap((part) => part.sets ?? [])];
  const asks = [`q.last_write is distinct from ${DIGEST}`, ...parts.flatMap((part) => part.asks ?? [])];
  const writes = `with run as (
      update ${tables.queue} q set ${sets.join(", ")}
      where q.tenant = ${TENANT} and q.id = ${RUN} and q.fence = ${FENCE} and q.status = 'running'
        and ${asks.join(" and ")}
      returning q.due_at
    )`;
  const does = parts.flatMap((part) => part.does ?? []);
  const [proof, ...others] = parts.flatMap(({ proves = [] }) => proves);
  const following = (all: readonly string[]) =>
    all.map((sql, index) => `, part_${index} as (${sql})`).join("");
  if (shape.rest !== "resting" && proof !== undefined) {
    return counting(`${writes}${following([...does, ...others])} ${proof}`);
  }
  const told = `case when due_at <= ${NOW} then ${tables.tell} end as told`;
  const all = proof === undefined ? does : [...does, proof, ...others];
  return writing(`${writes}${following(all)} select ${told} from run`);
}

type Parameter = () => string;

function toStepsPart(tables: CommitTables, { steps }: CommitShape, parameter: Parameter): CommitPart {
  if (steps === "none") return {};
  const [keys, values] = [parameter(), parameter()];
  const which = steps === "one" ? `s.key = ${keys}` : `s.key = any(${keys}::text[])`;
  const insert = `insert into ${tables.steps} (tenant, run_id, key, value) select ${TENANT}, ${RUN}`;
  return {
    asks: [
      `not exists (select from ${tables.steps} s where s.tenant = ${TENANT} and s.run_id = ${RUN} and ${which})`,
    ],
    proves:
      steps === "one"
        ? `${insert}, ${keys}, ${values}::json from run`
        : `${insert}, step.key, step.value from run,
            rows from (unnest(${keys}::text[]), json_array_elements(${values}::json)) as step (key, value)`,
  };
}

function toCheckpointPart(
  tables: CommitTables,
  { checkpoint }: CommitShape,
  parameter: Parameter,
): CommitPart {
  if (checkpoint === "none") return {};
  const [seq, delta, at] = [parameter(), parameter(), parameter()];
  const snapshot = checkpoint === "snapshot" ? `${parameter()}::json` : "null::json";
  return {
    sets: [`checkpoint = ${seq}::bigint`],
    asks: [`q.checkpoint = ${seq}::bigint - 1`],
    does: [`delete from ${tables.steps} s using run where s.tenant = ${TENANT} and s.run_id = ${RUN}`],
    proves: `insert into ${tables.checkpoints} (tenant, run_id, number, delta, snapshot, at)
      select ${TENANT}, ${RUN}, ${seq}::bigint, ${delta}::json, ${snapshot}, ${at}::timestamptz from run`,
  };
}

/** @returns Also what is left in the inbox, as SQL. */
function toTakenPart(
  tables: CommitTables,
  { taken }: CommitShape,
  parameter: Parameter,
): CommitPart & { readonly inbox: string } {
  if (!taken) return { inbox: "q.inbox" };
  const names = `${parameter()}::text[]`;
  const inbox = `array(select put.name from unnest(q.inbox) as put (name) where put.name <> all(${names}))`;
  return {
    inbox,
    sets: [`inbox = ${inbox}`],
    does: [
      `delete from ${tables.events} e using run
        where e.tenant = ${TENANT} and e.run_id = ${RUN} and e.name = any(${names})`,
    ],
  };
}

function toRestPart(
  tables: CommitTables,
  { rest }: CommitShape,
  inbox: string,
  parameter: Parameter,
): CommitPart {
  if (rest === "none") return {};
  if (rest === "resting") {
    const [status, dueAt, awaiting] = [parameter(), `${parameter()}::timestamptz`, `${parameter()}::text[]`];
    const due = `case when q.stopping or ${inbox} && ${awaiting} then least(${dueAt}, ${NOW}) else ${dueAt} end`;
    return { sets: ["owner = null", `status = ${status}`, `due_at = ${due}`, `awaiting = ${awaiting}`] };
  }
  const sets = ["owner = null", `status = '${rest}'`, "due_at = null", `ended_at = ${NOW}`];
  if (rest === "cancelled") return { sets };
  const column = rest === "completed" ? "output" : "error";
  const ended = `update ${tables.runs} r set ${column} = ${parameter()}::json from run where r.tenant = ${TENANT} and r.id = ${RUN}`;
  return { sets, proves: ended };
}

/** Makes commits: a statement for each shape of write when it is first wanted. */
export function createCommits(tables: CommitTables): Commits {
  const statements = new Map<string, Statement>();
  return (tenant, write, time) => {
    const shape = shapeOf(write);
    const name = `${shape.steps} ${shape.checkpoint} ${shape.taken} ${shape.version} ${shape.rest}`;
    let statement = statements.get(name);
    if (statement === undefined) {
      statement = toStatement(tables, shape);
      statements.set(name, statement);
    }
    const own = toValues(write);
    const digest = digestOf(`${write.fence} ${name}`, own);
    return { statement, values: [tenant, write.id, write.fence, digest, time, ...own], digest };
  };
}
