import type { WorkflowDefinition } from "@salesagent/core/workflow";
import type { WorkflowRecord } from "@salesagent/ports";
import type { Command, OptionValues } from "../command/command.js";
import { flagOption, textOption, wholeNumberOption } from "../command/option-values.js";
import { UsageError } from "../command/usage-error.js";
import { type Column, renderTable } from "../render/table.js";
import { BY_OPTION, readPerson } from "../session/deciding-person.js";
import { openStore } from "../session/open-session.js";
import { DURABLE_OPTIONS, readDurableChoice } from "../session/store-options.js";
import { openWorld, readWorldChoice, WORLD_OPTIONS } from "../world/world-options.js";
import { withWorkflows } from "./open-library.js";
import { readDefinitions } from "./read-definitions.js";
import { saveFiles } from "./save-files.js";

const JSON_OPTION = { json: { type: "boolean", help: "prints one JSON object a line" } } as const;
const WIDTH_CHARS = 140;
const DEFAULT_LIMIT = 50;

/** `salesagent workflow save FILE…`: puts workflows into the store. */
export const saveCommand: Command = {
  name: "workflow save",
  summary:
    "checks workflows and stores them; new runs begin with the first version of a name until another is activated",
  operands: "FILE...",
  options: {
    activate: { type: "boolean", help: "lets new runs begin with them from now on" },
    note: { type: "string", value: "TEXT", help: "why" },
    ...BY_OPTION,
    ...WORLD_OPTIONS,
    ...DURABLE_OPTIONS,
    ...JSON_OPTION,
  },
  examples: ["salesagent workflow save outreach.json review.json --activate --by user:42"],
  async run(operands, options, io) {
    const files = await readDefinitions(operands);
    const by = readPerson(options);
    await using store = await openStore(readDurableChoice(options, io), io);
    await using world = await openWorld(readWorldChoice(options, io), io);
    const choice = {
      tenant: store.tenant,
      ...{ by, note: textOption(options, "note"), activate: flagOption(options, "activate") },
    };
    const saved = await withWorkflows(
      store,
      world.kind,
      (workflows) => saveFiles(workflows, files, choice, io),
      world,
    );
    if (!saved) return 1;
    for (const [file, record] of saved) io.stdout.write(savedLine(file, record, options));
    return 0;
  },
};

function savedLine(file: string, record: WorkflowRecord, options: OptionValues): string {
  if (flagOption(options, "json")) return `${JSON.stringify(record)}\n`;
  const { name, version, active } = record;
  const hint = active
    ? "new runs begin with it"
    : `salesagent workflow activate ${name} ${version} lets new runs begin with it`;
  return `${file}: ${name}, version ${version}, is stored; ${hint}\n`;
}

/** `salesagent workflow list`: what is stored. */
export const listCommand: Command = {
  name: "workflow list",
  summary: "lists stored workflows in their versions, the latest first",
  operands: "",
  options: {
    name: { type: "string", value: "NAME", help: "only the versions of one" },
    active: { type: "boolean", help: "only those that new runs begin with" },
    limit: { type: "string", value: "N", help: `how many (${DEFAULT_LIMIT})` },
    ...DURABLE_OPTIONS,
    ...JSON_OPTION,
  },
  examples: ["salesagent workflow list --active", "salesagent workflow list --name outreach --json"],
  async run(_operands, options, io) {
    const limit = wholeNumberOption(options, "limit", { least: 1, most: 1_000 }) ?? DEFAULT_LIMIT;
    const filter = {
      name: textOption(options, "name"),
      ...(flagOption(options, "active") && { active: true }),
    };
    await using store = await openStore(readDurableChoice(options, io), io);
    const { items } = await store.stores.workflows.list(filter, { limit }, { signal: io.signal });
    if (flagOption(options, "json"))
      for (const record of items) io.stdout.write(`${JSON.stringify(record)}\n`);
    else if (items.length === 0)
      io.stdout.write("No workflows. `salesagent workflow save FILE` stores one.\n");
    else io.stdout.write(`${renderTable(COLUMNS, items, io.stdout.columns ?? WIDTH_CHARS)}\n`);
    return 0;
  },
};

const COLUMNS: readonly Column<WorkflowRecord>[] = [
  { title: "Workflow", cell: ({ name }) => name },
  { title: "Version", cell: ({ version }) => version },
  { title: "New runs", cell: ({ active }) => (active ? "✓" : "") },
  { title: "Nodes", align: "right", cell: ({ definition }) => String(nodesOf(definition)) },
  { title: "Saved", cell: ({ createdAt }) => createdAt.slice(0, 19).replace("T", " ") },
  { title: "By", cell: ({ createdBy = "" }) => createdBy },
  { title: "Note", grows: true, cell: ({ note = "" }) => note },
];

function nodesOf(definition: Partial<WorkflowDefinition>): number {
  return definition.nodes?.length ?? 0;
}

/** `salesagent workflow activate NAME VERSION`: what new runs begin with. */
export const activateCommand: Command = {
  name: "workflow activate",
  summary: "lets new runs begin with a version, also with an older one; runs under way keep theirs",
  operands: "NAME VERSION",
  options: { ...BY_OPTION, ...WORLD_OPTIONS, ...DURABLE_OPTIONS },
  examples: ["salesagent workflow activate outreach 2 --by user:42"],
  async run([name, version, ...more], options, io) {
    if (name === undefined || version === undefined || more.length > 0)
      throw new UsageError("Use `salesagent workflow activate NAME VERSION`.");
    const by = readPerson(options);
    await using store = await openStore(readDurableChoice(options, io), io);
    await using world = await openWorld(readWorldChoice(options, io), io);
    const { tenant } = store;
    await withWorkflows(
      store,
      world.kind,
      async (workflows) => workflows.activate(name, version, { tenant, by, signal: io.signal }),
      world,
    );
    io.stdout.write(`New runs of ${name} begin with version ${version}.\n`);
    return 0;
  },
};
