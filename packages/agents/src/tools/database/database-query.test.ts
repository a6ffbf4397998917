import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  createTestDatabase,
  openTestPool,
  type TestDatabase,
} from "../../../../storage-pg/src/testing/test-database.js";
import { callTool } from "../../testing/call-tool.js";
import { checkStatement } from "./check-statement.js";
import { type DatabaseQueryOptions, databaseQuery } from "./database-query.js";
import { parseRow } from "./parse-row.js";

let database: TestDatabase;
let pool: ReturnType<typeof openTestPool>;

beforeAll(async () => {
  database = await createTestDatabase();
  await database.query("create table company (id bigint, name text, tenant text)");
  await database.query(
    "insert into company select n, 'Company ' || n, 'acme' from generate_series(1, 300) n",
  );
  await database.query("create table secret (word text)");
  await database.query("insert into secret values ('planted')");
  await database.query(
    "create function leave_trace() returns int language sql security definer as 'insert into company values (0) returning 1'",
  );
  await database.query("create policy own on company using (tenant = current_setting('app.tenant', true))");
  await database.query("alter table company enable row level security");
  const url = await database.createRole(["grant select on company to ROLE"]);
  pool = openTestPool({ connectionString: url, max: 2 });
});

afterAll(async () => {
  await pool?.end();
  await database?.[Symbol.asyncDispose]();
});

const tool = (options: Partial<DatabaseQueryOptions> = {}) =>
  databaseQuery({
    pool,
    schema: "company(id, name)",
    settings: ({ tenant }) => ({ "app.tenant": tenant }),
    ...options,
  });

const ask = (sql: string, values: (string | number)[] = [], options: Partial<DatabaseQueryOptions> = {}) =>
  callTool(tool(options), { sql, values });

describe("database_query", () => {
  it("brings rows as plain data, with values apart from the statement", async () => {
    const outcome = await ask("select id, name from company where id = $1 or name = $2 order by id;", [
      7,
      "Company 9' or 1=1",
    ]);
    expect(outcome.output).toEqual({ rows: [{ id: 7, name: "Company 7" }], truncated: false });
    expect((await ask("select id from company where id > 5 order by id limit 2 -- the end")).output).toEqual({
      rows: [{ id: 6 }, { id: 7 }],
      truncated: false,
    });
  });

  it("keeps numbers that are too long for a double", async () => {
    const outcome = await ask(
      "select 9007199254740993::bigint as big, 12345678901234567.25::numeric as money, 1.5 as small",
    );
    expect(outcome.output).toMatchObject({
      rows: [{ big: "9007199254740993", money: "12345678901234567.25", small: 1.5 }],
    });
  });

  it("gives no more rows than allowed, and says that there are more", async () => {
    const outcome = await ask("select id from company order by id", [], { maxRows: 3 });
    expect(outcome.output).toEqual({ rows: [{ id: 1 }, { id: 2 }, { id: 3 }], truncated: true });
  });

  it("gives no more text than allowed", async () => {
    const rows = await ask("select repeat('x', 400) as x from company", [], { maxChars: 1_000 });
    expect(rows.output).toMatchObject({ rows: { length: 2 }, truncated: true });
    expect(await ask("select repeat('x', 50000000) as x", [], { maxChars: 1_000 })).toMatchObject({
      failed: true,
      output: expect.stringContaining("single row"),
    });
  });

  it("reads what the tenant of the run may see", async () => {
    const none = await ask("select id from company", [], { settings: () => ({ "app.tenant": "other" }) });
    expect(none.output).toEqual({ rows: [], truncated: false });
  });

  it.each([
    "insert into company values (1)",
    "with gone as (delete from company returning id) select id from gone",
    "select 1; delete from company",
    "select 1; commit; delete from company",
    "select word from secret",
    "select leave_trace() as id",
    "select set_config('app.tenant', 'other', true)",
    "select \"set_config\"('role', 'postgres', true)",
    "select pg_catalog.pg_sleep(100)",
    "select pg_read_file('/etc/passwd')",
    "select query_to_xml('select 1', true, true, '')",
    "select 1) as answer union all select repeat('x', 100000) from (select 1",
    "do $$ begin end $$",
    "reset role",
    "select no_such_column from company",
    "select 'half",
    "explain analyze select 1",
    "",
  ])("refuses %j, and nothing is changed", async (sql) => {
    const outcome = await ask(sql);
    expect(outcome.failed).toBe(true);
    expect(String(outcome.output)).not.toContain("planted");
    expect(await database.query("select count(*)::int as n from company")).toEqual([{ n: 300 }]);
  });

  it("ends a statement that takes too long", async () => {
    const slow = "with recursive n(i) as (select 1 union all select i + 1 from n) select max(i) as i from n";
    expect(await ask(slow, [], { statementTimeoutMs: 50 })).toMatchObject({
      failed: true,
      errorCode: "tool.timed_out",
    });
  });

  it("leaves nothing of a query to the next one on the same connection", async () => {
    const one = openTestPool({ ...pool.options, max: 1 });
    await ask("select 1 as a", [], { pool: one });
    const [row] = (
      await one.query(
        "select current_setting('app.tenant', true) as tenant, current_setting('statement_timeout') as t",
      )
    ).rows;
    expect(row).toEqual({ tenant: "", t: "0" });
    await one.end();
  });

  it("takes on the role that it is given", async () => {
    const outcome = await ask("select current_user::text as who", [], { role: "no_such_role" });
    expect(outcome).toMatchObject({ failed: true, errorCode: "service.refused" });
  });

  it("rejects with the caller's own reason, and the connection is not used again", async () => {
    const released: (boolean | undefined)[] = [];
    const caller = new AbortController();
    const reason = new Error("left");
    const client = {
      query: ({ text }: { text: string }) => {
        if (!text.includes("as answer")) return Promise.resolve({ rows: [] });
        caller.abort(reason);
        return new Promise<never>(() => {});
      },
      release: (destroy?: boolean) => void released.push(destroy),
    };
    const hung = tool({ pool: { connect: () => Promise.resolve(client) } });
    await expect(callTool(hung, { sql: "select 1 as a" }, { signal: caller.signal })).rejects.toBe(reason);
    expect(released).toEqual([true]);
  });

  it("says so when there is no database, without its address", async () => {
    const away = Object.assign(new Error("connect ECONNREFUSED postgres://ada:hunter2@db"), {
      code: "ECONNREFUSED",
    });
    const outcome = await ask("select 1 as a", [], { pool: { connect: () => Promise.reject(away) } });
    expect(outcome).toMatchObject({ failed: true, errorCode: "service.unavailable" });
    expect(outcome.output).not.toContain("hunter2");
  });

  it.each([
    [{ maxRows: 0 }, /maxRows/],
    [{ maxChars: 1.5 }, /maxChars/],
    [{ statementTimeoutMs: -1 }, /statementTimeoutMs/],
    [{ role: " " }, /role/],
  ])("refuses the options %j", (options, message) => {
    expect(() => tool(options)).toThrow(message);
  });
});

