/** A piece of SQL that means something; comments and white space are left out. */
export interface SqlToken {
  readonly kind: "name" | "text" | "symbol";
  /** A name in lower case unless it was quoted; a symbol as it is; nothing of a text. */
  readonly word: string;
  /** Where it begins. */
  readonly at: number;
}

/** Each is tried where the last one ended, in this order. */
const PIECES = [
  { kind: "skip", pattern: /\s+|--[^\r\n]*/y },
  { kind: "text", pattern: /e'(?:[^'\\]|\\[\s\S]|'')*'/iy },
  { kind: "refused", pattern: /u&['"]/iy },
  { kind: "text", pattern: /(?:[bxn])?'(?:[^']|'')*'/iy },
  { kind: "quoted", pattern: /"((?:[^"]|"")+)"/y },
  { kind: "name", pattern: /[a-z_\u0080-\uffff][\w$\u0080-\uffff]*/iy },
  { kind: "dollar", pattern: /\$([a-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$/iy },
  { kind: "symbol", pattern: /\$\d+|\d[\w.]*|[^'"]/y },
] as const;

/**
 * Cuts SQL into its pieces, as PostgreSQL does with standard strings.
 *
 * @throws RangeError for what can't be read: a text, a name or a comment without its end, a name in Unicode escapes.
 * @see https://www.postgresql.org/docs/current/sql-syntax-lexical.html
 */
export function readSqlTokens(sql: string): SqlToken[] {
  const tokens: SqlToken[] = [];
  for (let at = 0; at < sql.length; ) {
    if (sql.startsWith("/*", at)) {
      at = commentEnd(sql, at);
      continue;
    }
    const { kind, found } = nextPiece(sql, at);
    const token = toToken(kind, found, at);
    at += found[0].length;
    if (kind === "dollar") at = textEnd(sql, at, found[0]);
    else if (kind === "refused")
      throw new RangeError("Names and texts in Unicode escapes (U&) are not taken");
    if (token) tokens.push(token);
  }
  return tokens;
}

function nextPiece(sql: string, at: number) {
  for (const { kind, pattern } of PIECES) {
    pattern.lastIndex = at;
    const found = pattern.exec(sql);
    if (found) return { kind, found };
  }
  throw new RangeError("A text or a quoted name has no end");
}

function toToken(
  kind: (typeof PIECES)[number]["kind"],
  found: RegExpExecArray,
  at: number,
): SqlToken | undefined {
  if (kind === "skip") return undefined;
  if (kind === "quoted") return { kind: "name", word: (found[1] ?? "").replaceAll('""', '"'), at };
  if (kind === "name") return { kind, word: found[0].toLowerCase(), at };
  return kind === "symbol" ? { kind, word: found[0], at } : { kind: "text", word: "", at };
}

function textEnd(sql: string, start: number, tag: string): number {
  const end = sql.indexOf(tag, start);
  if (end === -1) throw new RangeError("A text has no end");
  return end + tag.length;
}

/** Comments nest. */
function commentEnd(sql: string, start: number): number {
  const mark = /\/\*|\*\//g;
  mark.lastIndex = start;
  let depth = 0;
  for (let found = mark.exec(sql); found; found = mark.exec(sql)) {
    depth += found[0] === "/*" ? 1 : -1;
    if (depth === 0) return mark.lastIndex;
  }
  throw new RangeError("A comment has no end");
}
