const PAGES_A_STATEMENT = 5;
const COLUMNS = [
  "id",
  "email",
  "first_name",
  "last_name",
  "company",
  "stage",
  "owner_id",
  "updated_at",
  "raw",
];

/** The pages one after the other, each asked for while the one before is worked on. @param {string} url */
export async function* readPages(url) {
  const get = async (after) => (await fetch(`${url}/contacts?after=${after}`)).json();
  let next = get(0);
  for (;;) {
    const page = await next;
    if (page.after === undefined) {
      yield page.results;
      return;
    }
    next = get(page.after);
    yield page.results;
  }
}

/** @param {import("pg").Pool} pool */
export async function prepareFloor(pool) {
  await pool.query("drop schema if exists floor cascade; create schema floor");
  await pool.query(`create table floor.contacts (id text primary key, email text, first_name text, last_name text, company text,
    stage text, owner_id text, updated_at timestamptz not null, raw jsonb not null)`);
  await pool.query("create index on floor.contacts (email); create index on floor.contacts (updated_at)");
}

/**
 * The least that a pull could be: pages of HTTP, and one upsert over arrays for every five of them. One statement is under way while
 * the next pages are read.
 *
 * @param {import("pg").Pool} pool
 * @param {string} url
 */
export async function pullFloor(pool, url) {
  const client = await pool.connect();
  try {
    let rows = [];
    let pages = 0;
    let writing = Promise.resolve();
    for await (const results of readPages(url)) {
      for (const { id, updatedAt, properties: p } of results)
        rows.push([
          id,
          p.email,
          p.firstname,
          p.lastname,
          p.company,
          p.lifecyclestage,
          p.owner,
          updatedAt,
          JSON.stringify(p),
        ]);
      pages += 1;
      if (pages % PAGES_A_STATEMENT > 0) continue;
      await writing;
      writing = upsert(client, rows);
      rows = [];
    }
    await writing;
    if (rows.length > 0) await upsert(client, rows);
  } finally {
    client.release();
  }
}

const upsert = (client, rows) =>
  client.query({
    name: "floor_contacts",
    text: `insert into floor.contacts select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[],
      $7::text[], $8::timestamptz[], $9::jsonb[]) on conflict (id) do update set ${COLUMNS.slice(1)
        .map((column) => `${column} = excluded.${column}`)
        .join(", ")}`,
    values: COLUMNS.map((_, column) => rows.map((row) => row[column])),
  });
