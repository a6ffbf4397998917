import type { ConflictChoice } from "@salesagent/core/crm";
import type { ConflictRecord, JsonValue } from "@salesagent/ports";
import type { Command, OptionValues } from "../command/command.js";
import { choiceOption, flagOption, textOption } from "../command/option-values.js";
import { UsageError } from "../command/usage-error.js";
import { BY_OPTION, readPerson } from "../session/deciding-person.js";
import { RECORD_STORE_OPTIONS, readRecordStore } from "../session/store-options.js";
import { openSync } from "../sync/open-sync.js";
import { theConflict } from "./the-conflict.js";

/** `salesagent conflicts resolve ID`: a person takes a side, or gives another value. */
export const resolveCommand: Command = {
  name: "conflicts resolve",
  summary: "settles a conflict; the next sync carries it over",
  operands: "ID",
  options: {
    take: { type: "string", value: "app|crm", help: "the value of that side" },
    value: {
      type: "string",
      value: "V",
      help: "another value instead of the two; an empty one takes it away",
    },
    ...BY_OPTION,
    ...RECORD_STORE_OPTIONS,
    json: { type: "boolean", help: "prints the conflict as it stands, as JSON" },
  },
  examples: [
    "salesagent conflicts resolve 5f2c9d1e --take crm --by user:42",
    'salesagent conflicts resolve 5f2c9d1e --value "Head of Sales"',
  ],
  async run(operands, options, io) {
    const wanted = readWish(options);
    const by = readPerson(options);
    const { signal } = io;
    await using session = await openSync(readRecordStore(options, io), io);
    const { conflicts } = session.sync;
    const conflict = await theConflict(session.sync, operands, signal);
    const { id, connection, status, field } = conflict;
    if (status !== "open") {
      throw new UsageError(`The conflict ${id} is ${status} already: \`salesagent conflicts show ${id}\`.`);
    }
    await conflicts.resolve(id, toChoice(wanted, conflict), { by, signal });
    if (flagOption(options, "json")) {
      io.stdout.write(`${JSON.stringify((await conflicts.get(id, { signal })) ?? conflict)}\n`);
    } else {
      const what = wanted.take === undefined ? "another value" : `the value of ${wanted.take}`;
      io.stdout.write(
        `${field}: ${what} is taken, by ${by} (${id}). It is carried over by: salesagent sync ${connection}\n`,
      );
    }
    return 0;
  },
};

interface Wish {
  readonly take: "app" | "crm" | undefined;
  readonly value: string | undefined;
}

function readWish(options: OptionValues): Wish {
  const wish = { take: choiceOption(options, "take", ["app", "crm"]), value: textOption(options, "value") };
  if ((wish.take === undefined) === (wish.value === undefined)) {
    throw new UsageError("Whose value? Give --take app, --take crm, or --value V; one of them.");
  }
  return wish;
}

/** @throws UsageError for a value that is not of the field's type. */
function toChoice({ take, value = "" }: Wish, { field, app, crm, base }: ConflictRecord): ConflictChoice {
  if (take !== undefined) return { take };
  if (field === "$record") {
    throw new UsageError("The record itself is in question: --take app or --take crm says whether it stays.");
  }
  if (value === "") return { value: null };
  const known = [app, crm, base].find((one) => one !== null);
  return { value: known === undefined || typeof known === "string" ? value : ofType(known, value, field) };
}

function ofType(known: JsonValue, text: string, field: string): JsonValue {
  const typeOf = (value: JsonValue) => (Array.isArray(value) ? "array" : typeof value);
  const wrong = new UsageError(
    `--value for ${field} must be JSON such as ${JSON.stringify(known)}, got "${text}".`,
  );
  let value: JsonValue;
  try {
    value = JSON.parse(text) as JsonValue;
  } catch {
    throw wrong; // what is no JSON is of no other type than text
  }
  if (typeOf(value) !== typeOf(known)) throw wrong;
  return value;
}
