// The words by which address lines are read, as tables of facts.

/** Street suffixes with their spellings, the standard one first (USPS Publication 28, appendix C1). */
const SUFFIXES = `aly allee alley ally|anx anex annex annx|arc arcade|ave av aven avenu avenue avn avnue|byu bayoo bayou
bch beach|bnd bend|blf bluf bluff|blfs bluffs|btm bot bottm bottom|blvd boul boulevard boulv|br brnch branch
brg brdge bridge|brk brook|brks brooks|bg burg|bgs burgs|byp bypa bypas bypass byps|cp camp cmp|cyn canyn canyon cnyn
cpe cape|cswy causeway causwa|ctr cen cent center centr centre cnter cntr|ctrs centers|cir circ circl circle crcl crcle
cirs circles|clf cliff|clfs cliffs|clb club|cmn common|cmns commons|cor corner|cors corners|crse course|ct court|cts courts
cv cove|cvs coves|crk creek|cres crescent crsent crsnt|crst crest|xing crossing crssng|xrd crossroad|xrds crossroads
curv curve|dl dale|dm dam|dv div divide dvd|dr driv drive drv|drs drives|est estate|ests estates
expy exp expr express expressway expw|ext extension extn extnsn|exts extensions|fls falls|fry ferry frry|fld field|flds fields
flt flat|flts flats|frd ford|frds fords|frst forest forests|frg forg forge|frgs forges|frk fork|frks forks|ft fort frt
fwy freeway freewy frway frwy|gdn garden gardn grden grdn|gdns gardens grdns|gtwy gateway gatewy gatway gtway|gln glen
glns glens|grn green|grns greens|grv grov grove|grvs groves|hbr harb harbor harbour harbr hrbor|hbrs harbors|hvn haven
hts heights ht|hwy highway highwy hiway hiwy hway|hl hill|hls hills|holw hllw hollow hollows holws|inlt inlet
is island islnd|iss islands islnds|isle isles|jct jction jctn junction junctn juncton|jcts junctions jctns|ky key|kys keys
knl knol knoll|knls knolls|lk lake|lks lakes|land|lndg landing lndng|ln lane|lgt light|lgts lights|lf loaf|lck lock|lcks locks
ldg lodge ldge lodg|loop loops|mall|mnr manor|mnrs manors|mdw meadow|mdws meadows medows|mews|ml mill|mls mills|msn mission missn
mtwy motorway|mt mount mnt|mtn mountain mntain mntn mountin mtin|mtns mountains mntns|nck neck|orch orchard orchrd|oval ovl
opas overpass|park prk|parks|pkwy parkway parkwy pkway pky|pkwys parkways|pass|psge passage|path paths|pike pikes|pne pine
pnes pines|pl place|pln plain|plns plains|plz plaza plza|pt point|pts points|prt port|prts ports|pr prairie prr|radl rad radial radiel
ramp|rnch ranch ranches rnchs|rpd rapid|rpds rapids|rst rest|rdg ridge rdge|rdgs ridges|riv river rvr rivr|rd road|rds roads
rte route rt|row|rue|run|shl shoal|shls shoals|shr shore shoar|shrs shores shoars|skwy skyway|spg spring spng sprng|spgs springs spngs sprngs
spur spurs|sq square sqr sqre squ|sqs squares sqrs|sta station statn stn|stra stravenue strav straven stravn strvn strvnue
strm stream streme|st street strt str|sts streets|smt summit sumit sumitt|ter terrace terr|trwy throughway|trce trace traces
trak track tracks trk trks|trfy trafficway|trl trail trails trls|trlr trailer trlrs|tunl tunnel tunel tunls tunnels tunnl
tpke turnpike trnpk turnpk|upas underpass|un union|uns unions|vly valley vally vlly|vlys valleys|via viaduct vdct viadct|vw view
vws views|vlg village vill villag villg villiage|vlgs villages|vl ville|vis vista vist vst vsta|walk walks|wall|way wy|ways
wl well|wls wells`

const DIRECTIONS = `n north|s south|e east|w west|ne northeast|nw northwest|se southeast|sw southwest`

/** Other words that people shorten or spell out within street and city names. */
const NAME_WORDS = `st saint|ste sainte|dr doctor|jr junior|sr senior|co county cnty|1st first|2nd second|3rd third
4th fourth|5th fifth|6th sixth|7th seventh|8th eighth|9th ninth|10th tenth|11th eleventh|12th twelfth|13th thirteenth
14th fourteenth|15th fifteenth|16th sixteenth|17th seventeenth|18th eighteenth|19th nineteenth|20th twentieth|30th thirtieth
40th fortieth|50th fiftieth|60th sixtieth|70th seventieth|80th eightieth|90th ninetieth|and &`

/** The first words of ordinals from twenty-first on. */
const TENS = 'twenty thirty forty fifty sixty seventy eighty ninety'

