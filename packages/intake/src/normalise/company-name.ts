import { foldText } from "./fold-text.js";

/** Legal forms as they look once folded; written apart (`s a`, `g m b h`) and together. */
const LEGAL_FORMS: ReadonlySet<string> = new Set(
  (
    "inc incorporated corp corporation co company llc llp lp ltd limited plc pllc pbc pc gmbh ggmbh mbh ag kg kgaa ohg ug " +
    "haftungsbeschrankt se sa sas sasu sarl eurl snc sl slu srl srls spa sapa bv nv vof cv ab as asa aps a/s oy oyj " +
    "kft zrt nyrt rt doo dd ad eood ood sro zoo spzoo ltda eireli me sab pty pte pvt private sdn bhd kk gk yk pjsc ooo oao zao " +
    "jsc ojsc llp fzco fze fzc dmcc wll bsc"
  ).split(" "),
);

const SPELT_APART =
  /\b(?:s a r l|s a s|s a|s r l|s p a|s l|b v|n v|a g|g m b h|l l c|l t d|p l c|i n c|s r o|d o o|k k|sp z o o|co kg)$/;

/**
 * The key under which two spellings of a company's name meet: `Müller & Söhne GmbH` and `MULLER SOHNE` give
 * `muller sohne`. Case, accents, punctuation and legal forms at the end are dropped; a name that is all legal form
 * (`Limited`) stays.
 */
export function companyNameKey(name: string): string {
  const folded = foldText(name);
  if (folded === "") return name.trim().toLowerCase();
  const words = folded.replace(SPELT_APART, "").trim().split(" ");
  let kept = words.length;
  while (kept > 1 && LEGAL_FORMS.has(words[kept - 1] ?? "")) kept--;
  const key = words.slice(0, kept).join(" ");
  return key === "" ? folded : key;
}
