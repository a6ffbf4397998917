/** ISO 3166-1: alpha-2 and alpha-3 of each country, in turn. `XK XKX` is what is used for Kosovo, which has no ISO code. */
export const COUNTRY_CODES =
  "AD AND AE ARE AF AFG AG ATG AI AIA AL ALB AM ARM AO AGO AQ ATA AR ARG AS ASM AT AUT AU AUS AW ABW AX ALA AZ AZE BA BIH BB BRB " +
  "BD BGD BE BEL BF BFA BG BGR BH BHR BI BDI BJ BEN BL BLM BM BMU BN BRN BO BOL BQ BES BR BRA BS BHS BT BTN BV BVT BW BWA BY BLR " +
  "BZ BLZ CA CAN CC CCK CD COD CF CAF CG COG CH CHE CI CIV CK COK CL CHL CM CMR CN CHN CO COL CR CRI CU CUB CV CPV CW CUW CX CXR " +
  "CY CYP CZ CZE DE DEU DJ DJI DK DNK DM DMA DO DOM DZ DZA EC ECU EE EST EG EGY EH ESH ER ERI ES ESP ET ETH FI FIN FJ FJI FK FLK " +
  "FM FSM FO FRO FR FRA GA GAB GB GBR GD GRD GE GEO GF GUF GG GGY GH GHA GI GIB GL GRL GM GMB GN GIN GP GLP GQ GNQ GR GRC GS SGS " +
  "GT GTM GU GUM GW GNB GY GUY HK HKG HM HMD HN HND HR HRV HT HTI HU HUN ID IDN IE IRL IL ISR IM IMN IN IND IO IOT IQ IRQ IR IRN " +
  "IS ISL IT ITA JE JEY JM JAM JO JOR JP JPN KE KEN KG KGZ KH KHM KI KIR KM COM KN KNA KP PRK KR KOR KW KWT KY CYM KZ KAZ LA LAO " +
  "LB LBN LC LCA LI LIE LK LKA LR LBR LS LSO LT LTU LU LUX LV LVA LY LBY MA MAR MC MCO MD MDA ME MNE MF MAF MG MDG MH MHL MK MKD " +
  "ML MLI MM MMR MN MNG MO MAC MP MNP MQ MTQ MR MRT MS MSR MT MLT MU MUS MV MDV MW MWI MX MEX MY MYS MZ MOZ NA NAM NC NCL NE NER " +
  "NF NFK NG NGA NI NIC NL NLD NO NOR NP NPL NR NRU NU NIU NZ NZL OM OMN PA PAN PE PER PF PYF PG PNG PH PHL PK PAK PL POL PM SPM " +
  "PN PCN PR PRI PS PSE PT PRT PW PLW PY PRY QA QAT RE REU RO ROU RS SRB RU RUS RW RWA SA SAU SB SLB SC SYC SD SDN SE SWE SG SGP " +
  "SH SHN SI SVN SJ SJM SK SVK SL SLE SM SMR SN SEN SO SOM SR SUR SS SSD ST STP SV SLV SX SXM SY SYR SZ SWZ TC TCA TD TCD TF ATF " +
  "TG TGO TH THA TJ TJK TK TKL TL TLS TM TKM TN TUN TO TON TR TUR TT TTO TV TUV TW TWN TZ TZA UA UKR UG UGA UM UMI US USA UY URY " +
  "UZ UZB VA VAT VC VCT VE VEN VG VGB VI VIR VN VNM VU VUT WF WLF WS WSM YE YEM YT MYT ZA ZAF ZM ZMB ZW ZWE XK XKX";

/** Other names of countries, folded, by alpha-2: what the platform's own names leave out. */
export const COUNTRY_ALIASES: Readonly<Record<string, string>> = {
  AE: "uae,u a e,emirates,abu dhabi,dubai",
  BA: "bosnia,bosnia and herzegovina,bosnia herzegovina",
  BN: "brunei darussalam",
  BO: "plurinational state of bolivia,bolivia plurinational state of",
  BS: "the bahamas",
  CD: "democratic republic of the congo,democratic republic of congo,dr congo,drc,congo democratic republic of the,congo kinshasa",
  CG: "congo,republic of the congo,congo brazzaville",
  CI: "ivory coast,cote d ivoire,cote divoire",
  CN: "peoples republic of china,people s republic of china,prc,mainland china",
  CV: "cape verde,cabo verde",
  CZ: "czech republic,czechia",
  DE: "federal republic of germany,brd",
  FK: "falkland islands malvinas",
  FM: "micronesia federated states of",
  GB: "uk,u k,great britain,britain,england,scotland,wales,northern ireland,united kingdom of great britain and northern ireland",
  GM: "the gambia",
  GR: "el,hellas",
  HK: "hong kong,hong kong sar,hongkong",
  IE: "republic of ireland,eire",
  IR: "iran islamic republic of,islamic republic of iran",
  KP: "north korea,korea democratic people s republic of,dprk",
  KR: "south korea,korea,republic of korea,korea republic of",
  LA: "lao people s democratic republic,lao pdr",
  MD: "republic of moldova,moldova republic of",
  MK: "macedonia,republic of north macedonia,fyrom",
  MM: "burma,myanmar",
  MO: "macau,macao,macao sar",
  NL: "holland,the netherlands",
  PH: "the philippines",
  PS: "palestine,state of palestine,palestine state of,palestinian territory",
  RU: "russian federation",
  SY: "syrian arab republic",
  SZ: "swaziland",
  TL: "east timor",
  TR: "turkey,turkiye,republic of turkiye",
  TW: "taiwan province of china,republic of china,taiwan roc",
  TZ: "united republic of tanzania,tanzania united republic of",
  US: "usa,u s a,u s,united states of america,the united states,america,the united states of america,estados unidos de america",
  VA: "vatican,holy see",
  VE: "bolivarian republic of venezuela,venezuela bolivarian republic of",
  VG: "british virgin islands,virgin islands british",
  VI: "us virgin islands,virgin islands u s",
  VN: "viet nam",
};
