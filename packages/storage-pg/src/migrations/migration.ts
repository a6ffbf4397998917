import { stores } from "./0001-stores.js";
import { routing } from "./0002-routing.js";
import { flows } from "./0003-flows.js";
import { memory } from "./0004-memory.js";
import { sync } from "./0005-sync.js";
import { streams } from "./0006-streams.js";
import { leadLists } from "./0007-lead-lists.js";

/** One change of the schema. A released one is never edited: its checksum is on record. */
export interface Migration {
  /** 1, 2, 3 … */
  readonly number: number;
  readonly name: string;
  /** SQL; `$schema` stands for the quoted name of the schema. */
  readonly sql: string;
}

/** All migrations, in order. */
export const migrations: readonly Migration[] = [
  { number: 1, name: "stores", sql: stores },
  { number: 2, name: "routing", sql: routing },
  { number: 3, name: "flows", sql: flows },
  { number: 4, name: "memory", sql: memory },
  { number: 5, name: "sync", sql: sync },
  { number: 6, name: "streams", sql: streams },
  { number: 7, name: "lead-lists", sql: leadLists },
];
