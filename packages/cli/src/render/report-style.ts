/** The report's style sheet: no font, image or script from elsewhere; light and dark; fits a phone and paper. */
export const REPORT_STYLE = `
:root { color-scheme: light dark; --ink: #1c2330; --soft: #5b6575; --line: #d9dee7; --paper: #fff; --tint: #f4f6fa;
  --good: #12744a; --part: #8a5a00; --bad: #b3261e; --bar: #3a6ea5; }
@media (prefers-color-scheme: dark) { :root { --ink: #e7ebf2; --soft: #a2adbd; --line: #343c4a; --paper: #141820;
  --tint: #1c222c; --good: #5ac992; --part: #e0b050; --bad: #f28b82; --bar: #6ea3da; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 68rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
h1 { font-size: 1.5rem; margin: 0 0 .25rem; } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
p.lead { color: var(--soft); margin: 0 0 1.25rem; }
dl.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(8rem, 1fr)); gap: .75rem; margin: 0; }
dl.facts div { background: var(--tint); border-radius: .5rem; padding: .6rem .8rem; }
dt { color: var(--soft); font-size: .8rem; } dd { margin: 0; font-size: 1.25rem; font-variant-numeric: tabular-nums; }
.completed { color: var(--good); fill: var(--good); } .failed { color: var(--bad); fill: var(--bad); } .aborted { color: var(--soft); fill: var(--soft); }
.timeline svg rect { opacity: .55; } .timeline svg rect.completed { fill: var(--good); } .timeline svg rect.failed { fill: var(--bad); opacity: 1; }
.timeline svg rect.aborted { fill: var(--soft); } figcaption { color: var(--soft); font-size: .85rem; }
.wide { overflow-x: auto; } p.simulated { border: 1px solid var(--part); border-radius: .5rem; padding: .6rem .8rem; color: var(--part); }
figure { margin: 0; } svg text { fill: var(--soft); font-size: 11px; } svg rect { fill: var(--bar); }
label { display: block; margin: .5rem 0; color: var(--soft); }
input { font: inherit; padding: .4rem .6rem; border: 1px solid var(--line); border-radius: .4rem; background: var(--paper);
  color: var(--ink); width: min(24rem, 100%); }
details { border-bottom: 1px solid var(--line); }
summary { display: grid; grid-template-columns: 2.5rem 3rem 2.5rem 1fr auto; gap: .5rem; padding: .5rem .25rem; cursor: pointer;
  align-items: baseline; font-variant-numeric: tabular-nums; }
summary:focus-visible { outline: 2px solid var(--bar); outline-offset: 2px; }
summary .rank, summary .where { color: var(--soft); } summary .score { font-weight: 700; text-align: right; }
.body { padding: .25rem .25rem 1rem 3.5rem; }
table { border-collapse: collapse; width: 100%; } th, td { text-align: left; padding: .25rem .5rem .25rem 0; vertical-align: top; }
th { color: var(--soft); font-weight: 500; font-size: .85rem; } td.points { font-variant-numeric: tabular-nums; white-space: nowrap; }
.met { color: var(--good); } .partly { color: var(--part); } .missed, .excluded, .against { color: var(--bad); } .unknown, .absent { color: var(--soft); }
footer { margin-top: 3rem; color: var(--soft); font-size: .85rem; }
@media (max-width: 40rem) { summary { grid-template-columns: 2.5rem 3rem 2rem 1fr; } summary .where { display: none; } .body { padding-left: .25rem; } }
@media print { label { display: none; } details { break-inside: avoid; } }
`;
