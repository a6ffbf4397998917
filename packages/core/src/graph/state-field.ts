import type { InferInput, InferOutput, StandardSchema } from "@salesagent/ports";

/** Puts a write to the value that stands. A method, so that fields of all types fit one shape. */
interface Reducer<Value, Update> {
  reduce(current: Value, update: Update): Value;
}

interface FieldInit<Value, Update> extends Partial<Reducer<Value, Update>> {
  readonly schema?: StandardSchema;
  readonly update?: StandardSchema;
  readonly default?: () => Value;
}

/** One field of a graph's state. Made by {@link field}. */
export class StateField<Value, Update = Value, Needed extends boolean = boolean> {
  /** Types only: whether an input must give it. */
  declare readonly "~needed"?: Needed;
  readonly schema: StandardSchema | undefined;
  readonly update: StandardSchema | undefined;
  readonly default: (() => Value) | undefined;
  readonly reducer: Reducer<Value, Update> | undefined;

  constructor({ schema, update, default: initial, reduce }: FieldInit<Value, Update>) {
    this.schema = schema;
    this.update = update;
    this.default = initial;
    this.reducer = reduce && { reduce };
  }
}

interface FieldFactory {
  /** A field that nothing checks, absent until it is written. */
  <Value>(): StateField<Value | undefined, Value, false>;
  /** A field whose writes are put together. */
  <Value, Update = Value>(init: {
    /** Puts a write to the value that stands. Pure: it is run again when a run is read back, and must not change `current`. */
    readonly reduce: (current: Value, update: Update) => Value;
    readonly default: () => Value;
    /** Checks every write, and may change it. */
    readonly update?: StandardSchema<unknown, Update>;
    /** Checks the value after every write, all of it; for long lists `update` costs less. It does not change the value. */
    readonly schema?: StandardSchema<unknown, Value>;
  }): StateField<Value, Update, false>;
  /** A field that begins with a default. */
  <Value>(init: {
    readonly default: () => Value;
    readonly schema?: StandardSchema<unknown, Value>;
  }): StateField<Value, Value, false>;
  /** The same as the schema alone. */
  <Schema extends StandardSchema>(init: { readonly schema: Schema }): FieldOfSchema<Schema>;
}

type FieldOfSchema<Schema extends StandardSchema> = StateField<
  InferOutput<Schema>,
  InferInput<Schema>,
  undefined extends InferInput<Schema> ? false : true
>;

/**
 * A field of the state that is more than a schema: with a default, or with a reducer, by which several nodes may write it in
 * one superstep.
 *
 * @throws TypeError naming the option that makes no sense.
 */
export const field: FieldFactory = <Value, Update>(init: FieldInit<Value, Update> = {}) => {
  for (const name of ["reduce", "default"] as const) {
    if (init[name] !== undefined && typeof init[name] !== "function") {
      throw new TypeError(`field.${name} must be a function, got ${typeof init[name]}`);
    }
  }
  if (init.reduce && !init.default)
    throw new TypeError("field.default is needed with field.reduce: the first write needs a value to go to");
  return new StateField<Value, Update, never>(init);
};

/** The fields of a graph's state: Standard Schemas, of which the last write counts, and {@link field}s. */
export type StateShape = Readonly<Record<string, StandardSchema | StateField<unknown, unknown>>>;

type ValueOf<Entry> =
  Entry extends StateField<infer Value, infer _Update, infer _Needed>
    ? Value
    : Entry extends StandardSchema
      ? InferOutput<Entry>
      : never;

type WriteOf<Entry> =
  Entry extends StateField<infer _Value, infer Update, infer _Needed>
    ? Update
    : Entry extends StandardSchema
      ? InferInput<Entry>
      : never;

type IsNeeded<Entry> =
  Entry extends StateField<infer _Value, infer _Update, infer Needed>
    ? Needed
    : undefined extends WriteOf<Entry>
      ? false
      : true;

/** What nodes see. */
export type StateOf<Shape extends StateShape> = { readonly [Name in keyof Shape]: ValueOf<Shape[Name]> };

/** What nodes write: some fields. A field that is `undefined` is not written. */
export type UpdateOf<Shape extends StateShape> = {
  readonly [Name in keyof Shape]?: WriteOf<Shape[Name]> | undefined;
};

/** What a run begins with: the fields that have no default are needed. */
export type InputOf<Shape extends StateShape> = UpdateOf<Shape> & {
  readonly [Name in keyof Shape as IsNeeded<Shape[Name]> extends true ? Name : never]: WriteOf<Shape[Name]>;
};
