// Whom we owe the places that are read from IP addresses: their licences ask for this line where one shows.
import { useQuery } from '@tanstack/react-query'
import { trpc } from '../api.ts'
import './place-credit.css'

/** Of what ships; until the service says which files are in use. */
const shipped = [{ text: 'IP Geolocation by DB-IP', url: 'https://db-ip.com' }]

export function PlaceCredit() {
  const credits = useQuery({ ...trpc.places.credits.queryOptions(), staleTime: 600_000 })
  return (
    <p className="place-credit">
      {(credits.data ?? shipped).map(({ text, url }, index) => (
        <span key={url}>
          {index > 0 && ' · '}
          <a href={url} target="_blank" rel="noreferrer">
            {text}
          </a>
        </span>
      ))}
    </p>
  )
}
