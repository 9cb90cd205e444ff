// Cuts address lines into segments of plain tokens.
import { foldCase } from '../lib/plain.ts'
import { transliterate } from './transliterate.ts'

/** Longer lines are no addresses; the rest is not read. */
const LINE_MAX = 300

/** Spellings of several words that mean one, over folded text whose tokens are parted by one space. */
const PHRASES: [RegExp, string][] = [
  [/(?:^| )(?:private mail ?box|mail ?box|pmb)(?= |$)/g, ' pmb'],
  [/(?:^| )(?:g ?p ?o|p ?o|post office|postal|post) ?(?:box|bx)(?= |\d|$)/g, ' pobox '],
  [/(?:^| )(?:p ?o ?b|call box|caller service|caller|lock ?box|firm box)(?: no)?(?= (?:# )?\d)/g, ' pobox'],
  [/^(?:p ?o )?drawer(?= (?:# )?\d)/g, 'pobox'],
  [
    /(?:^| )(?:postfach|postbus|postboks|case postale|c ?p|casella postale|boite postale|caixa postal|skrytka pocztowa)(?= \d)/g,
    ' pobox',
  ],
  [/(?:^| )(?:apartado|apdo|casilla)(?: postal| aereo| de correos?| correos?)?(?= \d)/g, ' pobox'],
  [/(?:^| )(?:r ?r|rural (?:route|rte|rt)|r ?f ?d|star (?:route|rte|rt))(?= (?:# )?\d)/g, ' rr'],
  [/(?:^| )(?:h ?c ?r?|(?:highway|hwy) contract)(?: route| rte)?(?= (?:# )?\d+[a-z]? box )/g, ' hc'],
]

/** What every phrase has in it; most lines have none, and are spared the rest. */
const PHRASE_HINT =
  /box|bx|pmb|drawer|call|lock|post|p ?o ?b|caixa|skrytka|apartado|apdo|casilla|\b(?:c ?p|r ?r|h ?c ?r?|r ?f ?d|rural|star|highway|hwy)\b/

/** A unit word written onto its number (Apt4, STE-200). */
const GLUED =
  /^(apt|apartment|ste|suite|unit|flat|fl|rm|bldg|pmb|pobox|packstation|whg|rr|hc|hcr)-?(\d[\p{L}\p{N}-]*)$/u

/** The segments of a line, each a list of tokens: letters and digits in lower case, `#` alone, inner hyphens and slashes at digits. */
export function segmentsOf(line: string): string[][] {
  return line
    .slice(0, LINE_MAX)
    .split(/[,;\r\n|•·()]+/)
    .map(tokensOf)
    .filter((tokens) => tokens.length > 0)
}

/** The tokens of one segment; see `segmentsOf`. */
export function tokensOf(segment: string): string[] {
  let text = transliterate(foldCase(segment.slice(0, LINE_MAX).replace(/(?<=\d)(?=[¼-¾⅐-⅞])/g, ' ')))
    .replace(/⁄/g, '/')
    .replace(/(?<=\d)-(?=[1-7]\/[2-8](?!\d))/g, ' ')
    .replace(/℅/g, ' c/o ')
    .replace(/['’`´]/g, '')
    // P.O. and N. W. are one token each; other periods part words.
    .replace(/(?<![\p{L}\p{N}])(\p{L})\. ?(?=\p{L}(?![\p{L}\p{N}]))/gu, '$1')
    .replace(/(?<![\p{L}\p{N}])c\/o(?![\p{L}\p{N}])/gu, ' careof ')
    .replace(/#/g, ' # ')
    .replace(/&/g, ' and ')
    .replace(/[^\p{L}\p{N}#/-]/gu, ' ')
    .replace(/(?<!\p{N})[-/]|[-/](?!\p{N}|\p{L})/gu, (mark, at: number, whole: string) =>
      /[\p{L}\p{N}]/u.test(whole[at - 1] ?? '') && /\p{N}/u.test(whole[at + 1] ?? '') ? mark : ' ',
    )
    .replace(/\s+/g, ' ')
    .trim()
  if (/\p{Script=Han}|chome/u.test(text)) text = blocksOf(text)
  if (PHRASE_HINT.test(text))
    for (const [spelling, word] of PHRASES) text = text.replace(spelling, word).replace(/ +/g, ' ').trim()
  return text.split(' ').filter(Boolean).flatMap(unglue)
}

function unglue(token: string): string[] {
  const match = GLUED.exec(token)
  return match ? [match[1]!, match[2]!] : [token]
}

/** Japanese blocks as one number: 1-2-3 for 1 chome 2 ban 3 go, in either script, parted from the name before it. */
function blocksOf(text: string): string {
  return text
    .replace(
      /(\d+)[ -]?(?:丁目|chome)[ -]?(\d+)(?:番地|番|-)?(?:(\d+)号?)?/u,
      (_, chome, block, house) => ` ${[chome, block, house].filter(Boolean).join('-')} `,
    )
    .replace(/(?<=\p{Script=Han})(?=\d)/gu, ' ')
    .trim()
}
