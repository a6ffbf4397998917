/** The characters of GSM 03.38 that take one place in a text message, and those that take two. */
const ONE_PLACE = new Set(
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà",
);
const TWO_PLACES = new Set("\f^{}\\[~]|€");

/** How a text is sent as SMS. */
export interface SmsLength {
  /** `ucs-2` as soon as one character is not in the GSM alphabet. */
  readonly encoding: "gsm-7" | "ucs-2";
  /** Places that it takes: 160 fit one message in GSM-7, 70 in UCS-2. */
  readonly places: number;
  /** Messages that it is sent as; longer texts lose some places of each to the header that joins them. */
  readonly segments: number;
}

/**
 * How long a text is as SMS.
 *
 * @see 3GPP TS 23.038 (alphabets), TS 23.040 §9.2.3.24 (joined messages: 153 and 67 places each)
 */
export function smsLength(text: string): SmsLength {
  const widths = [...text].map((character) =>
    ONE_PLACE.has(character) ? 1 : TWO_PLACES.has(character) ? 2 : 0,
  );
  if (widths.includes(0)) {
    const widthsInUnits = [...text].map((character) => character.length);
    return { encoding: "ucs-2", ...packed(widthsInUnits, 70, 67) };
  }
  return { encoding: "gsm-7", ...packed(widths, 160, 153) };
}

/** A character of two places is never split between messages. */
function packed(widths: readonly number[], alone: number, joined: number) {
  const places = widths.reduce((sum, width) => sum + width, 0);
  if (places <= alone) return { places, segments: 1 };
  let segments = 1;
  let used = 0;
  for (const width of widths) {
    if (used + width > joined) {
      segments++;
      used = 0;
    }
    used += width;
  }
  return { places, segments };
}
