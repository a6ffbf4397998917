import { readSqlTokens, type SqlToken } from "./sql-tokens.js";

/** What a statement that reads begins with. */
const BEGINNINGS = new Set(["select", "with", "values", "table", "("]);

/**
 * Functions that act even in a transaction that only reads, run SQL given as text, change settings or roles, or wait. The
 * database's own rights stand behind this list.
 */
const REFUSED_FUNCTION =
  /^(pg_.*|set_config|setval|nextval|dblink.*|lo_.*|.*_to_xml.*|xmltable|crosstab.*|.*_fdw.*)$/;

/** Functions of the refused kind that do no harm. */
const HARMLESS = new Set(["pg_typeof", "pg_size_pretty", "pg_column_size"]);

/**
 * Checks that SQL is one statement that only reads, and brings it without its last semicolon.
 *
 * @throws RangeError saying what is wrong, for the model that wrote it.
 */
export function checkStatement(sql: string): string {
  const tokens = readSqlTokens(sql);
  const [first] = tokens;
  if (first === undefined) throw new RangeError("There is no statement");
  if (!BEGINNINGS.has(first.word) || first.kind === "text") {
    throw new RangeError(
      `A statement must begin with select, with, values or table, not "${first.word.slice(0, 30)}"`,
    );
  }
  const semicolon = tokens.find(({ kind, word }) => kind === "symbol" && word === ";");
  if (semicolon && semicolon !== tokens.at(-1))
    throw new RangeError("Give one statement, without a semicolon");
  checkParentheses(tokens);
  for (const [index, { kind, word }] of tokens.entries()) {
    if (
      kind === "name" &&
      tokens[index + 1]?.word === "(" &&
      REFUSED_FUNCTION.test(word) &&
      !HARMLESS.has(word)
    ) {
      throw new RangeError(`The function ${word} is not allowed here`);
    }
  }
  return semicolon ? sql.slice(0, semicolon.at) : sql;
}

/** A parenthesis too many would end what the statement is wrapped in. */
function checkParentheses(tokens: readonly SqlToken[]): void {
  let depth = 0;
  for (const { kind, word } of tokens) {
    if (kind !== "symbol") continue;
    depth += word === "(" ? 1 : word === ")" ? -1 : 0;
    if (depth < 0) break;
  }
  if (depth !== 0) throw new RangeError("The parentheses do not match");
}
