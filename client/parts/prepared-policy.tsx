// Under which delivery policy a parcel was prepared, and what was asked about its address then.
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { trpc } from '../api.ts'
import { policyWords } from './policy-words.ts'
import { Time } from './time.tsx'

export function PreparedPolicy({ shipmentId }: { shipmentId: string }) {
  const { data } = useQuery(trpc.labels.get.queryOptions({ shipmentId }))
  const policy = data?.policy
  if (!policy) return null
  return (
    <section className="card" aria-labelledby="shipment-policy">
      <header>
        <h2 id="shipment-policy">Delivery policy</h2>
        {policy.tier && <span className="tag">{policy.tier}</span>}
      </header>
      <div className="stack">
        <ul className="dots">
          {policyWords(policy).map((words) => (
            <li key={words}>{words}</li>
          ))}
        </ul>
        {policy.answers.length > 0 && (
          <div>
            <h3 className="small soft">What was asked</h3>
            <ul className="dots small">
              {policy.answers.map(({ question, answer }) => (
                <li key={question}>
                  {question} <span className="strong">{answer}</span>
                </li>
              ))}
            </ul>
          </div>
        )}
        <p className="faint small">
          As prepared by {policy.by}
          {policy.at && (
            <>
              , <Time at={policy.at} />
            </>
          )}
          . The address is locked to it; <Link to="/policies">policies</Link> that change later do not touch it.
        </p>
      </div>
    </section>
  )
}