/** Secondary unit designators (USPS Publication 28, appendix C2) and British and Canadian ones; an id follows. */
const UNIT_WORDS = `apt apartment apts|ste suite|unit|rm room|flat|no num number|fl floor flr level lvl|bldg building bld blg|lot
trlr trailer|spc space|slip|pier|hngr hangar|dept department|ofc office|pmb|bay|dock|box|ph penthouse|bsmt basement|stop|key
msc|twr tower|stu studio|condo condominium|maisonette|apt appartement app appt|ofc bureau`

/** Units that need no id. */
const LONE_UNITS = `bsmt basement|frnt front|lbby lobby|lowr lower|ofc office|ph penthouse|rear|side|uppr upper`

/** German words for a part of a house, with an id after them or a number before them (2. OG). */
const GERMAN_UNITS = `whg wohnung|apt apartment appartement app|zi zimmer|top|hh hinterhaus|vh vorderhaus|hs haus|tur tuer
stg stiege|aufgang|gh gartenhaus|sf seitenflugel seitenfluegel`
const GERMAN_FLOORS = `og obergeschoss stock stockwerk etage|eg erdgeschoss parterre|dg dachgeschoss|ug untergeschoss souterrain
hh hinterhaus|vh vorderhaus|gh gartenhaus|sf seitenflugel seitenfluegel|li links|re rechts|mitte`

/** Street words of other languages with what people shorten them to; only ever compared within one country. */
const ABROAD = `rue r|ave av avda avd avenida avenue aven|blvd bd bld boul boulevard bulevar bulvar|place pl plaza pza plz piazza pzza
plac plats plass plein|chemin ch che|rte route|imp impasse|allee all|sq square|fbg fg faubourg|cours crs|calle c cl|paseo po pso passeig
ctra carretera|trav travessera travesia travessa tv|via v|vle viale|cso corso|lgo largo|str straat strada strasse ulitsa|st saint sankt
ste sainte|gen general|dr doctor doutor dottor doktor|prof professor|rd road|st street`

/** Parts of a house in other languages, an id after them. */
const UNITS_ABROAD = `apt app appt appartement appartamento apto apartamento apartment ap lgh kv|bldg bat batiment edif edificio building
esc escalier escalera scala|fl etage piso piano andar floor level|int interno|pta puerta porte|lok lokal m mieszkanie|bus bte boite
rm room|ste suite|unit|flat|ofc office oficina bureau|twr tower torre`

/** Puerto Rico's units and street words beside the English ones (USPS Publication 28, section 29). */
const SPANISH_UNITS = `apt apto apartamento apart|bldg edif edificio|ofc oficina`
const SPANISH_WORDS = `calle cll|ave avenida|carr carretera|cam camino|blvd bulevar|psge pasaje|paseo pso|res residencial|cond condominio
urb urbanizacion|ext extension|n norte|s sur|e este|w oeste`

/** French street words of Canada beside the English ones they stand for. */
const CANADIAN = `st rue|blvd boul boulevard bd|ave av avenue|ch chemin|rte route|pl place|sq carre|crt cour|cres croissant|ter terrasse
mtee montee|cote|rang|imp impasse|prom promenade|all allee`
const FRENCH_DIRECTIONS = `n nord north|s sud south|e est east|w ouest west o`

export const suffixWords = wordTable(SUFFIXES)
export const directionWords = wordTable(DIRECTIONS)
export const nameWords = wordTable(NAME_WORDS)
export const unitWords = wordTable(UNIT_WORDS)
export const loneUnitWords = wordTable(LONE_UNITS)
export const germanUnitWords = wordTable(GERMAN_UNITS)
export const germanFloorWords = wordTable(GERMAN_FLOORS)
export const wordsAbroad = wordTable(ABROAD)
export const unitWordsAbroad = wordTable(UNITS_ABROAD)
export const spanishUnitWords = wordTable(SPANISH_UNITS)
export const spanishWords = wordTable(SPANISH_WORDS)
export const canadianWords = wordTable(CANADIAN)
export const frenchDirections = wordTable(FRENCH_DIRECTIONS)
export const tensWords = new Map(TENS.split(' ').map((word, index) => [word, index + 2]))

/** Legal forms and words of firms: a segment with one of them names a firm, even with a digit in it. */
export const firmWords = new Set(
  'inc incorporated llc llp lp ltd limited corp corporation company gmbh ag kg ug plc sarl sas bv nv'.split(' '),
)

/** Spelling to standard spelling; entries are parted by `|` or a line break, the standard spelling first. */
function wordTable(text: string): Map<string, string> {
  const table = new Map<string, string>()
  for (const entry of text.split(/[|\n]/)) {
    const [standard, ...spellings] = entry.split(' ')
    for (const word of [standard!, ...spellings]) table.set(word, standard!)
  }
  return table
}
