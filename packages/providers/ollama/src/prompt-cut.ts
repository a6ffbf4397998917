import type { ModelWarning } from "@salesagent/ports";

/** Context windows that the server takes by itself, by the size of the GPU; the first was the default of older ones. */
const DEFAULT_WINDOWS = [2_048, 4_096, 32_768, 262_144];
const SMALLEST_WINDOW = 4_096;

/** What is known of a prompt once it was read. */
export interface ReadPrompt {
  readonly promptChars: number;
  /** As the server counted them; absent when it read nothing anew. */
  readonly promptTokens: number | undefined;
  /** The window that was asked for. */
  readonly contextTokens: number | undefined;
}

/**
 * Servers that know no `truncate` cut a prompt that is too long, from its front and without a word. Told by its traces: a
 * count of exactly the window, or far fewer tokens than the text can have (one for six characters, while four is usual).
 */
export function promptCutWarning({ promptChars, promptTokens, contextTokens }: ReadPrompt): ModelWarning[] {
  if (promptTokens === undefined) return [];
  const windows = contextTokens === undefined ? DEFAULT_WINDOWS : [contextTokens];
  const filled = windows.includes(promptTokens);
  const tooLong = promptChars / 4 > (contextTokens ?? SMALLEST_WINDOW);
  if (!filled && !(tooLong && promptTokens < promptChars / 6)) return [];
  return [
    {
      field: "messages",
      message: `The server read ${promptTokens} tokens of a prompt of ${promptChars} characters: its front was probably cut off. Raise \`contextTokens\` or send less.`,
    },
  ];
}
