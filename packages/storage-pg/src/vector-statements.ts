import { reading, type Statement, writing } from "./statement.js";
import type { TableNames } from "./store-context.js";

/** So many items that are over are dropped as others come; `retention.prune` drops fewer as well. */
const WORTH_DROPPING = 100;

/** The SQL of the vector store. The tenant is `$1` and the collection `$2` everywhere. */
export interface VectorStatements {
  /** $3: dimensions. Does nothing where the collection is there. */
  readonly addCollection: Statement;
  /**
   * $3: dimensions, $4–$7: ids in order, vectors in base 64, ends, and data as one JSON list; $8: now. Writes where the
   * collection has these dimensions, and drops items that are over where there are many. Gives the collection's `dimensions`; no row where
   * there is no collection.
   */
  readonly put: Statement;
  /** $3: id of the last item read, $4: how many, $5: now. Gives `dimensions`, and `id` and `vector` of items by id; at least one row where there is a collection, which may be of no item. */
  readonly scan: Statement;
  /** $3: ids, $4: now. */
  readonly get: Statement;
  /** $3: ids. */
  readonly remove: Statement;
}

export function createVectorStatements(name: TableNames): VectorStatements {
  const collections = name("vector_collections");
  const items = name("vector_items");
  const place = "tenant = $1 and collection = $2";
  const alive = (now: string) => `(expires_at is null or expires_at > ${now}::timestamptz)`;
  return {
    addCollection: writing(`insert into ${collections} (tenant, name, dimensions) values ($1, $2, $3)
      on conflict (tenant, name) do nothing`),
    put: writing(`with found as (select dimensions from ${collections} where tenant = $1 and name = $2),
      over as (
        select id from ${items} where ${place} and expires_at <= $8::timestamptz and id <> all($4::text[])
        limit 1000 for update skip locked
      ),
      dropped as (
        delete from ${items} i using over where i.tenant = $1 and i.collection = $2 and i.id = over.id
          and (select count(*) from over) >= ${WORTH_DROPPING}
      ),
      written as (
        insert into ${items} (tenant, collection, id, vector, data, expires_at)
        select $1, $2, r.id, decode(r.vector, 'base64'), r.data, r.expires_at
        from rows from (unnest($4::text[], $5::text[], $6::timestamptz[]), json_array_elements($7::json))
          as r (id, vector, expires_at, data)
        where (select dimensions from found) = $3::integer
        on conflict (tenant, collection, id) do update
        set vector = excluded.vector, data = excluded.data, expires_at = excluded.expires_at
      )
      select dimensions from found`),
    scan: reading(`select c.dimensions, i.id, encode(i.vector, 'base64') as vector from ${collections} c
      left join lateral (
        select id, vector from ${items} where ${place} and id > $3 and ${alive("$5")} order by id limit $4
      ) i on true
      where c.tenant = $1 and c.name = $2`),
    get: reading(`select id, encode(vector, 'base64') as vector, data from ${items}
      where ${place} and id = any($3::text[]) and ${alive("$4")}`),
    remove: writing(`with chosen as (
        select id from ${items} where ${place} and id = any($3::text[]) order by id for update
      )
      delete from ${items} i using chosen where i.tenant = $1 and i.collection = $2 and i.id = chosen.id`),
  };
}
