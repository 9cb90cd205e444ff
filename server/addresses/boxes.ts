// Reads what stands for a street where mail is called for: boxes, rural and military routes, lockers, counters.

type BoxKind = 'po box' | 'rural route' | 'military' | 'packstation' | 'post office' | 'general delivery'

export interface Box {
  kind: BoxKind
  /** As normalised: `1234`, `rr 2 box 45`, `psc 12 box 345`; empty for general delivery. */
  number: string
}

/** Each over the segment as one text; what it matches is cut out. */
const BOXES: { kind: BoxKind; pattern: RegExp }[] = [
  { kind: 'military', pattern: /^(?:psc|cmr|unit|ship|uss) (?:# )?[a-z0-9]+ box (?:# )?[a-z0-9-]+/ },
  { kind: 'military', pattern: /^bfpo (?:# )?\d+/ },
  { kind: 'rural route', pattern: /(?:^| )(?:rr|hc) (?:# )?\d+[a-z]? box (?:# )?[a-z0-9-]+(?: [a-z](?= |$))?/ },
  { kind: 'rural route', pattern: /^(?:rt|rte|route) (?:# )?\d+[a-z]? box (?:# )?[a-z0-9-]+/ },
  { kind: 'rural route', pattern: /^rr (?:# )?\d+[a-z]?$/ },
  { kind: 'packstation', pattern: /(?:^| )packstation (?:nr )?\d{3}(?= |$)/ },
  { kind: 'post office', pattern: /(?:^| )(?:postfiliale|postfil) (?:nr )?\d{3}(?= |$)/ },
  {
    kind: 'general delivery',
    pattern: /(?:^| )(?:general delivery|poste restante|postlagernd|lista de correos|fermo posta)(?= |$)|^gd$/,
  },
  { kind: 'po box', pattern: /(?:^| )pobox (?:# )?[a-z]{0,2}-?\d[\d-]*[a-z]?(?: \d+)*(?= |$)/ },
]

const BOX_WORDS =
  /^(?:pobox|packstation|postfiliale|postfil|general delivery|poste restante|postlagernd|lista de correos|fermo posta|gd)\b/

const BARE_BOX =
  /^(?:(?:[nsew]|north|south|east|west) )?(?:(?:rt|rte|route) )?box (?:(?:[nsew]|north|south|east|west) )?(?:# |no )?(\d+[a-z]?)$/

/** What any of them begins with; most segments have none. */
const HINT = /psc|cmr|unit|ship|uss|bfpo|rr|hc|rt|route|post|general|lista|fermo|packstation|gd|box/

/** The box that a segment tells, and the segment without it; null where there is none. */
export function readBox(
  tokens: string[],
  { isMilitaryPost, street }: { isMilitaryPost: boolean; street: string },
): { box: Box; rest: string[] } | null {
  const text = tokens.join(' ')
  if (!HINT.test(text)) return null
  // Behind a street, Box 158 is a mailbox firm's; alone it is the post office's.
  const bare = street ? null : BARE_BOX.exec(text)
  if (bare) return { box: { kind: 'po box', number: bare[1]! }, rest: [] }
  for (const { kind, pattern } of BOXES) {
    const match = pattern.exec(text)
    if (!match) continue
    if (kind === 'military' && !/^(?:psc|cmr|bfpo)/.test(match[0]) && !isMilitaryPost) continue
    const number = match[0]
      .trim()
      .replace(BOX_WORDS, '')
      .replace(/^ nr | # /g, ' ')
      .replace(/^(?:rt|rte|route)(?= )/, 'rr')
      .replace(/(?<=\d) (?=[a-z]$)/, '')
      .replace(/(?<![a-z\d])0+(?=\d)/g, '')
      .trim()
    const rest = `${text.slice(0, match.index)} ${text.slice(match.index + match[0].length)}`.split(' ').filter(Boolean)
    return { box: { kind, number: kind === 'po box' ? number.replace(/[ -]/g, '') : number }, rest }
  }
  return null
}

/** The customer's number at a Packstation, as a segment of its own; null for anything else. */
export function readPostNumber(tokens: string[]): string | null {
  return /^(?:postnummer|post nr|postnr) (\d{6,10})$/.exec(tokens.join(' '))?.[1] ?? null
}
