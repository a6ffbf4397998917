import type { CallOptions, TenantStorage, TenantStores } from "@salesagent/ports";
import {
  sampleAudit,
  sampleDraft,
  sampleFact,
  sampleImport,
  sampleMessage,
  sampleModelCall,
  sampleResult,
  sampleRun,
  sampleStep,
  sampleSummary,
  sampleUsage,
  sampleWorkflow,
} from "./sample-records.js";
import {
  FAR_AHEAD,
  NOTHING,
  sampleBreaker,
  sampleEntry,
  sampleItem,
  sampleReservation,
} from "./sample-shared-state.js";

/** A call of each method of each store, by name. */
export function everyCall(
  stores: TenantStores,
  call?: CallOptions,
): Readonly<Record<string, () => Promise<unknown>>> {
  const { leads, runs, steps, modelCalls, results, messages, audit, usage, imports } = stores;
  const { budgets, cache, breakers, vectors, facts, workflows } = stores;
  return {
    "leads.insertMany": () => leads.insertMany([sampleDraft("one")], call),
    "leads.get": () => leads.get("lead-1", call),
    "leads.getMany": () => leads.getMany(["lead-1"], call),
    "leads.findByKey": () => leads.findByKey("domain:one", call),
    "leads.replace": () => leads.replace("lead-1", sampleDraft("one"), call),
    "leads.list": () => leads.list({}, {}, call),
    "leads.count": () => leads.count({}, call),
    "leads.find": () => leads.find({}, {}, call),
    "runs.create": () => runs.create(sampleRun("run-1"), call),
    "runs.update": () => runs.update("run-1", { status: "failed" }, call),
    "runs.putMany": () => runs.putMany([sampleRun("run-1")], call),
    "runs.get": () => runs.get("run-1", call),
    "runs.list": () => runs.list({}, {}, call),
    "runs.costsOfParts": () => runs.costsOfParts(["run-1"], call),
    "steps.putMany": () => steps.putMany([sampleStep("run-1", 0)], call),
    "steps.list": () => steps.list("run-1", {}, call),
    "modelCalls.addMany": () => modelCalls.addMany([sampleModelCall("call-1")], call),
    "modelCalls.list": () => modelCalls.list({}, {}, call),
    "results.addMany": () => results.addMany([sampleResult("result-1")], call),
    "results.latest": () => results.latest("lead-1", "qualification", call),
    "results.list": () => results.list({}, {}, call),
    "messages.append": () => messages.append("thread", [sampleMessage("text")], call),
    "messages.list": () => messages.list("thread", {}, call),
    "messages.latest": () => messages.latest("thread", { limit: 1 }, call),
    "messages.thread": () => messages.thread("thread", call),
    "messages.summarise": () => messages.summarise("thread", sampleSummary(0), call),
    "messages.remove": () => messages.remove("another", call),
    "audit.addMany": () => audit.addMany([sampleAudit("audit-1")], call),
    "audit.list": () => audit.list({}, {}, call),
    "usage.addMany": () => usage.addMany([sampleUsage()], call),
    "usage.list": () => usage.list({}, call),
    "imports.get": () => imports.get("file", call),
    "imports.save": () => imports.save(sampleImport("file"), call),
    "budgets.reserve": () => budgets.reserve(sampleReservation("reservation-1"), call),
    "budgets.settle": () => budgets.settle("reservation-0", NOTHING, call),
    "budgets.renew": () => budgets.renew(["reservation-0"], FAR_AHEAD, call),
    "budgets.lapse": () => budgets.lapse(call),
    "budgets.read": () => budgets.read(["tenant/ever"], call),
    "cache.put": () => cache.put(sampleEntry("answer"), call),
    "cache.get": () => cache.get("answer", call),
    "cache.remove": () => cache.remove(["another"], call),
    "cache.prune": () => cache.prune(call),
    "breakers.put": () => breakers.put(sampleBreaker("model"), call),
    "breakers.list": () => breakers.list(["model"], call),
    "breakers.claimProbe": () => breakers.claimProbe("model", "me", FAR_AHEAD, call),
    "breakers.releaseProbe": () => breakers.releaseProbe("model", "you", call),
    "vectors.putMany": () => vectors.putMany("collection", [sampleItem("item-1", [1, 0])], call),
    "vectors.nearest": () => vectors.nearest("collection", Float32Array.of(1, 0), {}, call),
    "vectors.remove": () => vectors.remove("collection", ["item-0"], call),
    "facts.putMany": () => facts.putMany([sampleFact("fact-1")], call),
    "facts.list": () => facts.list({}, {}, call),
    "facts.remove": () => facts.remove(["fact-0"], call),
    "workflows.add": () => workflows.add(sampleWorkflow("1"), call),
    "workflows.get": () => workflows.get("welcome", "1", call),
    "workflows.activate": () => workflows.activate("welcome", "0", call),
    "workflows.list": () => workflows.list({}, {}, call),
  };
}

/** The same, and what is done to a tenant's stores as a whole. */
export function everyTenantCall(
  tenant: TenantStorage,
  call?: CallOptions,
): Readonly<Record<string, () => Promise<unknown>>> {
  const { erasure, retention } = tenant;
  const person = { mentions: ["ada@fjord.example"] };
  return {
    ...everyCall(tenant, call),
    "erasure.find": () => erasure.find(person, call),
    "erasure.erase": () => erasure.erase(person, call),
    "retention.prune": () => retention.prune({ audit: FAR_AHEAD }, call),
    transaction: () => tenant.transaction(async () => "ran", call),
  };
}
