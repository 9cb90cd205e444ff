// The newest syncs of a source that is asked.
import { useQuery } from '@tanstack/react-query'
import { type Outputs, trpc } from '../api.ts'
import { Loaded } from './states.tsx'
import { Table } from './table.tsx'
import { spanText, Time } from './time.tsx'

type Run = Outputs['connectors']['runs'][number]

const outcomes: Record<Run['outcome'], { word: string; tone: string }> = {
  complete: { word: 'whole', tone: 'good' },
  partial: { word: 'in part', tone: '' },
  failed: { word: 'failed', tone: 'check' },
}

export function SyncList({ source }: { source: string }) {
  const query = useQuery(trpc.connectors.runs.queryOptions({ source, limit: 10 }))
  return (
    <Loaded query={query} lines={2}>
      {(runs) => (
        <div className="scrolls">
          <Table
            caption={`Syncs of ${source}`}
            rows={runs}
            idOf={(run) => run.id}
            query={query}
            empty="It has not been asked yet."
            columns={[
              {
                head: 'Sync',
                cell: (run) => (
                  <>
                    <span className={`tag ${outcomes[run.outcome].tone}`}>{outcomes[run.outcome].word}</span>{' '}
                    <Time at={run.beganAt} as="short" isStop />
                  </>
                ),
              },
              {
                head: 'Took',
                cell: (run) => spanText(Date.parse(run.endedAt) - Date.parse(run.beganAt)),
                isExtra: true,
              },
              { head: 'Pages', cell: (run) => run.pages, isNumber: true, isExtra: true },
              { head: 'Records', cell: (run) => run.records, isNumber: true },
              { head: 'Changed', cell: (run) => run.changed, isNumber: true },
              { head: 'Unreadable', cell: (run) => run.unreadable, isNumber: true, isExtra: true },
              {
                head: 'Problem',
                cell: (run) => (
                  <span className="small anywhere">
                    {run.outcome === 'complete' && run.problem && 'overcome: '}
                    {run.problem}
                  </span>
                ),
              },
            ]}
          />
        </div>
      )}
    </Loaded>
  )
}
