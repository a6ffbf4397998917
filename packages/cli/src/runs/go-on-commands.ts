import type { AgentEntry } from "../agents/agent-entry.js";
import type { Command, OptionSpec, OptionValues } from "../command/command.js";
import { textOption } from "../command/option-values.js";
import { UsageError } from "../command/usage-error.js";
import type { Io } from "../io.js";
import { type BeginRun, driveGraph } from "../run/drive-run.js";
import { EXIT_CODES, EXIT_CODES_NOTE } from "../run/run-end.js";
import { ANSWER_OPTIONS, readFollow, readSetup, SETUP_OPTIONS, TELL_OPTIONS } from "../run/run-options.js";
import { toJson } from "../session/ask-person.js";
import { readPerson } from "../session/deciding-person.js";
import { openStore, type StoreSession } from "../session/open-session.js";
import { settleRun } from "../session/settle-run.js";
import { DURABLE_OPTIONS, readDurableChoice } from "../session/store-options.js";
import { worldOf } from "../world/own-versions.js";
import type { WorldKind } from "../world/world.js";
import { openWorld, readWorldChoice, refuseOtherWorld } from "../world/world-options.js";
import { findGraphRun, theOperand } from "./find-run.js";
import { lookAtRun } from "./look-at-run.js";

const GO_ON_OPTIONS = {
  ...SETUP_OPTIONS,
  ...ANSWER_OPTIONS,
  ...DURABLE_OPTIONS,
  ...TELL_OPTIONS,
} as const satisfies Record<string, OptionSpec>;

type GraphRunFound = Awaited<ReturnType<typeof findGraphRun>>;

/** `salesagent runs resume RUN`: works in this process until the run rests. */
export const resumeCommand: Command = {
  name: "runs resume",
  summary: "goes on with a run in this process and tells what happens, until it ends or waits",
  operands: "RUN",
  options: {
    answer: { type: "string", value: "JSON", help: "the answer, where the run waits for a single one" },
    ...GO_ON_OPTIONS,
  },
  note: EXIT_CODES_NOTE,
  examples: [
    "salesagent runs resume f8bfd61a5f3c",
    `salesagent runs resume f8bfd61a5f3c --answer '{"ok": true}'`,
  ],
  async run(operands, options, io) {
    const id = theOperand(operands, "run");
    await using store = await openStore(readDurableChoice(options, io), io);
    const found = await findGraphRun(store, id);
    const answer = textOption(options, "answer");
    if (answer !== undefined) await deliverAnswer(store, found, answer, io);
    const own = ownOf(found);
    if (own) return await goOn(store, found, own, options, io);
    if (answer === undefined) throw notOurs(found);
    io.stdout.write(
      `The answer is with the run ${found.record.id}, which goes on where its own program works.\n`,
    );
    return 0;
  },
};

/** `salesagent runs retry RUN`: a run that failed goes on from its last finished step. */
export const retryCommand: Command = {
  name: "runs retry",
  summary: "lets a run that failed go on from its last finished step",
  operands: "RUN",
  options: GO_ON_OPTIONS,
  examples: ["salesagent runs retry f8bfd61a5f3c"],
  async run(operands, options, io) {
    const id = theOperand(operands, "run");
    await using store = await openStore(readDurableChoice(options, io), io);
    const found = await findGraphRun(store, id);
    const { record } = found;
    const own = ownOf(found);
    // What can't be opened here is found out before the run is pending again.
    if (own) refuseOtherWorld(own.kind, readWorldChoice(options, io), record.id);
    if (!(await store.stores.flows.reopen(record.id, { signal: io.signal }))) {
      throw new UsageError(`The run ${record.id} is ${record.status}: only one that failed can be retried.`);
    }
    if (own) return await goOn(store, found, own, options, io);
    io.stdout.write(`The run ${record.id} is pending again, and goes on where its own program works.\n`);
    return 0;
  },
};

