/** Sites that hold pages about many companies: such a page identifies a company, but is not its own site. */
const DIRECTORIES: ReadonlySet<string> = new Set(
  (
    "ycombinator.com crunchbase.com linkedin.com angel.co wellfound.com pitchbook.com producthunt.com g2.com capterra.com trustpilot.com clutch.co " +
    "glassdoor.com indeed.com kununu.com builtin.com f6s.com owler.com zoominfo.com apollo.io dealroom.co tracxn.com cbinsights.com bloomberg.com " +
    "dnb.com opencorporates.com northdata.com northdata.de xing.com facebook.com instagram.com twitter.com x.com youtube.com tiktok.com threads.net " +
    "github.com gitlab.com bitbucket.org medium.com google.com goo.gl bit.ly t.co linktr.ee about.me yelp.com yellowpages.com " +
    "tripadvisor.com wikipedia.org wikidata.org apple.com amazon.com etsy.com ebay.com meetup.com eventbrite.com slideshare.net " +
    "techstars.com 500.co antler.co startupbase.io betalist.com alternativeto.net softwareadvice.com getapp.com europages.com kompass.com " +
    "discord.gg discord.com t.me telegram.me wa.me whatsapp.com notion.so airtable.com typeform.com calendly.com"
  ).split(" "),
);

/** Domains that give mailboxes to the public. */
const MAIL_PROVIDERS: ReadonlySet<string> = new Set(
  (
    "gmail.com googlemail.com outlook.com hotmail.com hotmail.co.uk hotmail.fr hotmail.de hotmail.it hotmail.es live.com live.co.uk live.fr msn.com yahoo.com yahoo.co.uk " +
    "yahoo.co.in yahoo.fr yahoo.de yahoo.es yahoo.it yahoo.co.jp yahoo.com.br ymail.com rocketmail.com icloud.com me.com mac.com aol.com gmx.de gmx.net " +
    "gmx.at gmx.ch gmx.com web.de t-online.de freenet.de arcor.de mail.com mail.ru yandex.ru yandex.com bk.ru list.ru inbox.ru rambler.ru proton.me protonmail.com " +
    "pm.me tutanota.com tuta.io tuta.com fastmail.com hey.com zoho.com zohomail.com qq.com 163.com 126.com sina.com sina.cn foxmail.com naver.com daum.net hanmail.net " +
    "orange.fr wanadoo.fr free.fr laposte.net sfr.fr neuf.fr libero.it virgilio.it tiscali.it alice.it btinternet.com sky.com ntlworld.com " +
    "comcast.net verizon.net att.net sbcglobal.net bellsouth.net cox.net charter.net shaw.ca rogers.com bigpond.com optusnet.com.au " +
    "rediffmail.com uol.com.br bol.com.br terra.com.br ig.com.br seznam.cz centrum.cz wp.pl o2.pl onet.pl interia.pl abv.bg ukr.net mailinator.com"
  ).split(" "),
);

/** Whether pages about many companies live under this registrable domain. */
export function isDirectoryDomain(domain: string): boolean {
  return DIRECTORIES.has(domain);
}

/** Whether a registrable domain gives mailboxes to the public. */
export function isMailProviderDomain(domain: string): boolean {
  return MAIL_PROVIDERS.has(domain);
}
