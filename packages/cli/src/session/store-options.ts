import type { OptionSpec, OptionValues } from "../command/command.js";
import { choiceOption, textOption } from "../command/option-values.js";
import { UsageError } from "../command/usage-error.js";
import type { Io } from "../io.js";

/** The options by which a store is chosen, as the help shows them. */
export const STORE_OPTIONS = {
  store: { type: "string", value: "memory|pg", help: "where runs are kept (memory)" },
  "database-url": { type: "string", value: "URL", help: "Postgres for --store pg (DATABASE_URL)" },
  tenant: { type: "string", value: "ID", help: "whose runs they are (default)" },
} as const satisfies Record<string, OptionSpec>;

/** The same, for commands on runs that are there already. */
export const DURABLE_OPTIONS = {
  ...STORE_OPTIONS,
  store: {
    type: "string",
    value: "pg",
    help: "where runs are kept; those of a memory store end with their process",
  },
  "database-url": { type: "string", value: "URL", help: "Postgres (DATABASE_URL)" },
} as const satisfies Record<string, OptionSpec>;

/** Where runs are kept, and whose they are. */
export interface StoreChoice {
  readonly store: "memory" | "pg";
  readonly databaseUrl: string | undefined;
  readonly tenant: string;
}

/** @throws UsageError naming what is wrong. */
export function readStoreChoice(options: OptionValues, io: Io): StoreChoice {
  return {
    store: choiceOption(options, "store", ["memory", "pg"]) ?? "memory",
    databaseUrl: textOption(options, "database-url") ?? io.env["DATABASE_URL"],
    tenant: textOption(options, "tenant") ?? "default",
  };
}

/** The store of runs that another process began: only a durable one has any. @throws UsageError where it is none. */
export function readDurableChoice(options: OptionValues, io: Io): StoreChoice {
  const choice = readStoreChoice(options, io);
  const isMemory = choice.store === "memory" && textOption(options, "store") !== undefined;
  if (isMemory || !choice.databaseUrl) {
    throw new UsageError(
      "Runs of --store memory end with the process that began them: nothing is left to look at. Begin runs with --store pg, and set DATABASE_URL (or --database-url) here too; `npm run postgres` in this repository starts one to try.",
    );
  }
  return { ...choice, store: "pg" };
}

/** The options of commands on records and syncs, which only a durable store keeps. */
export const RECORD_STORE_OPTIONS = {
  store: {
    type: "string",
    value: "pg",
    help: "where records are kept; those of a memory store end with their process",
  },
  "database-url": { type: "string", value: "URL", help: "Postgres (DATABASE_URL)" },
  tenant: { type: "string", value: "ID", help: "whose records they are (default)" },
} as const satisfies Record<string, OptionSpec>;

/** The store of records and syncs of other processes. @throws UsageError where it is none. */
export function readRecordStore(options: OptionValues, io: Io): StoreChoice {
  const choice = readStoreChoice(options, io);
  const isMemory = choice.store === "memory" && textOption(options, "store") !== undefined;
  if (isMemory || !choice.databaseUrl) {
    throw new UsageError(
      "Records and syncs of --store memory end with their process. Sync and import with --store pg, and set DATABASE_URL (or --database-url) here too; `npm run postgres` in this repository starts one to try.",
    );
  }
  return { ...choice, store: "pg" };
}