/** `salesagent runs cancel RUN`: asks for the end of a run, and sees to it where that can be done here. */
export const cancelCommand: Command = {
  name: "runs cancel",
  summary: "ends a run for good",
  operands: "RUN",
  options: {
    reason: { type: "string", value: "TEXT", help: "why (asked for on the command line)" },
    ...GO_ON_OPTIONS,
  },
  examples: ['salesagent runs cancel f8bfd61a5f3c --reason "they called us"'],
  async run(operands, options, io) {
    const id = theOperand(operands, "run");
    const stop = {
      by: readPerson(options),
      reason: textOption(options, "reason") ?? "asked for on the command line",
    };
    await using store = await openStore(readDurableChoice(options, io), io);
    const found = await findGraphRun(store, id);
    const { record } = found;
    const own = ownOf(found);
    const works = own !== undefined && canWork(own.kind, options, io);
    if (!(await store.stores.flows.stop(record.id, stop, { signal: io.signal }))) {
      throw new UsageError(`The run ${record.id} is ${record.status}: it has ended already.`);
    }
    if (own && works) {
      const exitCode = await goOn(store, found, own, options, io);
      return exitCode === EXIT_CODES.cancelled ? 0 : exitCode;
    }
    io.stdout.write(
      `The end of the run ${record.id} is asked for. It ends as soon as somebody works on it.\n`,
    );
    return 0;
  },
};

interface OwnRun {
  readonly entry: AgentEntry;
  readonly kind: WorldKind;
}

/** Only runs that this command began are worked on: what others mean by the same name is not known here. */
function ownOf({ record, entry }: GraphRunFound): OwnRun | undefined {
  const kind = worldOf(record);
  return entry && kind && { entry, kind };
}

function notOurs({ record }: GraphRunFound): UsageError {
  return new UsageError(
    `The run ${record.id} was begun by another program, which alone can go on with it. Here it can be shown, answered, approved, refused and cancelled.`,
  );
}

function canWork(kind: WorldKind, options: OptionValues, io: Io): boolean {
  return readWorldChoice(forWorld(kind, options), io) === "rehearsal"
    ? kind === "rehearsal"
    : kind === "live";
}

/** A rehearsal goes on as one, also where keys are set. */
function forWorld(kind: WorldKind, options: OptionValues): OptionValues {
  return kind === "rehearsal" && options["model"] === undefined ? { ...options, rehearse: true } : options;
}

async function goOn(
  store: StoreSession,
  { record }: GraphRunFound,
  { entry, kind }: OwnRun,
  given: OptionValues,
  io: Io,
): Promise<number> {
  const { blocked } = await lookAtRun(store, record, entry);
  if (blocked) {
    throw new UsageError(
      `The run ${record.id} can't go on with this version of ${entry.name}: ${blocked.message}`,
    );
  }
  const options = forWorld(kind, given);
  const setup = await readSetup(options, io);
  refuseOtherWorld(kind, setup.world, record.id);
  const follow = readFollow(options, setup.world);
  await using world = await openWorld(setup.world, io);
  if (!follow.quiet) for (const note of world.notes) io.stderr.write(`${note}\n`);
  const begin: BeginRun = ({ graph }) => settleRun(store, graph, record.id, io.signal);
  return await driveGraph(
    { entry, runId: record.id, store, world, options: { ...setup, ...follow }, io },
    begin,
  );
}

async function deliverAnswer(
  { stores }: StoreSession,
  { record }: GraphRunFound,
  answer: string,
  { signal }: Io,
): Promise<void> {
  const { id, status, awaiting } = record;
  const [name, ...others] = awaiting;
  if (name === undefined || others.length > 0) {
    const names = others.length > 0 ? `several things: ${awaiting.join(", ")}` : "no answer";
    throw new UsageError(`--answer: the run ${id} (${status}) waits for ${names}.`);
  }
  await stores.flows.deliver(id, { name, payload: toJson(answer) }, { signal });
}
