// The words by which the lines of an address give away that nobody lives there, in several languages.
import type { PlaceKind } from './known-places.ts'

export interface Word {
  kind: PlaceKind
  /** 0 to 1; below 0.4 a mere hint. */
  confidence: number
  pattern: RegExp
  why: string
}

/**
 * Each over one folded segment (lower case, no accents, one space) that is neither street nor unit; a street called
 * after one of these never gets here. The first that fits stands.
 */
export const segmentWords: Word[] = [
  {
    kind: 'registered agent',
    confidence: 0.8,
    pattern: /\b(?:registered|statutory|resident|process) agents?\b/,
    why: 'The address names a registered agent.',
  },
  {
    kind: 'virtual office',
    confidence: 0.7,
    pattern:
      /\b(?:virtual offices?|oficinas? virtual(?:es)?|bureaux? virtuels?|virtuelle?s? buro|escritorio virtual|uffici?o virtuale|virtueel kantoor|flexi ?desk|societe de domiciliation|centre de domiciliation|domiciliation d entreprises?)\b/,
    why: 'The address names a virtual office.',
  },
  {
    kind: 'self-storage',
    confidence: 0.75,
    pattern:
      /\b(?:(?:self|mini|public) ?storage|storage (?:units?|facility|cent(?:er|re)|locker)|self ?(?:stockage|lager|opslag)|garde meubles?|guarda ?muebles|trasteros?|mietlager|lagerbox(?:en)?|guardamobili|guarda moveis|bodegas? de almacenaje|mini ?bodegas?)\b/,
    why: 'The address names a self-storage site.',
  },
  {
    kind: 'hotel',
    confidence: 0.6,
    pattern:
      /\b(?:hotels?|motels?|hostels?|inn|resort|aparthotel|apart hotel|extended stay|guest ?house|bed and breakfast|gasthof|gasthaus|gastehaus|jugendherberge|auberge|chambres? d hotes?|pousada|posada|hostal|albergo|locanda|ostello|ryokan|hotell|hotelli)\b/,
    why: 'The address names a hotel.',
  },
  {
    // A family may be called so: another word of a house has to stand beside it.
    kind: 'hotel',
    confidence: 0.6,
    pattern:
      /\b(?:hilton|marriott|hyatt|sheraton|westin|radisson|wyndham|ramada|ibis|mercure|accor)\b.*\b(?:suites?|downtown|airport|convention|conference|marquis|centre|center|plaza|express|blu|red|city|room)\b/,
    why: 'The address names a hotel.',
  },
  {
    kind: 'locker or counter',
    confidence: 0.75,
    pattern:
      /\b(?:(?:parcel|package|amazon|smart|delivery) lockers?|access ?point|pick ?up (?:point|station|locker|counter)|parcel ?shop|hub counter|click and collect|hold for pick ?up|will call|paketshop|paketbox|paketstation|paketautomat|abholstation|point (?:relais|de retrait)|punto (?:de recogida|pickup|di ritiro)|ponto (?:de recolha|pickup)|afhaalpunt|pakketpunt|pakkeshop|pakkeboks|pakkeautomat|utleveringssted|paketombud|paczkomat|paczkomaty|pudo)\b/,
    why: 'The address names a parcel locker or counter.',
  },
  {
    kind: 'mail drop',
    confidence: 0.6,
    pattern:
      /\b(?:mail ?box(?:es)?|mail (?:cent(?:er|re)|forwarding|drop|depot|agency)|virtual mail(?:box)?|postal (?:annex|centers?)|briefkastendienst|postservice|postweiterleitung|domiciliation postale|reexpedition(?: de courrier)?|reenvio de correo)\b/,
    why: 'The address names a mailbox service.',
  },
  {
    kind: 'freight forwarder',
    confidence: 0.5,
    pattern:
      /\b(?:fwd|frwd|fwdr|forwarders?|(?:package|parcel|freight|cargo|international) forwarding|casillero|locker id|mailpac|reship(?:ping|per|ment)?|reshippers?|transit hub|consolidation (?:hub|center|centre|warehouse)|spedition|reenvios?|transitaires?|forwarding (?:dept|hub|warehouse))\b/,
    why: 'The address has a word that forwarders use.',
  },
  {
    kind: 'freight forwarder',
    confidence: 0.45,
    pattern: /\bforwarding\b/,
    why: 'The address has a word that forwarders use.',
  },
  {
    // Many people have parcels sent to where they work: alone a mere hint.
    kind: 'freight forwarder',
    confidence: 0.3,
    pattern: /\b(?:cargo|courier|freight|3pl|fulfil?lment|import export)\b/,
    why: 'The address names a firm that moves goods.',
  },
]

/** Over both lines as written, in lower case: words of scripts that segments do not part. */
export const lineWords: Word[] = [
  {
    kind: 'po box',
    confidence: 0.9,
    pattern:
      /私書[箱函]|[邮郵]政信箱|[邮郵]箱|사서함|абонентский\s+ящик|(?:^|[\s,])а\/я(?=[\s\d,№]|$)|ת\.?ד\.?\s*\d|ص\.\s?ب/u,
    why: 'PO box.',
  },
  {
    kind: 'locker or counter',
    confidence: 0.9,
    pattern: /局留|до востребования|存局候[领領]|유치우편|宅配ロッカー|菜[鸟鳥]驿站|丰巢|постамат/u,
    why: 'To be picked up at a post office or a locker.',
  },
  {
    kind: 'hotel',
    confidence: 0.6,
    pattern: /ホテル|旅館|酒店|[宾賓][馆館]|旅社|호텔|모텔|гостиница|отель|فندق|מלון/u,
    why: 'The address names a hotel.',
  },
  {
    kind: 'freight forwarder',
    confidence: 0.6,
    pattern: /[转轉][运運][仓倉]|集[运運][仓倉]|배송대행|転送/u,
    why: 'The address has a word that forwarders use.',
  },
]

/** As `lineWords`, where the house number comes last and a segment such as `Trastero 12` reads as a street. */
export const numberedWords: Word[] = [
  {
    kind: 'self-storage',
    confidence: 0.75,
    pattern: /(?:^|[,;]\s*)(?:trastero|mini ?bodega|mietlager|lagerbox|box deposito)\s+\p{L}?\d/u,
    why: 'The address names a self-storage site.',
  },
  {
    kind: 'virtual office',
    confidence: 0.7,
    pattern: /(?:^|[,;]\s*)(?:oficina virtual|bureau virtuel|ufficio virtuale|escritorio virtual)\s+\p{L}?\d/u,
    why: 'The address names a virtual office.',
  },
  {
    kind: 'freight forwarder',
    confidence: 0.5,
    pattern: /(?:^|[,;]\s*)(?:casillero|locker id)\s+\p{L}{0,3}-?\d/u,
    why: 'The address has a word that forwarders use.',
  },
]

/** Care of a firm: receives for others. Care of a person is a flat share. */
export const careOf = /(?:^|[\s,;(])(?:c\s?\/\s?o\.?|care of|℅)(?=\s|$)/u
