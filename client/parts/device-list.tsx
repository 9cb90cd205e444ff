// The devices of a person or a parcel, each with where it is in its life and who has it.
import { Link } from '@tanstack/react-router'

interface ListedDevice {
  id: string
  serialNumber: string | null
  model: string | null
  lifeCycle: string
  holder: string
  /** Whether the person of this page has it. */
  holdsIt?: boolean
}

/** `none` is what stands there without any. */
export function DeviceList({ devices, none }: { devices: ListedDevice[]; none: string }) {
  return (
    <section className="card" aria-labelledby="device-list">
      <header>
        <h2 id="device-list">Devices</h2>
      </header>
      {devices.length === 0 && <p className="soft">{none}</p>}
      <ul className="stack tight">
        {devices.map((device) => (
          <li key={device.id}>
            <Link to={`/devices/${device.id}`} className="mono">
              {device.serialNumber ?? 'no serial'}
            </Link>{' '}
            {device.model}
            <div className="soft small">
              {device.lifeCycle} · {device.holdsIt ? 'they hold it' : `holder: ${device.holder}`}
            </div>
          </li>
        ))}
      </ul>
    </section>
  )
}
