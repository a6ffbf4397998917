import type { CallOptions, TenantStores } from "@salesagent/ports";
import { at } from "./sample-records.js";
import { sampleAppend, sampleKey, sampleStream } from "./sample-streams.js";

type Calls = Readonly<Record<string, () => Promise<unknown>>>;

/** A call of each method of the stores of streams and keys, and of figures of runs, by name. */
export function everyStreamCall(
  { streams, apiKeys, runs }: Pick<TenantStores, "streams" | "apiKeys" | "runs">,
  call?: CallOptions,
): Calls {
  return {
    "streams.open": () => streams.open(sampleStream("new"), call),
    "streams.append": () => streams.append([sampleAppend("run-1", { after: 1 })], call),
    "streams.appendNothing": () => streams.append([], call),
    "streams.read": () => streams.read("run-1", {}, call),
    "streams.get": () => streams.get("run-1", call),
    "streams.requestStop": () => streams.requestStop("run-1", { by: "ada", reason: "enough" }, call),
    "streams.list": () => streams.list({}, {}, call),
    "apiKeys.add": () => apiKeys.add(sampleKey("new"), call),
    "apiKeys.get": () => apiKeys.get("key-1", call),
    "apiKeys.list": () => apiKeys.list({}, call),
    "apiKeys.revoke": () => apiKeys.revoke("key-1", at(5), call),
    "apiKeys.touch": () => apiKeys.touch("key-1", at(5), call),
    "runs.stats": () => runs.stats({ from: "2026-05-01", until: "2026-05-02" }, call),
  };
}

/** Puts a stream with an event, and a key. */
export async function fillStreams({ tenant, streams, apiKeys }: TenantStores): Promise<void> {
  await streams.open(sampleStream("run-1", { source: tenant }));
  await streams.append([sampleAppend("run-1", { events: [{ type: "text", data: tenant }] })]);
  await apiKeys.add(sampleKey("key-1", { name: tenant }));
}

/** All that these stores hold of the samples. */
export async function readStreamState({ streams, apiKeys }: TenantStores): Promise<unknown> {
  return [(await streams.list()).items, await streams.read("run-1"), (await apiKeys.list()).items];
}
