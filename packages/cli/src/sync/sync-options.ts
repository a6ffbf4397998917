import type { RecordKind } from "@salesagent/ports";
import { CRM_CREDENTIALS, type KnownCrm, knownCrm } from "../choice/crms.js";
import type { OptionSpec, OptionValues } from "../command/command.js";
import { choiceOption, flagOption, textOption, wholeNumberOption } from "../command/option-values.js";
import { UsageError } from "../command/usage-error.js";
import type { Io } from "../io.js";
import { readStoreChoice, STORE_OPTIONS, type StoreChoice } from "../session/store-options.js";
import { toKinds } from "./kinds.js";

const SHOWN = 20;

export const SYNC_OPTIONS = {
  plan: { type: "boolean", help: "prints what would be written, field by field, and writes nothing" },
  limit: {
    type: "string",
    value: "N",
    help: `writes of the plan that are shown (${SHOWN}; all with --json)`,
  },
  kinds: {
    type: "string",
    value: "KINDS",
    help: "company, contact, deal, with commas (all that the CRM has)",
  },
  direction: {
    type: "string",
    value: "WAY",
    help: "both, to-app or to-crm (both; to-app for apollo, linkedin)",
  },
  full: { type: "boolean", help: "walks over all records of the CRM again" },
  url: { type: "string", value: "BASE", help: "where the CRM is, such as a sandbox (the vendor's)" },
  ...STORE_OPTIONS,
  store: { type: "string", value: "memory|pg", help: "where records and links are kept (memory)" },
  tenant: { type: "string", value: "ID", help: "whose records they are (default)" },
  json: { type: "boolean", help: "prints one JSON object a line: each write or event, then a summary" },
} as const satisfies Record<string, OptionSpec>;

export const SYNC_NOTE = `${CRM_CREDENTIALS}
Exit codes: 0 done, also where removals are held; 1 failed; 2 wrong usage; 130 interrupted.`;

/** What `salesagent sync CRM` was asked for. */
export interface SyncChoice {
  readonly crm: KnownCrm;
  readonly store: StoreChoice;
  readonly plan: boolean;
  /** Writes of a plan that are shown. */
  readonly limit: number;
  readonly json: boolean;
  readonly url: string | undefined;
  readonly run: {
    readonly kinds: readonly RecordKind[] | undefined;
    readonly direction: "both" | "to-app" | "to-crm";
    readonly full: boolean;
  };
}

/** @throws UsageError naming what is wrong. */
export function readSyncChoice(operands: readonly string[], options: OptionValues, io: Io): SyncChoice {
  const crm = theCrm(operands);
  const json = flagOption(options, "json");
  const most = { least: 0, most: 1_000_000_000 };
  return {
    crm,
    json,
    store: readStoreChoice(options, io),
    plan: flagOption(options, "plan"),
    limit: wholeNumberOption(options, "limit", most) ?? (json ? Number.POSITIVE_INFINITY : SHOWN),
    url: readUrl(options),
    run: {
      kinds: toKinds(textOption(options, "kinds")),
      direction: choiceOption(options, "direction", ["both", "to-app", "to-crm"]) ?? crm.direction,
      full: flagOption(options, "full"),
    },
  };
}

/** The one CRM that a command is given. @throws UsageError */
export function theCrm(operands: readonly string[]): KnownCrm {
  const [name, ...more] = operands;
  if (name === undefined) throw new UsageError("Which CRM? Such as `salesagent sync close --plan`.");
  if (more.length > 0) throw new UsageError(`One CRM at a time; got ${operands.length} words.`);
  return knownCrm(name);
}

function readUrl(options: OptionValues): string | undefined {
  const url = textOption(options, "url");
  if (url === undefined || /^https?:\/\/\S+$/.test(url)) return url;
  throw new UsageError(`--url must be an address such as http://127.0.0.1:4020/api/v1, got "${url}".`);
}
