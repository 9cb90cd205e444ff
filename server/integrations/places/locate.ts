// Puts together what the sets and files say of one address, each in its order of trust.
import type { IpAddress } from '../../lib/ip.ts'
import type { IpExplained, IpPlace } from '../../ports.ts'
import { exitRanges, type KnownOperator, knownRanges, operatorOf } from './known-networks.ts'
import type { Told } from './mmdb-record.ts'
import { labelAt, type RangeTable } from './range-table.ts'

interface Teller {
  title: string
  tell(ip: string): Told | null
}

/** What there is to ask; null where it is not there or switched off. */
export interface Layers {
  /** The operator's own, the most trusted first. */
  own: Teller[]
  cities: Teller | null
  operators: RangeTable | null
  vpn: RangeTable | null
  hosting: RangeTable | null
  hostingAsns: ReadonlySet<number> | null
  relay: RangeTable | null
}

const nothing: Told = {
  country: null,
  region: null,
  city: null,
  circle: null,
  asn: null,
  operator: null,
  network: null,
}

/** Where an address seems to be and whose it is; null where nothing says anything of it. */
export function locate(layers: Layers, address: IpAddress, ip: string): IpPlace | null {
  const own = ownWord(layers, ip)
  const announced = announcedBy(layers, address)
  const asn = own.asn ?? announced?.asn ?? null
  const known = knownBy(asn, address)
  const exit = labelAt(exitRanges, address)
  const place = whereOf(own, () => layers.cities?.tell(ip) ?? nothing)
  const network = own.network ?? networkBy(layers, address, { asn, known, exit })
  const isRelay = network === 'relay' && inTable(layers.relay, address)
  const operator =
    exit ?? own.operator ?? (isRelay ? 'iCloud Private Relay' : null) ?? known?.name ?? (announced?.name || null)
  if (place.country === null && place.circle === null && operator === null && network === null) return null
  const { country, region, city, circle } = place
  return { country, region, city, circle, operator, network: network ?? 'unknown' }
}

/** The same, with who says what: for whoever wonders about an answer. */
export function explain(layers: Layers, address: IpAddress, ip: string): IpExplained {
  const said: IpExplained['said'] = []
  const say = (by: string, what: string | null | undefined) => {
    if (what) said.push({ by, what })
  }
  for (const teller of layers.own) say(teller.title, words(teller.tell(ip)))
  const announced = announcedBy(layers, address)
  const asn = ownWord(layers, ip).asn ?? announced?.asn ?? null
  const known = knownBy(asn, address)
  say('our list of exits that reports name', labelAt(exitRanges, address))
  if (inTable(layers.relay, address)) say('iCloud Private Relay exits', 'private relay')
  if (inTable(layers.vpn, address)) say('VPN ranges', 'VPN exit')
  if (known) say('our list of operators', `${known.name}: ${known.network}`)
  if (inTable(layers.hosting, address)) say('data-centre ranges', 'hosting')
  if (asn !== null && layers.hostingAsns?.has(asn)) say('operators that are hosting providers', `AS${asn}: hosting`)
  if (announced) say('operators by announcement', `AS${announced.asn} ${announced.name}`)
  if (layers.cities) say(layers.cities.title, words(layers.cities.tell(ip)))
  return { place: locate(layers, address, ip), asn: asn ?? known?.asns[0] ?? null, said }
}

function words(told: Told | null): string | null {
  if (told === null) return null
  const where = [told.city, told.region, told.country].filter((part) => part !== null).join(', ')
  const whose = [told.asn === null ? null : `AS${told.asn}`, told.operator].filter((part) => part !== null).join(' ')
  return [where, whose, told.network].filter((part) => part).join('; ')
}

const inTable = (table: RangeTable | null, address: IpAddress): boolean =>
  table !== null && labelAt(table, address) !== null

/** Each member by the first of the operator's files that tells it. */
function ownWord({ own }: Layers, ip: string): Told {
  if (own.length === 0) return nothing
  return own.reduce<Told>((known, teller) => {
    const told = teller.tell(ip)
    if (told === null) return known
    const place = known.country === null && known.circle === null ? told : known
    return {
      country: place.country,
      region: place.region,
      city: place.city,
      circle: place.circle,
      asn: known.asn ?? told.asn,
      operator: known.operator ?? told.operator,
      network: known.network ?? told.network,
    }
  }, nothing)
}

/** The operator's own word; a city of ours where theirs is the country only, and the same. */
function whereOf(own: Told, ofSets: () => Told): Told {
  if (own.circle !== null) return own
  const told = ofSets()
  return own.country === null || own.country === told.country ? told : own
}

function announcedBy({ operators }: Layers, address: IpAddress): { asn: number; name: string } | null {
  const label = operators && labelAt(operators, address)
  if (!label) return null
  const [asn = '', name = ''] = label.split('\t')
  return { asn: Number(asn), name }
}

function knownBy(asn: number | null, address: IpAddress): KnownOperator | null {
  // An announcement that was seen says more than our blocks.
  const number = asn ?? Number(labelAt(knownRanges, address) ?? Number.NaN)
  return operatorOf.get(number) ?? null
}

/** What names a service comes first; an operator that is known for its kind before lists of mere ranges. */
function networkBy(
  layers: Layers,
  address: IpAddress,
  { asn, known, exit }: { asn: number | null; known: KnownOperator | null; exit: string | null },
): IpPlace['network'] | null {
  if (inTable(layers.relay, address)) return 'relay'
  if (exit !== null || inTable(layers.vpn, address)) return 'vpn'
  if (known) return known.network
  const isHosting = inTable(layers.hosting, address) || (asn !== null && layers.hostingAsns?.has(asn))
  return isHosting ? 'hosting' : null
}
