// One thing that a check-in told: its words, what the catalogue knows it as, and where an address seemed to be.
import { type NetworkKind, networkWords, placeText } from './place-words.ts'

interface ToldProps {
  told: { text: string; isHash: boolean; mark: { name: string; weighs: boolean } | null }
}

export function Told({ told: { text, isHash, mark } }: ToldProps) {
  return (
    <>
      <span className={isHash ? 'mono faint' : 'anywhere'} title={isHash ? 'Kept as a keyed hash' : undefined}>
        {isHash && <span aria-hidden="true">#</span>}
        {text}
      </span>
      {mark && (
        <>
          {' '}
          <span className={mark.weighs ? 'tag check' : 'tag'}>{mark.name}</span>
        </>
      )}
    </>
  )
}

interface SeemingPlace {
  city: string | null
  region: string | null
  country: string | null
  radiusKm: number | null
  kind: NetworkKind
  operator: string | null
}

/** Where an address seemed to be when it was told; null: it could not be placed. */
export function SeemingPlaceText({ place }: { place: SeemingPlace | null }) {
  if (place === null) return <span className="faint">cannot be placed</span>
  return (
    <span className="soft">
      {placeText(place)}
      {place.radiusKm !== null && ` ± ${Math.round(place.radiusKm)} km`} · {networkWords[place.kind]}
      {place.operator && ` · ${place.operator}`}
    </span>
  )
}
