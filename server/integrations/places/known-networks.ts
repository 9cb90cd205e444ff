// Operators whose kind of network is public knowledge: a short list of our own, so that the plainest cases need no download.
import { parseRange } from '../../lib/ip.ts'
import type { IpPlace } from '../../ports.ts'
import { buildTable } from './range-table.ts'

export interface KnownOperator {
  name: string
  network: IpPlace['network']
  asns: number[]
  /** The large blocks among those it announces: what works without a table of operators. */
  ranges?: string
}

/**
 * Names and numbers as the registries of autonomous systems have them (ARIN, RIPE NCC, APNIC, LACNIC), blocks as their
 * systems announce them (ipverse, routes per AS, read 2026-11). Handsets share addresses by carrier NAT at every mobile
 * operator; one that announces fixed lines under the same number (Deutsche Telekom's AS3320, Vodafone's AS3209, Orange's
 * AS12479) cannot be told so, and is not here. Private relays as their operators describe them: Apple's egress runs at
 * Akamai (AS36183), Cloudflare and Fastly. Security gateways are the exits of companies.
 */
export const knownOperators: KnownOperator[] = [
  {
    name: 'T-Mobile USA',
    network: 'mobile',
    asns: [21928, 10507],
    ranges: `24.221.0.0/16 75.122.0.0/15 100.128.0.0/9 162.160.0.0/11 172.32.0.0/11 208.54.0.0/17 2607:fb90::/28`,
  },
  {
    name: 'Verizon Wireless',
    network: 'mobile',
    asns: [22394, 6167],
    ranges: `63.40.0.0/13 66.174.0.0/16 70.192.0.0/11 72.96.0.0/11 75.192.0.0/10 97.0.0.0/10 97.128.0.0/9 174.192.0.0/10
      2600:1000::/28 2600:1010::/29`,
  },
  {
    name: 'AT&T Mobility',
    network: 'mobile',
    asns: [20057],
    ranges: `107.77.64.0/19 107.77.192.0/18 107.80.0.0/15 107.84.0.0/15 107.90.0.0/15 107.106.0.0/15 107.232.0.0/14
      166.128.0.0/13 166.136.0.0/15 166.170.0.0/15 166.172.0.0/15 166.184.0.0/14 166.200.0.0/14 166.216.0.0/17
      2600:380::/36 2600:381::/38`,
  },
  { name: 'EE', network: 'mobile', asns: [12576], ranges: '2.24.0.0/13 31.64.0.0/10 95.144.0.0/13 2a01:4c8::/29' },
  { name: 'Vodafone UK', network: 'mobile', asns: [25135], ranges: '148.252.128.0/18 88.82.0.0/19 212.183.128.0/20' },
  { name: 'Three UK', network: 'mobile', asns: [60339] },
  { name: 'Free Mobile', network: 'mobile', asns: [51207] },
  { name: 'Telcel', network: 'mobile', asns: [28403] },
  { name: 'Airtel', network: 'mobile', asns: [45609] },
  { name: 'Jio', network: 'mobile', asns: [55836] },
  { name: 'NTT Docomo', network: 'mobile', asns: [9605] },
  { name: 'Telkomsel', network: 'mobile', asns: [23693] },
  { name: 'Starlink', network: 'carrier NAT', asns: [14593] },

  { name: 'Akamai private relay', network: 'relay', asns: [36183] },
  { name: 'Cloudflare', network: 'relay', asns: [13335] },
  { name: 'Fastly', network: 'relay', asns: [54113] },
  {
    name: 'Zscaler',
    network: 'relay',
    asns: [22616, 53813, 62044],
    ranges: `104.129.192.0/21 136.226.0.0/16 147.161.128.0/17 165.225.0.0/17 165.225.192.0/18 170.85.0.0/16`,
  },
  {
    name: 'Netskope',
    network: 'relay',
    asns: [55256],
    ranges: '24.206.64.0/18 162.10.128.0/18 163.116.128.0/20 163.116.160.0/19 163.116.192.0/20 163.116.240.0/20',
  },

  {
    name: 'Proton VPN',
    network: 'vpn',
    asns: [209103],
    ranges: '185.159.157.0/24 185.159.159.0/24 194.126.177.0/24',
  },
  {
    // 31173 Services AB carries it.
    name: 'Mullvad VPN',
    network: 'vpn',
    asns: [39351],
    ranges: '45.83.220.0/22 141.98.252.0/22 185.65.134.0/23 185.213.152.0/22 193.138.216.0/22',
  },
  { name: 'NordVPN', network: 'vpn', asns: [136787] },

  {
    name: 'Sharktech',
    network: 'hosting',
    asns: [46844],
    ranges: `45.58.128.0/18 64.32.0.0/19 67.21.64.0/19 70.39.64.0/20 70.39.96.0/19 104.160.160.0/20 107.167.0.0/19
      170.178.160.0/19 174.128.224.0/19 199.115.96.0/21 204.188.192.0/18 208.98.32.0/19 2610:150::/32`,
  },
  {
    name: 'Hetzner',
    network: 'hosting',
    asns: [24940],
    ranges: `5.9.0.0/16 5.75.128.0/17 37.27.0.0/16 46.4.0.0/16 49.12.0.0/15 65.21.0.0/16 65.108.0.0/15 78.46.0.0/15
      88.99.0.0/16 88.198.0.0/16 94.130.0.0/16 95.216.0.0/15 116.202.0.0/15 135.181.0.0/16 136.243.0.0/16
      138.201.0.0/16 144.76.0.0/16 148.251.0.0/16 157.90.0.0/16 159.69.0.0/16 162.55.0.0/16 167.235.0.0/16
      168.119.0.0/16 176.9.0.0/16 178.63.0.0/16 188.40.0.0/16 195.201.0.0/16 213.239.192.0/18 2a01:4f8::/31`,
  },
  {
    name: 'DigitalOcean',
    network: 'hosting',
    asns: [14061],
    ranges: `45.55.0.0/16 46.101.0.0/16 64.225.0.0/17 68.183.0.0/16 104.131.0.0/16 104.236.0.0/16 104.248.0.0/16
      107.170.0.0/16 128.199.0.0/16 134.209.0.0/16 139.59.0.0/16 142.93.0.0/16 157.230.0.0/16 157.245.0.0/16
      159.65.0.0/16 159.203.0.0/16 161.35.0.0/16 165.22.0.0/16 165.227.0.0/16 167.71.0.0/16 167.99.0.0/16
      167.172.0.0/16 178.62.0.0/16 178.128.0.0/16 188.166.0.0/16 206.189.0.0/16 2604:a880::/46 2a03:b0c0::/46`,
  },
  { name: 'Amazon Web Services', network: 'hosting', asns: [16509, 14618] },
  { name: 'Google Cloud', network: 'hosting', asns: [396982] },
  { name: 'Microsoft Azure', network: 'hosting', asns: [8075] },
  { name: 'Oracle Cloud', network: 'hosting', asns: [31898] },
  { name: 'OVH', network: 'hosting', asns: [16276] },
  { name: 'Linode', network: 'hosting', asns: [63949] },
  { name: 'Vultr', network: 'hosting', asns: [20473] },
  { name: 'M247', network: 'hosting', asns: [9009] },
  { name: 'Datacamp', network: 'hosting', asns: [60068, 212238] },
  { name: 'Leaseweb', network: 'hosting', asns: [60781] },
  { name: 'Contabo', network: 'hosting', asns: [51167] },
  { name: 'Scaleway', network: 'hosting', asns: [12876] },
  { name: 'Alibaba Cloud', network: 'hosting', asns: [45102] },
  { name: 'Tencent Cloud', network: 'hosting', asns: [132203] },
]

/**
 * Exits of VPN services that have no network of their own, as a report named them. Astrill's sit among other customers of
 * ordinary hosting providers and change: these five are those of SecurityScorecard's "Operation Phantom Circuit" (2025-01),
 * https://securityscorecard.com/blog/operation-phantom-circuit-north-koreas-global-data-exfiltration-campaign/
 */
const namedExits: { name: string; addresses: string }[] = [
  { name: 'Astrill VPN', addresses: '70.39.70.196 70.39.70.197 199.115.99.62 204.188.233.68 45.58.143.196' },
]

/** By the number of the autonomous system. */
export const operatorOf = new Map(knownOperators.flatMap((one) => one.asns.map((asn) => [asn, one] as const)))

/** The blocks above; the label is the operator's first number. */
export const knownRanges = buildTable(
  knownOperators.flatMap(({ ranges, asns }) => rangesOf(ranges ?? '', String(asns[0]))),
)

/** The label is the service's name. */
export const exitRanges = buildTable(namedExits.flatMap(({ name, addresses }) => rangesOf(addresses, name)))

function rangesOf(text: string, label: string) {
  return text
    .split(/\s+/)
    .filter((word) => word !== '')
    .map((word) => ({ range: parseRange(word)!, label }))
}
