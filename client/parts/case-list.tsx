// The cases about a device, a person, or the same as another case; nothing where there are none.
import { Link } from '@tanstack/react-router'
import { type Severity, SeverityMark } from './severity.tsx'

interface ListedCase {
  number: number
  title: string
  status: string
  severity: Severity
  outcome: string | null
}

export function CaseList({ title, cases }: { title: string; cases: ListedCase[] }) {
  if (cases.length === 0) return null
  return (
    <section className="card" aria-label={title}>
      <h2>{title}</h2>
      <ul className="stack tight">
        {cases.map((one) => (
          <li key={one.number}>
            <SeverityMark of={one.severity} /> <Link to={`/cases/${one.number}`}>C-{one.number}</Link> {one.title}{' '}
            <span className="tag">{one.outcome?.replace('_', ' ') ?? one.status}</span>
          </li>
        ))}
      </ul>
    </section>
  )
}
