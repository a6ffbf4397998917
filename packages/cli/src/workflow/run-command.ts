import { createSortableIds, systemClock } from "@salesagent/ports";
import type { Command, OptionSpec } from "../command/command.js";
import { didYouMean } from "../command/did-you-mean.js";
import { textOption } from "../command/option-values.js";
import { UsageError } from "../command/usage-error.js";
import type { Io } from "../io.js";
import { driveGraph } from "../run/drive-run.js";
import { INPUT_OPTIONS, readInput } from "../run/read-input.js";
import { EXIT_CODES_NOTE } from "../run/run-end.js";
import { ANSWER_OPTIONS, readFollow, readSetup, SETUP_OPTIONS, TELL_OPTIONS } from "../run/run-options.js";
import { openStore, type StoreSession } from "../session/open-session.js";
import { readStoreChoice, STORE_OPTIONS } from "../session/store-options.js";
import type { World } from "../world/world.js";
import { openWorld } from "../world/world-options.js";
import { withWorkflows } from "./open-library.js";
import { isFile, readDefinitions } from "./read-definitions.js";
import { saveFiles } from "./save-files.js";
import { type WorkflowChoice, workflowEntry } from "./workflow-entry.js";

const { input, "input-file": inputFile } = INPUT_OPTIONS;

const OPTIONS: Readonly<Record<string, OptionSpec>> = {
  input: { ...input, help: "the workflow's input; - reads it from the standard input" },
  "input-file": inputFile,
  version: { type: "string", value: "VERSION", help: "of a stored workflow (the active one)" },
  ...SETUP_OPTIONS,
  ...STORE_OPTIONS,
  "run-id": { type: "string", value: "ID", help: "names the run (a new id)" },
  ...ANSWER_OPTIONS,
  ...TELL_OPTIONS,
};

/** `salesagent workflow run FILE|NAME`: one run, told step by step. */
export const runCommand: Command = {
  name: "workflow run",
  summary:
    "runs a workflow of a file, or a stored one by its name; without a key it is a rehearsal on this machine",
  operands: "FILE [PART...]|NAME",
  options: OPTIONS,
  examples: [
    "salesagent workflow run outreach.json review.json --input-file lead.json",
    "salesagent workflow run outreach.json review.json --input-file lead.json --rehearse --yes",
    "salesagent workflow run outreach --store pg --input-file lead.json",
  ],
  note: `With --store pg, files are saved before they are run. ${EXIT_CODES_NOTE}`,
  async run(operands, given, io) {
    const version = textOption(given, "version");
    const setup = await readSetup(given, io);
    const follow = readFollow(given, setup.world);
    const begun = await readInput(workflowEntry(), given, io);
    await using store = await openStore(readStoreChoice(given, io), io);
    await using world = await openWorld(setup.world, io);
    if (!follow.quiet) for (const note of world.notes) io.stderr.write(`${note}\n`);
    const which = await theWorkflow(operands, version, { store, world, by: follow.by, io });
    if (!which) return 1;
    const entry = workflowEntry(which);
    const runId = textOption(given, "run-id") ?? createSortableIds(systemClock)();
    const call = { tenant: store.tenant, runId, signal: io.signal };
    const options = { ...setup, ...follow };
    return await driveGraph({ entry, runId, store, world, options, io }, ({ graph }) =>
      graph.invoke(begun, call),
    );
  },
};

/** Where workflows are looked for and kept. */
interface Place {
  readonly store: StoreSession;
  readonly world: World;
  readonly by: string;
  readonly io: Io;
}

/** The stored workflow that is meant; a file is stored first. @returns Nothing where it can't be: that was told. */
async function theWorkflow(
  operands: readonly string[],
  version: string | undefined,
  place: Place,
): Promise<WorkflowChoice | undefined> {
  const [first = "", ...more] = operands;
  if (operands.length > 0 && !isFile(first)) {
    if (more.length > 0) throw new UsageError(`One workflow at a time; got ${operands.length} words.`);
    return storedWorkflow({ workflow: first, version }, place);
  }
  if (version !== undefined) throw new UsageError("--version is for stored workflows; a file has its own.");
  const { store, world, by, io } = place;
  const files = await readDefinitions(operands);
  const choice = { tenant: store.tenant, by };
  const saved = await withWorkflows(
    store,
    world.kind,
    (workflows) => saveFiles(workflows, files, choice, io),
    world,
  );
  const record = saved?.get(first);
  return record && { workflow: record.name, version: record.version };
}

/** @throws UsageError where there is none of this name. */
async function storedWorkflow(which: WorkflowChoice, { store, io }: Place): Promise<WorkflowChoice> {
  const { workflow, version } = which;
  const { workflows } = store.stores;
  const found = await workflows.get(workflow, version, { signal: io.signal });
  if (found) return { workflow, version: found.version };
  if (!store.durable) {
    throw new UsageError(
      `"${workflow}" is the name of a stored workflow, and none is in memory: use --store pg, or give a file.`,
    );
  }
  const { items } = await workflows.list({}, { limit: 1_000 }, { signal: io.signal });
  const near = didYouMean(
    workflow,
    items.map(({ name }) => name),
  );
  const what = version === undefined ? "no workflow" : `no version "${version}" of a workflow`;
  throw new UsageError(
    `There is ${what} "${workflow}" of the tenant "${store.tenant}"${near || "."} \`salesagent workflow list\` shows what is stored.`,
  );
}
