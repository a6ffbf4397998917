import type { WorkflowRegistry, Workflows } from "@salesagent/core/workflow";
import type { OptionValues } from "../command/command.js";
import type { Io } from "../io.js";
import { openStore, openWork, type StoreSession } from "../session/open-session.js";
import { idleWorld } from "../world/idle-world.js";
import type { World, WorldKind } from "../world/world.js";
import { openWorld, readWorldChoice } from "../world/world-options.js";
import { openWorkflows } from "./workflow-entry.js";
import { workflowRegistry } from "./workflow-registry.js";

/** Opens what nodes may name in the world that the options choose; nobody is asked anything. @throws UsageError */
export async function withRegistry<T>(
  options: OptionValues,
  io: Io,
  use: (registry: WorkflowRegistry) => T,
): Promise<T> {
  await using store = await openStore({ store: "memory", databaseUrl: undefined, tenant: "default" }, io);
  await using world = await openWorld(readWorldChoice(options, io), io);
  await using work = openWork(store, world, {}, { looksAt: { world: world.kind } });
  return use(workflowRegistry(work.means));
}

/** Opens the workflows of a store to save them, and to look at their runs; nothing is worked on. */
export async function withWorkflows<T>(
  store: StoreSession,
  world: WorldKind | undefined,
  use: (workflows: Workflows, registry: WorkflowRegistry) => Promise<T>,
  given: World = idleWorld(),
): Promise<T> {
  await using work = openWork(store, given, {}, { looksAt: { world } });
  return await use(openWorkflows(work.means), workflowRegistry(work.means));
}
