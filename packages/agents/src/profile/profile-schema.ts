import { z } from "zod";
import { fieldsOfKind } from "./field-path.js";
import type { CriterionKind, IdealCustomerProfile } from "./ideal-customer-profile.js";
import { didYouMean } from "./nearest-name.js";

const quoted = (value: unknown): string =>
  value === undefined ? "nothing" : (JSON.stringify(value) ?? String(value)).slice(0, 80);

const ALL_FIELDS: readonly string[] = fieldsOfKind("number", "text", "list", "country", "choice", "identity");

/** A path to one of the known fields, or to a column under `custom.`; a slip is answered with the nearest path. */
function fieldPath<Path extends string>(fits: readonly Path[], holds: string) {
  return z.union([z.enum(fits), z.templateLiteral(["custom.", z.string().min(1)])], {
    error: ({ input }) => {
      if (typeof input !== "string") return `must be the path of a field, such as "${fits[0]}"`;
      if (ALL_FIELDS.includes(input)) return `"${input}" does not hold ${holds}, which this kind reads`;
      return `there is no field "${input}"${didYouMean(input, [...fits, ...ALL_FIELDS])}`;
    },
  });
}

const text = z
  .string({ error: ({ input }) => `must be a text, got ${quoted(input)}` })
  .refine((value) => value.trim() !== "", { error: "must not be empty" });

const number = (rule: string, holds: (value: number) => boolean) =>
  z
    .number({ error: ({ input }) => `must be a number ${rule}, got ${quoted(input)}` })
    .refine(holds, { error: ({ input }) => `must be a number ${rule}, got ${quoted(input)}` });

const flag = z.boolean({ error: ({ input }) => `must be true or false, got ${quoted(input)}` }).optional();

const texts = z
  .array(text, { error: ({ input }) => `must be a list of texts, got ${quoted(input)}` })
  .min(1, { error: "must hold at least one value" });

const match = z
  .union([z.enum(["any", "all"]), z.int().min(1)], {
    error: ({ input }) => `must be "any", "all" or a whole number from 1, got ${quoted(input)}`,
  })
  .optional();

const amount = number("", Number.isFinite);
const distance = number("from 0", (value) => value >= 0);

const base = {
  name: text,
  label: text.optional(),
  weight: number("from 0.001 to 1000", (value) => value >= 0.001 && value <= 1000).optional(),
  required: flag,
  negative: flag,
  exclude: flag,
};

const range = z.strictObject({
  ...base,
  kind: z.literal("range"),
  field: fieldPath(fieldsOfKind("number"), "amounts"),
  min: amount.optional(),
  max: amount.optional(),
  falloff: z
    .union([distance, z.strictObject({ below: distance.optional(), above: distance.optional() })], {
      error: ({ input }) =>
        `must be a number from 0, or { "below": number, "above": number }, got ${quoted(input)}`,
    })
    .optional(),
});

const oneOf = z.strictObject({
  ...base,
  kind: z.literal("one-of"),
  field: fieldPath(fieldsOfKind("text", "list", "country", "choice"), "values to choose from"),
  values: texts,
  partly: texts.optional(),
});

const keywords = z.strictObject({
  ...base,
  kind: z.literal("keywords"),
  fields: z
    .array(fieldPath(fieldsOfKind("text", "list"), "text"), {
      error: ({ input }) => `must be a list of field paths, got ${quoted(input)}`,
    })
    .min(1, { error: "must hold at least one field" }),
  words: texts,
  match,
});

const present = z.strictObject({
  ...base,
  kind: z.literal("present"),
  fields: z
    .array(
      fieldPath(
        fieldsOfKind("number", "text", "list", "country", "choice", "identity"),
        "anything that is known",
      ),
      { error: ({ input }) => `must be a list of field paths, got ${quoted(input)}` },
    )
    .min(1, { error: "must hold at least one field" }),
});

const technology = z.strictObject({ ...base, kind: z.literal("technology"), uses: texts, match });

const criterionSchemas = {
  range,
  "one-of": oneOf,
  keywords,
  present,
  technology,
} satisfies Record<CriterionKind, z.ZodObject>;

const KINDS = Object.keys(criterionSchemas);

const kindOf = (input: unknown): unknown =>
  typeof input === "object" && input !== null && "kind" in input ? input.kind : undefined;

const criterion = z.discriminatedUnion("kind", [range, oneOf, keywords, present, technology], {
  error: ({ input }) => {
    if (typeof input !== "object" || input === null) return `must be an object, got ${quoted(input)}`;
    const kind = kindOf(input);
    const known = KINDS.join(", ");
    if (kind === undefined) return `"kind" is missing: one of ${known}`;
    return `there is no kind ${quoted(kind)} (there are ${known})${didYouMean(String(kind), KINDS)}`;
  },
});

const tier = z.strictObject({
  name: text,
  min: number("from 0 to 100, whole", (value) => Number.isInteger(value) && value >= 0 && value <= 100),
});

const share = (rule: string) => number(rule, (value) => value >= 0 && value <= 1);

const profile = z.strictObject({
  name: text,
  description: text.optional(),
  criteria: z
    .array(criterion, { error: ({ input }) => `must be a list of criteria, got ${quoted(input)}` })
    .min(1, { error: "must hold at least one criterion" }),
  tiers: z
    .array(tier, { error: ({ input }) => `must be a list of tiers, got ${quoted(input)}` })
    .min(2, { error: "must hold at least two tiers" })
    .optional(),
  qualifyFrom: text.optional(),
  prior: share("from 0 to 1").optional(),
  minConfidence: share("from 0 to 1").optional(),
});

/**
 * The shape of a profile, for hosts that build forms or ask a model for one (`z.toJSONSchema`). What the parts mean to
 * each other is checked by `parseProfile` on top of it.
 */
export const idealCustomerProfileSchema: z.ZodType<IdealCustomerProfile> = profile;

/** The keys that the object at a path of a profile may have; undefined where the schema has no object. */
export function keysAt(path: readonly PropertyKey[], input: unknown): readonly string[] | undefined {
  const [first, index, third] = path;
  if (first === undefined) return Object.keys(profile.shape);
  if (first === "tiers") return Object.keys(tier.shape);
  if (first !== "criteria" || typeof index !== "number") return undefined;
  if (third === "falloff") return ["below", "above"];
  const criteria = (input as { criteria?: readonly unknown[] }).criteria;
  const kind = kindOf(criteria?.[index]);
  return KINDS.includes(String(kind))
    ? Object.keys(criterionSchemas[kind as CriterionKind].shape)
    : undefined;
}
