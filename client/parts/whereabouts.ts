// The filters that the device list and the map have in common: how far it is proven, which network, and away from home.
import type { Inputs } from '../api.ts'
import type { Filter } from './filters.tsx'
import { networkWords } from './place-words.ts'
import { proofWords } from './proof.tsx'
import { type Search, wordsOf } from './search-state.ts'

type Asked = NonNullable<Inputs['devices']['map']>
export type Whereabouts = { [Key in keyof Asked]-?: NonNullable<Asked[Key]> }

const proofs = ['attested', 'assigned', 'enrolled', 'claimed', 'doubtful', 'none'] as const
const networks = Object.keys(networkWords) as (keyof typeof networkWords)[]

/** As a page's address has them. */
export const readWhereabouts = (search: Search): Whereabouts => ({
  proof: wordsOf(search['proof'], proofs),
  network: wordsOf(search['network'], networks),
  abroad: search['abroad'] === 'yes',
})

/** As sentences above a list. */
export const whereaboutsFilters = ({ proof, network, abroad }: Whereabouts): Filter[] => [
  {
    key: 'proof',
    label: 'proof',
    isMany: true,
    options: proofs.map((value) => ({
      value,
      label: value === 'none' ? 'none: no check-in yet' : `${value}: ${proofWords[value]}`,
    })),
    values: proof,
    sentence: proof.length === 0 ? undefined : `proof is ${proof.join(' or ')}`,
  },
  {
    key: 'network',
    label: 'network',
    isMany: true,
    options: networks.map((value) => ({ value, label: networkWords[value] })),
    values: network,
  },
  {
    key: 'abroad',
    label: 'away from home',
    options: [{ value: 'yes', label: 'in another country than the assignee’s home' }],
    values: abroad ? ['yes'] : [],
    sentence: abroad ? 'in another country than the assignee’s home' : undefined,
  },
]
