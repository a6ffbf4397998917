/**
 * Endings under which the public registers, where these are two labels. A small choice from the Public Suffix List, kept
 * by hand: second levels by country, and hosts that give each customer a sub-domain. A name under an ending that is
 * missing here is cut to its last two labels.
 *
 * @see https://publicsuffix.org/
 */
const SECOND_LEVELS =
  "uk:co org me ltd plc net ac gov sch nhs|au:com net org edu gov asn id|nz:co net org ac govt geek gen school|jp:co or ne ac go ad gr ed lg|" +
  "kr:co or ne re pe go ac|br:com net org gov edu ind art eco|in:co net org firm gen ind ac edu gov|za:co org net gov ac web|" +
  "il:co org net ac gov muni|tr:com net org gen web info biz gov edu|mx:com net org edu gob|ar:com net org gob edu int|" +
  "cn:com net org gov edu ac|tw:com net org edu gov idv|hk:com net org edu gov idv|sg:com net org edu gov per|my:com net org edu gov|" +
  "th:co or in ac go net|id:co or web my ac go sch net biz desa|ph:com net org edu gov|vn:com net org edu gov|pk:com net org edu gov|" +
  "bd:com net org edu gov ac|lk:com org net edu gov|np:com org net edu gov|ng:com org net edu gov|ke:co or ne go ac|gh:com org edu gov|" +
  "tz:co or ne go ac|ug:co or ne go ac|zm:co com org|zw:co org ac|bw:co org|na:co com|mz:co|eg:com org net edu gov|ma:co net org gov|" +
  "sa:com net org edu gov|ae:co net org gov ac|kw:com net org|qa:com net org|om:com co net org|bh:com net org|jo:com net org|lb:com net org|" +
  "cy:com net org|pl:com net org edu gov info biz waw|ro:com org|ua:com net org kiev kyiv lviv in gov edu|ru:com org net msk spb|gr:com org net edu gov|" +
  "hu:co org|at:co or ac gv|pt:com org|es:com org nom gob edu|fr:com asso nom gouv|it:gov edu|pe:com net org edu gob|co:com net org edu gov|" +
  "ve:com co net org|ec:com net org fin|bo:com net org|py:com net org|uy:com net org|cr:co or fi|pa:com net org|gt:com net org|sv:com org|" +
  "hn:com net org|ni:com net org co|do:com net org|cu:com|pr:com net org|jm:com|tt:co com|rs:co org|hr:com|mk:com|al:com|by:com|kz:com org|ge:com org net|" +
  "az:com|am:com|uz:co com|mm:com|kh:com|mo:com|mt:com org|ie:gov|rw:co|et:com|sn:com|ci:co|fj:com|pg:com";

const CUSTOMER_HOSTS =
  "github.io gitlab.io netlify.app vercel.app pages.dev workers.dev herokuapp.com fly.dev onrender.com web.app firebaseapp.com appspot.com " +
  "azurewebsites.net cloudfront.net amazonaws.com myshopify.com wordpress.com blogspot.com wixsite.com webflow.io squarespace.com weebly.com " +
  "notion.site framer.website framer.app carrd.co bubbleapps.io lovable.app replit.app strikingly.com godaddysites.com jimdosite.com " +
  "substack.com tumblr.com uk.com us.com eu.com de.com co.com";

let suffixes: ReadonlySet<string> | undefined;

function twoLabelSuffixes(): ReadonlySet<string> {
  suffixes ??= new Set([
    ...SECOND_LEVELS.split("|").flatMap((entry) => {
      const [country = "", levels = ""] = entry.split(":");
      return levels.split(" ").map((level) => `${level}.${country}`);
    }),
    ...CUSTOMER_HOSTS.split(" "),
  ]);
  return suffixes;
}

/**
 * The part of a host name that its owner registered: `figma.com` of `blog.figma.com`, `bbc.co.uk` of `news.bbc.co.uk`.
 *
 * @returns Undefined for a bare ending such as `co.uk`.
 */
export function registrableDomain(host: string): string | undefined {
  const last = host.lastIndexOf(".");
  const second = host.lastIndexOf(".", last - 1);
  const tail = host.slice(second + 1);
  if (!twoLabelSuffixes().has(tail)) return tail;
  return second === -1 ? undefined : host.slice(host.lastIndexOf(".", second - 1) + 1);
}
