// What a step for many came to: done, left out, failed, each with why, to be taken away as a file.
import { Button, Modal } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { Outputs } from '../api.ts'
import { downloadText, writeCsv } from './csv.ts'

type Result = Outputs['cases']['bulk']

export function BulkOutcome({ result, onClose }: { result: Result; onClose(): void }) {
  const { done, skipped, failed } = result
  const download = () => {
    const rows = Object.entries(result).flatMap(([came, items]) =>
      items.map((item) => [`C-${item.number}`, item.title, came, item.why ?? '']),
    )
    downloadText('cases.csv', writeCsv([['case', 'title', 'result', 'why'], ...rows]))
  }
  return (
    <Modal opened onClose={onClose} title="What came of it">
      <div className="stack">
        <p role="status">
          <strong>{done.length}</strong> done, <strong>{skipped.length}</strong> left out,{' '}
          <strong className={failed.length > 0 ? 'check' : ''}>{failed.length}</strong> failed
        </p>
        <Items title="Failed" items={failed} />
        <Items title="Left out" items={skipped} />
        <div className="row">
          <Button onClick={onClose} data-autofocus>
            Good
          </Button>
          <Button variant="default" onClick={download}>
            Download as CSV
          </Button>
        </div>
      </div>
    </Modal>
  )
}

function Items({ title, items }: { title: string; items: Result['done'] }) {
  if (items.length === 0) return null
  return (
    <section aria-label={title}>
      <h3>{title}</h3>
      <ul className="small">
        {items.map((item) => (
          <li key={item.caseId}>
            <Link to={`/cases/${item.number}`}>C-{item.number}</Link> {item.why}
          </li>
        ))}
      </ul>
    </section>
  )
}
