import { proposeMapping, type Table } from "@salesagent/intake";
import type { RecordKind } from "@salesagent/ports";
import { didYouMean } from "../command/did-you-mean.js";
import { UsageError } from "../command/usage-error.js";
import { KINDS } from "../sync/kinds.js";
import { FIELD_TYPES } from "./field-types.js";

/** What a column is. */
export type RecordColumn =
  | { readonly part: "id" }
  | { readonly part: "field"; readonly name: string }
  | { readonly part: "custom"; readonly name: string }
  | { readonly part: "link"; readonly kind: RecordKind }
  | { readonly part: "none" };

const NONE: RecordColumn = { part: "none" };
/** Columns that an export tells, and an import does not take. */
const TOLD = new Set(["createdAt", "updatedAt"]);

/** How the columns of a file are read. */
export interface ColumnPlan {
  readonly columns: readonly RecordColumn[];
  /** Headers that nothing is known by. */
  readonly ignored: readonly string[];
}

/**
 * What each column is: by the name that an export gives it, by what was said, else by what the header means in other people's files.
 *
 * @param said - Such as `Role=title`, `Tier=custom.tier` or `Notes=ignore`.
 * @throws UsageError for a column or field that there is not, or a field that two columns claim.
 */
export function planColumns(
  kind: RecordKind,
  { headers, sampleRows }: Pick<Table, "headers" | "sampleRows">,
  said: readonly string[],
): ColumnPlan {
  const wanted = readSaid(kind, headers, said);
  const proposals = proposeMapping(headers, sampleRows);
  const taken = new Set<string>();
  const named = headers.map((header) => wanted.get(header) ?? columnNamed(kind, header));
  for (const [index, column] of named.entries()) claim(taken, column, headers[index] ?? "");
  const columns = headers.map((header, index) => {
    const known = named[index];
    if (known) return known;
    const name = fieldOf(kind, proposals[index]?.target ?? "custom");
    if (name === undefined || taken.has(`field ${name}`)) return NONE;
    return claim(taken, { part: "field", name }, header);
  });
  const ignored = headers.filter(
    (header, index) => columns[index]?.part === "none" && !wanted.has(header) && !TOLD.has(header),
  );
  return { columns, ignored };
}

/** A proposal is made for leads, which are a company and a person: whose country it is, the kind of the records says. */
function fieldOf(kind: RecordKind, target: string): string | undefined {
  const [of, name = ""] = target.split(".");
  const fits = of === kind || (kind !== "deal" && SHARED.has(name));
  return fits && Object.hasOwn(FIELD_TYPES[kind], name) ? name : undefined;
}

const SHARED = new Set(["country", "phone"]);

const folded = (name: string) => name.toLowerCase().replace(/[\s_-]/g, "");

/** A column by the name that an export gives it, as people write it, too: `First name` for `firstName`. */
function columnNamed(kind: RecordKind, name: string): RecordColumn | undefined {
  if (name.toLowerCase() === "id") return { part: "id" };
  const field = Object.keys(FIELD_TYPES[kind]).find((known) => folded(known) === folded(name));
  if (field !== undefined) return { part: "field", name: field };
  if (name.startsWith("custom.") && name.length > "custom.".length) {
    return { part: "custom", name: name.slice("custom.".length) };
  }
  const linked = KINDS.find((other) => name === `links.${other}`);
  return linked && { part: "link", kind: linked };
}

function readSaid(
  kind: RecordKind,
  headers: readonly string[],
  said: readonly string[],
): ReadonlyMap<string, RecordColumn> {
  const wanted = new Map<string, RecordColumn>();
  for (const text of said) {
    const at = text.lastIndexOf("=");
    const [header, name] = [text.slice(0, at), text.slice(at + 1)];
    if (at < 1 || !headers.includes(header)) {
      throw new UsageError(`--map "${text}": the file has no such column. It has: ${headers.join(", ")}.`);
    }
    const column = name === "ignore" ? NONE : columnNamed(kind, name);
    if (!column) {
      const names = Object.keys(FIELD_TYPES[kind]);
      throw new UsageError(
        `--map "${text}": a ${kind} has no field "${name}"${didYouMean(name, names) || `; it has ${names.join(", ")}, and custom.NAME.`}`,
      );
    }
    wanted.set(header, column);
  }
  return wanted;
}

function claim(taken: Set<string>, column: RecordColumn | undefined, header: string): RecordColumn {
  if (!column || column.part === "none") return NONE;
  const name = "name" in column ? column.name : "kind" in column ? column.kind : "";
  const key = `${column.part} ${name}`;
  if (taken.has(key)) {
    throw new UsageError(`Two columns are ${key.trim()}; leave one out with --map "${header}=ignore".`);
  }
  taken.add(key);
  return column;
}
