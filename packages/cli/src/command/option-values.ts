import type { OptionValues } from "./command.js";
import { didYouMean } from "./did-you-mean.js";
import { UsageError } from "./usage-error.js";

/** The text of an option, where it was given. */
export function textOption(options: OptionValues, name: string): string | undefined {
  const value = options[name];
  return typeof value === "string" ? value : undefined;
}

/** The texts of an option that may be given several times. */
export function textOptions(options: OptionValues, name: string): readonly string[] {
  const value = options[name];
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === "string") : [];
}

/** Whether a switch was given. */
export function flagOption(options: OptionValues, name: string): boolean {
  return options[name] === true;
}

/** A whole number in a range. @throws UsageError naming the option. */
export function wholeNumberOption(
  options: OptionValues,
  name: string,
  range: { readonly least: number; readonly most: number },
): number | undefined {
  const text = textOption(options, name);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (Number.isInteger(value) && value >= range.least && value <= range.most) return value;
  throw new UsageError(
    `--${name} must be a whole number from ${range.least} to ${range.most}, got "${text}".`,
  );
}

/** A positive number. @throws UsageError naming the option. */
export function positiveOption(options: OptionValues, name: string): number | undefined {
  const text = textOption(options, name);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new UsageError(`--${name} must be a number > 0, got "${text}".`);
}

/** One of some words. @throws UsageError naming the option and the words. */
export function choiceOption<const Choice extends string>(
  options: OptionValues,
  name: string,
  choices: readonly Choice[],
): Choice | undefined {
  const text = textOption(options, name);
  if (text === undefined) return undefined;
  const choice = choices.find((candidate) => candidate === text);
  if (choice !== undefined) return choice;
  throw new UsageError(
    `--${name} must be one of ${choices.join(", ")}; got "${text}"${didYouMean(text, choices) || "."}`,
  );
}
