import { knownCrm } from "../choice/crms.js";
import type { Command } from "../command/command.js";
import { flagOption } from "../command/option-values.js";
import { UsageError } from "../command/usage-error.js";
import { BY_OPTION, readPerson } from "../session/deciding-person.js";
import { RECORD_STORE_OPTIONS, readRecordStore } from "../session/store-options.js";
import { toKind } from "./kinds.js";
import { openSync } from "./open-sync.js";

/** `salesagent sync allow-removals CRM KIND`: a person says that records are really gone. */
export const allowRemovalsCommand: Command = {
  name: "sync allow-removals",
  summary: "lets removals that are held go on with the next sync: those that wait now, and no more",
  operands: "CRM KIND",
  options: {
    ...BY_OPTION,
    ...RECORD_STORE_OPTIONS,
    json: { type: "boolean", help: "prints one JSON object" },
  },
  examples: ["salesagent sync allow-removals close contact --by user:42"],
  async run(operands, options, io) {
    const [name, word, ...more] = operands;
    if (name === undefined || more.length > 0) {
      throw new UsageError("Of which CRM and kind? Such as `salesagent sync allow-removals close contact`.");
    }
    const [crm, kind] = [knownCrm(name).name, toKind(word, "The kind")];
    const by = readPerson(options);
    await using session = await openSync(readRecordStore(options, io), io);
    const removals = await session.sync.allowRemovals(crm, kind, { by, signal: io.signal });
    if (flagOption(options, "json")) {
      io.stdout.write(`${JSON.stringify({ connection: crm, kind, removals, by })}\n`);
    } else if (removals === 0) io.stdout.write(`No removals of ${kind} records are held for ${crm}.\n`);
    else {
      io.stdout.write(
        `${removals} removals of ${kind} records are allowed by ${by}, for 24 hours. They are made by: salesagent sync ${crm}\n`,
      );
    }
    return 0;
  },
};
