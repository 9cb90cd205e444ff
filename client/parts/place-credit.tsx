// Whom we owe the places that are read from IP addresses: their licence asks for this line where one shows.
import './place-credit.css'

export function PlaceCredit() {
  return (
    <p className="place-credit">
      <a href="https://db-ip.com" target="_blank" rel="noreferrer">
        IP Geolocation by DB-IP
      </a>
    </p>
  )
}
