import type { DeadLetter } from "@salesagent/ports";
import type { Command, OptionValues } from "../command/command.js";
import { flagOption } from "../command/option-values.js";
import { UsageError } from "../command/usage-error.js";
import type { Io } from "../io.js";
import { BY_OPTION, readPerson } from "../session/deciding-person.js";
import { RECORD_STORE_OPTIONS, readRecordStore } from "../session/store-options.js";
import { openSync, type SyncSession } from "../sync/open-sync.js";
import { theLetter } from "./the-letter.js";

const OPTIONS = {
  ...BY_OPTION,
  ...RECORD_STORE_OPTIONS,
  json: { type: "boolean", help: "prints the letter as it stands, as JSON" },
} as const;

/** `salesagent dlq replay ID`: it is tried again, against what stands by then. */
export const replayCommand: Command = {
  name: "dlq replay",
  summary: "tries it again with the next sync, against what stands by then",
  operands: "ID",
  options: OPTIONS,
  examples: ["salesagent dlq replay 01a1fdd1 --by user:42"],
  run: (operands, options, io) =>
    endLetter(operands, options, io, {
      end: ({ sync }, { id }, decided) => sync.deadLetters.replay(id, decided),
      inWords: ({ connection }) => `is replayed; it is tried again by: salesagent sync ${connection}`,
    }),
};

/** `salesagent dlq drop ID`: it is given up. */
export const dropCommand: Command = {
  name: "dlq drop",
  summary: "gives it up; the record is tried again only once it changes",
  operands: "ID",
  options: OPTIONS,
  examples: ["salesagent dlq drop 01a1fdd1 --by user:42"],
  run: (operands, options, io) =>
    endLetter(operands, options, io, {
      end: ({ sync }, { id }, decided) => sync.deadLetters.drop(id, decided),
      inWords: () => "is dropped.",
    }),
};

interface Ending {
  end(
    session: SyncSession,
    letter: DeadLetter,
    decided: { readonly by: string; readonly signal: AbortSignal },
  ): Promise<unknown>;
  inWords(letter: DeadLetter): string;
}

async function endLetter(
  operands: readonly string[],
  options: OptionValues,
  io: Io,
  { end, inWords }: Ending,
): Promise<number> {
  const by = readPerson(options);
  const { signal } = io;
  await using session = await openSync(readRecordStore(options, io), io);
  const letter = await theLetter(session.sync, operands, signal);
  const { id, status } = letter;
  if (status !== "open") throw new UsageError(`The dead letter ${id} is ${status} already.`);
  await end(session, letter, { by, signal });
  if (flagOption(options, "json")) {
    io.stdout.write(`${JSON.stringify((await session.sync.deadLetters.get(id, { signal })) ?? letter)}\n`);
  } else io.stdout.write(`The dead letter ${id} ${inWords(letter)}\n`);
  return 0;
}
