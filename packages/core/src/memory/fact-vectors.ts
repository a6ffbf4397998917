import type { FactRecord, JsonValue, VectorItem, VectorMatch } from "@salesagent/ports";
import type { MemorySettings } from "./memory-settings.js";

/** Version of what stands in a vector's data. */
const KIND = "memory-facts/1";

/** Vectors of one model are of no use to another one. */
export function factCollection({ embeddings, facts }: MemorySettings): string {
  return `${KIND}/${embeddings?.provider}/${embeddings?.modelId}/${facts.dimensions ?? "all"}`.slice(0, 400);
}

/** The fact stands in the vector's data whole: what mentions a person is found there, and erased with it. */
export function toFactVector(fact: FactRecord, vector: Float32Array): VectorItem {
  const { id, expiresAt } = fact;
  return { id, vector, data: { ...fact }, ...(expiresAt === undefined ? {} : { expiresAt }) };
}

/** @returns Nothing for what is no fact. */
export function readFactVector({ data }: VectorMatch): FactRecord | undefined {
  return isFact(data) ? data : undefined;
}

function isFact(value: JsonValue): value is JsonValue & FactRecord {
  if (typeof value !== "object" || value === null) return false;
  const { id, subject, text, createdAt } = value as Partial<Record<keyof FactRecord, JsonValue>>;
  return [id, subject, text, createdAt].every((field) => typeof field === "string");
}
