// The return of a device, on its page: where it stands, or the way to ask for it back.
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { trpc } from '../api.ts'
import { ReturnTags, reasonWords } from './return-words.tsx'
import { Time } from './time.tsx'

export function ReturnCard({ deviceId }: { deviceId: string }) {
  const { data } = useQuery(trpc.returns.ofDevice.queryOptions({ deviceId }))
  if (!data) return null
  return (
    <section className="card" aria-labelledby="device-return">
      <header>
        <h2 id="device-return">Asked back</h2>
        <Link to={`/returns/${data.id}`}>the return</Link>
      </header>
      <ReturnTags of={data} />
      <p className="soft small">
        {reasonWords[data.reason]} · due <Time at={data.dueOn} as="date" />
      </p>
    </section>
  )
}
