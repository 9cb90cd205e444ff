// Cuts address lines into segments of plain tokens.
import { foldCase } from '../lib/plain.ts'

/** Longer lines are no addresses; the rest is not read. */
const LINE_MAX = 300

/** Spellings of several words that mean one, over folded text whose tokens are parted by one space. */
const PHRASES: [RegExp, string][] = [
  [/(?:^| )(?:private mail ?box|pmb)(?= |$)/g, ' pmb'],
  [/(?:^| )(?:g ?p ?o|p ?o|post office|postal|post) ?(?:box|bx)(?= |\d|$)/g, ' pobox '],
  [/(?:^| )(?:p ?o ?b|call box|caller service|caller|lock ?box|firm box)(?= (?:# )?\d)/g, ' pobox'],
  [/^(?:po )?drawer(?= (?:# )?\d)/g, 'pobox'],
  [
    /(?:^| )(?:postfach|postbus|postboks|case postale|casella postale|boite postale|caixa postal|skrytka pocztowa)(?= \d)/g,
    ' pobox',
  ],
  [/(?:^| )(?:apartado|apdo|casilla)(?: postal| aereo| de correos?| correos?)?(?= \d)/g, ' pobox'],
  [/(?:^| )(?:r ?r|rural (?:route|rte|rt)|r ?f ?d|star (?:route|rte|rt))(?= (?:# )?\d)/g, ' rr'],
  [/(?:^| )(?:h ?c|highway contract(?: route)?)(?= (?:# )?\d+ box )/g, ' hc'],
]

/** A unit word written onto its number (Apt4, STE-200). */
const GLUED = /^(apt|apartment|ste|suite|unit|flat|fl|rm|bldg|pmb|pobox|packstation|whg)-?(\d[\p{L}\p{N}-]*)$/u

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
  let text = foldCase(segment)
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
  for (const [spelling, word] of PHRASES) text = text.replace(spelling, word).replace(/ +/g, ' ').trim()
  return text.split(' ').filter(Boolean).flatMap(unglue)
}

function unglue(token: string): string[] {
  const match = GLUED.exec(token)
  return match ? [match[1]!, match[2]!] : [token]
}
