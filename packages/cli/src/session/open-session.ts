import { exampleProfile, type IdealCustomerProfile } from "@salesagent/agents";
import { createEventBus, createSpendCap } from "@salesagent/core";
import { type Approvals, createApprovals, createEffects } from "@salesagent/core/effects";
import { type DurableFlows, durableFlows, type GraphEvent } from "@salesagent/core/graph";
import {
  type Clock,
  type EventBus,
  type FlowClaim,
  type Storage,
  systemClock,
  type TenantStorage,
} from "@salesagent/ports";
import type { AgentEntry, AgentMeans, GraphAgent, PlainAgent } from "../agents/agent-entry.js";
import { openStorage } from "../choice/storage-choice.js";
import type { Io } from "../io.js";
import { ownStored, ownVersions } from "../world/own-versions.js";
import type { World, WorldKind } from "../world/world.js";
import type { StoreChoice } from "./store-options.js";

/** What agents are told beside their input. */
export interface AgentSetup {
  readonly profile?: IdealCustomerProfile | undefined;
  readonly pitch?: string | undefined;
  readonly budgetUsd?: number | undefined;
}

const PITCH = "Teams like yours book twice as many meetings when nobody types the same mail twice.";

/** Runs at once in this process. */
const CONCURRENCY = 10;

/** A storage with what decides on and looks at its runs. */
export interface StoreSession extends AsyncDisposable {
  readonly storage: Storage;
  readonly stores: TenantStorage;
  readonly tenant: string;
  readonly durable: boolean;
  readonly approvals: Approvals;
  readonly clock: Clock;
}

/** Opens the store that was chosen. */
export async function openStore(choice: StoreChoice, io: Io): Promise<StoreSession> {
  const storage = await openStorage(choice.store, choice.databaseUrl, io.signal);
  return {
    storage,
    stores: storage.tenant(choice.tenant),
    tenant: choice.tenant,
    durable: storage.supports.durable,
    approvals: createApprovals({ storage }),
    clock: systemClock,
    [Symbol.asyncDispose]: () => storage[Symbol.asyncDispose](),
  };
}

/** Agents that work in this process on the runs of a store. */
export interface WorkSession extends AsyncDisposable {
  readonly world: World;
  readonly events: EventBus;
  readonly flows: DurableFlows;
  /** What its agents are made with. */
  readonly means: AgentMeans;
  /** Makes this process work on the runs of an agent. */
  openGraph(entry: AgentEntry): GraphAgent | undefined;
  openAgent(entry: AgentEntry): PlainAgent | undefined;
}

/** Who is told of what this process works on. */
export interface WorkWatcher {
  /** Only looks at runs and answers them: of which world they are, nothing for those of other programs. @defaultValue works */
  readonly looksAt?: { readonly world: WorldKind | undefined };
  onEvent?(event: GraphEvent, claim: FlowClaim): void;
  onError?(error: unknown): void;
}

/** Opens what works on runs. The world and the store are the caller's to close, after this. */
export function openWork(
  store: StoreSession,
  world: World,
  setup: AgentSetup,
  watcher: WorkWatcher = {},
): WorkSession {
  const { storage, approvals, clock } = store;
  const flows = durableFlows({
    storage,
    concurrency: CONCURRENCY,
    work: watcher.looksAt ? "elsewhere" : "here",
    onEvent: (event, claim) => watcher.onEvent?.(event, claim),
    onError: (error) => watcher.onError?.(error),
  });
  const events = createEventBus();
  const { budgetUsd, profile = exampleProfile, pitch = PITCH } = setup;
  const kind = watcher.looksAt ? watcher.looksAt.world : world.kind;
  const means: AgentMeans = {
    ...{ world, storage, approvals, clock, events, profile, pitch },
    checkpointer: ownVersions(flows, kind),
    stored: ownStored(flows, kind),
    effects: createEffects({ storage }),
    spendCap: budgetUsd === undefined ? undefined : createSpendCap({ usd: budgetUsd }),
  };
  return {
    ...{ world, events, flows, means },
    openGraph: ({ work }) => (work.kind === "graph" ? work.open(means) : work.openGraph?.(means)),
    openAgent: ({ work }) => (work.kind === "agent" ? work.open(means) : undefined),
    [Symbol.asyncDispose]: () => flows[Symbol.asyncDispose](),
  };
}
