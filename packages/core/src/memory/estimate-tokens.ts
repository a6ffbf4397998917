import type { JsonValue, Message } from "@salesagent/ports";

/** Role, separators, and what a vendor writes around each message. */
const TOKENS_PER_MESSAGE = 6;
/** Names of fields, ids and brackets around a call or a result. */
const TOKENS_PER_CALL = 24;
/** What the vendors charge for one picture of the largest size that they don't shrink is between 800 and 2,500. */
const TOKENS_PER_IMAGE = 2_500;
/** A page of a document is about 3,000 tokens, and rarely under 24,000 characters in base64. */
const BASE64_CHARS_PER_TOKEN = 8;
/** Nobody knows what is behind a URL. */
const TOKENS_PER_FETCHED_FILE = 20_000;
/** Signatures and encrypted blocks. */
const PROVIDER_DATA_CHARS_PER_TOKEN = 2;

const LETTERS_PER_TOKEN = 5;
/** Beside one for the number itself: a space before digits is a token of its own. */
const DIGITS_PER_TOKEN = 2;
/** In ids, hashes and base64, tokens are short. */
const MIXED_PER_TOKEN = 1.3;
const PER_SPACE = 0.2;
const PER_SIGN = 0.8;
/** Latin with accents, Greek, Cyrillic. */
const PER_EUROPEAN_LETTER = 0.7;
/** Armenian, Hebrew, Arabic. */
const PER_TWO_BYTE_CHAR = 0.9;
/** Scripts of India and of East Asia, and what else takes three bytes. */
const PER_THREE_BYTE_CHAR = 1.5;
/** Half of a surrogate pair, such as of an emoji. */
const PER_SURROGATE = 2;

/**
 * Tokens of a message, rather too many than too few: 1.0–1.6 times the count of the vocabulary `cl100k_base`, and 1.1–3 times that
 * of `o200k_base`, which is thriftier with scripts other than Latin. Counts pictures as 2,500 and other files behind a URL as 20,000.
 * Needs no vendor's tokeniser; about 20 ms for a million characters.
 */
export function estimateTokens(message: Message): number {
  let tokens = TOKENS_PER_MESSAGE;
  for (const part of message.parts) tokens += tokensOfPart(part);
  return Math.ceil(tokens);
}

type AnyPart = Message["parts"][number];

function tokensOfPart(part: AnyPart): number {
  const vendors = "providerData" in part ? providerTokens(part.providerData) : 0;
  switch (part.type) {
    case "text":
    case "reasoning":
      return textTokens(part.text) + vendors;
    case "tool-call":
      return TOKENS_PER_CALL + textTokens(part.name) + jsonTokens(part.input) + vendors;
    case "tool-result":
      return TOKENS_PER_CALL + textTokens(part.name) + jsonTokens(part.output);
    case "file":
      if (part.mediaType.startsWith("image/")) return TOKENS_PER_IMAGE;
      return "url" in part.data ? TOKENS_PER_FETCHED_FILE : part.data.base64.length / BASE64_CHARS_PER_TOKEN;
  }
}

function providerTokens(data: object | undefined): number {
  return data === undefined ? 0 : JSON.stringify(data).length / PROVIDER_DATA_CHARS_PER_TOKEN;
}

function jsonTokens(value: JsonValue): number {
  return textTokens(typeof value === "string" ? value : JSON.stringify(value));
}

/** Tokens of a text, by its words and signs; not a whole number. */
export function textTokens(text: string): number {
  let tokens = 0;
  let wordStart = -1;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (isDigit(code) || isLetter(code)) {
      if (wordStart < 0) wordStart = index;
      continue;
    }
    if (wordStart >= 0) tokens += wordTokens(text, wordStart, index);
    wordStart = -1;
    tokens += signTokens(code);
  }
  return wordStart >= 0 ? tokens + wordTokens(text, wordStart, text.length) : tokens;
}

/** A run of letters and digits of ASCII: tokens end where small letters turn to capitals. */
function wordTokens(text: string, start: number, end: number): number {
  let digits = 0;
  let tokens = 0;
  let runStart = start;
  for (let index = start; index < end; index++) {
    const code = text.charCodeAt(index);
    if (isDigit(code)) digits++;
    if (index === start || !isCapital(code) || isCapital(text.charCodeAt(index - 1))) continue;
    tokens += Math.ceil((index - runStart) / LETTERS_PER_TOKEN);
    runStart = index;
  }
  if (digits === 0) return tokens + Math.ceil((end - runStart) / LETTERS_PER_TOKEN);
  const length = end - start;
  return digits === length ? 1 + length / DIGITS_PER_TOKEN : Math.ceil(length / MIXED_PER_TOKEN);
}

function signTokens(code: number): number {
  if (code === 32 || code === 10) return PER_SPACE;
  if (code < 0x80) return PER_SIGN;
  if (code < 0x530) return PER_EUROPEAN_LETTER;
  if (code < 0x800) return PER_TWO_BYTE_CHAR;
  return code >= 0xd800 && code < 0xe000 ? PER_SURROGATE : PER_THREE_BYTE_CHAR;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function isCapital(code: number): boolean {
  return code >= 65 && code <= 90;
}

function isLetter(code: number): boolean {
  return isCapital(code) || (code >= 97 && code <= 122);
}