describe("checkStatement", () => {
  it.each([
    "select 'a;b' as x, \"c;d\" from t -- ;",
    "select $$ ; $$ as x",
    "select $q$ $$ ; ' $q$ as x",
    "/* ; /* ; */ */ select E'\\';' as x",
    "with a as (select 1) select * from a",
    "values (1), (2)",
    "(select 1) union (select 2)",
    "select a$b$ from t",
    "select x from t where y = $1",
    "select pg_typeof(1)",
  ])("lets %j through", (sql) => {
    expect(checkStatement(sql)).toBe(sql);
  });

  it("cuts the semicolon at the end off, and only that", () => {
    expect(checkStatement("select ';' as x ; -- done")).toBe("select ';' as x ");
  });

  it.each([
    ["select 'a'; drop table t", /one statement/],
    ["select E'\\'; drop table t; --'; drop table t", /one statement/],
    ["select $$a$$; select 1", /one statement/],
    ["select U&\"set\\005fconfig\"('a','b',true)", /Unicode/],
    ["select /* 1", /comment has no end/],
    ["select $x$ 1", /text has no end/],
    ['select "a', /no end/],
    ["select 1)", /parentheses/],
    ["-- nothing", /no statement/],
    ["select set_config /* x */ ('a', 'b', true)", /set_config/],
  ])("refuses %j", (sql, message) => {
    expect(() => checkStatement(sql)).toThrow(message);
  });

  it("finds what is outside of texts, whatever is in them", () => {
    const quoted = fc.string().map((text) => `'${text.replaceAll("'", "''").replaceAll("\u0000", "")}'`);
    fc.assert(
      fc.property(fc.array(quoted, { minLength: 1, maxLength: 5 }), (texts) => {
        const sql = `select ${texts.join(", ")}`;
        expect(checkStatement(sql)).toBe(sql);
        expect(() => checkStatement(`${sql}; select 1`)).toThrow(RangeError);
      }),
    );
  });
});

describe("parseRow", () => {
  it("changes nothing but numbers that are too long", () => {
    const values = fc.dictionary(
      fc.string(),
      fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null)),
    );
    fc.assert(
      fc.property(values, (row) => {
        expect(parseRow(JSON.stringify(row))).toEqual(JSON.parse(JSON.stringify(row)));
      }),
    );
    expect(parseRow('{"a":"12345678901234567890","b":12345678901234567890}')).toEqual({
      a: "12345678901234567890",
      b: "12345678901234567890",
    });
  });
});
