import type { JsonObject, JsonValue } from "@salesagent/client";

/** What answers hold is believed only as far as it is looked at. */
export const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const toText = (value: JsonValue | undefined): string => (typeof value === "string" ? value : "");

export const toNumber = (value: JsonValue | undefined): number | undefined =>
  typeof value === "number" && Number.isFinite(value) ? value : undefined;

const toList = (value: JsonValue | undefined): readonly JsonValue[] => (Array.isArray(value) ? value : []);

export const toObjects = (value: JsonValue | undefined): readonly JsonObject[] =>
  toList(value).filter(isObject);

export const toTexts = (value: JsonValue | undefined): readonly string[] =>
  toList(value).filter((each): each is string => typeof each === "string");
