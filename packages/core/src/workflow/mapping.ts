import type { IssueFact, JsonObject, JsonValue } from "@salesagent/ports";
import { readPath } from "./data-path.js";

/**
 * Where a value comes from: a path into the run's data, the value itself, or a text in which paths in braces are filled in:
 * `"Write to {/input/name}."`
 *
 * Paths are JSON Pointers: `/input/…` what the run was given, `/steps/<node>/…` what a node gave last, `/errors/<node>/code`
 * and `/message` what it failed with last.
 */
export type Source =
  | {
      readonly from: string;
      /** Stands in where there is nothing. @defaultValue the node fails */
      readonly default?: JsonValue;
    }
  | { readonly value: JsonValue }
  | { readonly text: string };

/** Fields by name. */
export type Mapping = Readonly<Record<string, Source>>;

/** What paths read. */
export interface WorkflowData {
  readonly input: JsonObject;
  readonly steps: JsonObject;
  readonly errors: JsonObject;
}

/** A path that something reads, and whether it may find nothing. */
export interface PathUse {
  readonly path: string;
  readonly isOptional: boolean;
}

const PLACEHOLDER = /\{(\/[^{}]*)\}/g;

/** Every path that a source reads. */
export function pathsOfSource(source: Source): readonly PathUse[] {
  if ("from" in source) return [{ path: source.from, isOptional: source.default !== undefined }];
  if ("value" in source) return [];
  return [...source.text.matchAll(PLACEHOLDER)].map(([, path = ""]) => ({ path, isOptional: false }));
}

/** @param issues - What was not there is added, with its path. */
export function readSource(
  source: Source,
  data: WorkflowData,
  issues: IssueFact[],
  place: string,
): JsonValue {
  if ("value" in source) return source.value;
  const read = (path: string): JsonValue => {
    const value = readPath(data, path);
    if (value !== undefined) return value;
    issues.push({ path: place, message: `there is nothing at ${path}` });
    return null;
  };
  if ("text" in source) return source.text.replace(PLACEHOLDER, (_, path: string) => asText(read(path)));
  return source.default === undefined ? read(source.from) : (readPath(data, source.from) ?? source.default);
}

export function readMapping(mapping: Mapping, data: WorkflowData, issues: IssueFact[]): JsonObject {
  const fields = Object.entries(mapping);
  return Object.fromEntries(fields.map(([name, source]) => [name, readSource(source, data, issues, name)]));
}

const asText = (value: JsonValue): string => (typeof value === "string" ? value : JSON.stringify(value));
