import { number, type Row, text } from "../columns.js";
import type { Executor } from "../executor.js";
import { reading, writing } from "../statement.js";
import type { TableNames } from "../store-context.js";
import { createCandidates, type PersonSearch } from "./person-search.js";
import type { Eraser } from "./table-eraser.js";

const STORE = "messages";

/** Conversations with the person, which go whole. Their messages and summaries are counted. */
export function createThreadEraser(name: TableNames): Eraser {
  const [threads, messages] = [name("threads"), name("messages")];
  const candidates = createCandidates({
    ...{ store: STORE, table: threads, says: ["id"], idColumns: ["id"] },
    key: [{ name: "id", type: "text" }],
  });
  const ofThreads = "tenant = $1 and thread_id = any($2::text[])";
  const count = reading(`select (select count(*) from ${messages} where ${ofThreads})
    + (select count(summary) from ${threads} where tenant = $1 and id = any($2::text[])) as records`);
  const dropThreads = writing(`with chosen as (
      select id from ${threads} where tenant = $1 and id = any($2::text[]) order by id for update
    ), dropped as (
      delete from ${threads} t using chosen where t.tenant = $1 and t.id = chosen.id returning t.summary
    )
    select count(summary) as records from dropped`);
  const dropMessages = writing(`with dropped as (delete from ${messages} where ${ofThreads} returning 1)
    select count(*) as records from dropped`);

  const visit = (search: PersonSearch, act: (ids: readonly string[]) => Promise<number>) =>
    search.visit(candidates, search.person.threadIds, async (rows) => {
      const ids = rows.map((row) => text(row, "id")).filter(search.person.isTheirThread);
      return ids.length === 0 ? 0 : act(ids);
    });
  const recordsOf = ([row]: readonly Row[]) => (row === undefined ? 0 : number(row, "records"));

  return {
    store: STORE,
    find: (search) =>
      visit(search, async (ids) => {
        const { tenant, executor } = search.context;
        return recordsOf(await executor.run(STORE, count, [tenant, ids], search.call));
      }),
    erase: (search) =>
      visit(search, (ids) => {
        const values = [search.context.tenant, ids];
        // the messages by a statement of their own, which sees those that the first one waited for
        const work = async (within: Executor) => {
          await search.keepToKeys(within);
          const summaries = recordsOf(await within.run(STORE, dropThreads, values, undefined));
          return summaries + recordsOf(await within.run(STORE, dropMessages, values, undefined));
        };
        return search.context.executor.together(STORE, work, search.call);
      }),
  };
}
