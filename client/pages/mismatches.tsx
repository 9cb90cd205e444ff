// The mismatch queue: what our records, an MDM, HR and the carrier tell differently, and what is settled about it.
import { Button } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import { type Outputs, queryClient, quietly, showDone, trpc } from '../api.ts'
import { FieldOwners } from '../parts/field-owners.tsx'
import { Filters } from '../parts/filters.tsx'
import { KeyCap, KeyHints, useKeys } from '../parts/keys.tsx'
import { Masked } from '../parts/masked.tsx'
import { type May, useMay } from '../parts/me.ts'
import { type Decision, decisionWords, fieldWords, ownerWords, sideWords } from '../parts/mismatch-words.ts'
import { More } from '../parts/more.tsx'
import { PageHeader } from '../parts/page-header.tsx'
import { ReasonDialog } from '../parts/reason-dialog.tsx'
import { useSearchState, wordOf, wordsOf } from '../parts/search-state.ts'
import { Failure, Nothing, Waiting } from '../parts/states.tsx'
import { Time } from '../parts/time.tsx'
import { usePages } from '../parts/use-pages.ts'
import '../parts/lines.css'
import '../parts/mismatches.css'

type Page = Outputs['mismatches']['list']
type Row = Page['mismatches'][number]
type Side = NonNullable<Row['sides'][number]>

const states = ['open', 'settled', 'gone'] as const
const fields = Object.keys(fieldWords) as (keyof typeof fieldWords)[]
const decisions = Object.keys(decisionWords) as Decision[]
const keyOf = { ours: 'o', theirs: 't', neither: 'b', explained: 'e' } as const satisfies Record<Decision, string>

interface Asked {
  row: Row
  decision: Decision
}

export function Mismatches() {
  const [search, setSearch] = useSearchState()
  const settling = useMay('admin', 'provisioner', 'analyst')
  const [asked, setAsked] = useState<Asked | null>(null)
  const status = wordOf(search['status'], states) ?? 'open'
  const field = wordsOf(search['field'], fields)
  const source = (search['source'] ?? '').split(',').filter(Boolean)
  const personId = search['person'] ?? null
  const deviceId = search['device'] ?? null
  const filter = { status, field, source, personId, deviceId }
  const sources = useQuery(trpc.mismatches.sources.queryOptions())
  const owners = useQuery(trpc.mismatches.owners.queryOptions())
  const pages = usePages({
    key: [...trpc.mismatches.list.queryKey(), 'pages', filter],
    read: (after: Page['next']) =>
      queryClient.fetchQuery({ ...trpc.mismatches.list.queryOptions({ ...filter, after }), staleTime: 0 }),
    nextOf: (page) => page.next,
  })
  const rows = pages.data?.pages.flatMap((page) => page.mismatches)
  const isFiltered =
    status !== 'open' || field.length > 0 || source.length > 0 || personId !== null || deviceId !== null
  const ask = (row: Row, decision: Decision) => {
    if (settling.may && row.status === 'open') setAsked({ row, decision })
  }
  const list = useListKeys(rows, ask, asked?.row.id ?? null)
  return (
    <>
      <PageHeader title="Mismatches" />
      <Filters
        filters={[
          {
            key: 'status',
            label: 'state',
            options: ['settled', 'gone'].map((value) => ({ value, label: value })),
            values: status === 'open' ? [] : [status],
          },
          {
            key: 'field',
            label: 'field',
            isMany: true,
            options: fields.map((value) => ({ value, label: fieldWords[value] })),
            values: field,
          },
          {
            key: 'source',
            label: 'source',
            isMany: true,
            options: [...new Set([...(sources.data ?? []), ...source])].map((value) => ({ value, label: value })),
            values: source,
          },
          ...(personId === null ? [] : [chosen('person', personId, 'of one person only')]),
          ...(deviceId === null ? [] : [chosen('device', deviceId, 'of one laptop only')]),
        ]}
        onChange={(key, values) => setSearch({ [key]: values })}
        count={rows && `${rows.length}${pages.hasNextPage ? ' and more' : ''} ${status}, the newest first`}
      />
      <p className="soft small" style={{ marginBottom: '0.6rem' }}>
        Nothing is overwritten silently: what differs stands here until somebody settles it, or the sides agree again.{' '}
        {settling.why}
      </p>
      {rows === undefined && pages.error && <Failure error={pages.error} retry={() => pages.refetch()} />}
      {rows === undefined && !pages.error && <Waiting lines={8} />}
      {rows?.length === 0 && <NothingOf isFiltered={isFiltered} />}
      {rows && rows.length > 0 && (
        <ul className="card flush lines mismatches" aria-label="Mismatches" ref={list}>
          {rows.map((row) => (
            <MismatchItem
              key={row.id}
              row={row}
              owner={owners.data?.find((one) => one.field === row.field)?.owner}
              settling={settling}
              onAsk={(decision) => ask(row, decision)}
            />
          ))}
        </ul>
      )}
      <div className="row apart" style={{ margin: '0.6rem 0' }}>
        {rows !== undefined && rows.length > 0 && (
          <KeyHints
            hints={[
              [['j', 'k'], 'move'],
              ...(settling.may
                ? decisions.map((decision): [string[], string] => [[keyOf[decision]], decisionWords[decision]])
                : []),
            ]}
          />
        )}
        <More query={pages} />
      </div>
      {(rows !== undefined || pages.error) && <FieldOwners />}
      {asked && <SettleDialog key={`${asked.row.id} ${asked.decision}`} asked={asked} onClose={() => setAsked(null)} />}
    </>
  )
}

const chosen = (key: string, value: string, sentence: string) => ({
  key,
  label: key,
  options: [{ value, label: sentence }],
  values: [value],
  sentence,
})

/** Keys of the queue: they move along the rows, and settle the one that has the focus. */
function useListKeys(rows: Row[] | undefined, ask: (row: Row, decision: Decision) => void, askedId: string | null) {
  const list = useRef<HTMLUListElement>(null)
  const left = useRef<number | null>(null)
  const links = () => [...(list.current?.querySelectorAll<HTMLElement>('[data-row]') ?? [])]
  const activeIndex = () =>
    links().findIndex((one) => one.closest('.mismatch')?.contains(document.activeElement) === true)
  // The dialog takes the focus, and a settled row takes it away with it: it goes on to the row that stands there then.
  useEffect(() => {
    const asked = rows?.findIndex((row) => row.id === askedId) ?? -1
    if (asked !== -1) left.current = asked
    if (askedId !== null || left.current === null || document.activeElement !== document.body) return
    const all = links()
    all[Math.min(all.length - 1, left.current)]?.focus({ preventScroll: true })
  })
  const move = (step: number) => {
    const all = links()
    all[Math.min(all.length - 1, Math.max(0, activeIndex() + step))]?.focus()
  }
  useKeys([
    { key: 'j', label: 'next row', run: () => move(1) },
    { key: 'k', label: 'row before', run: () => move(-1) },
    ...decisions.map((decision) => ({
      key: keyOf[decision],
      label: decisionWords[decision],
      run: () => {
        const row = rows?.[activeIndex()]
        if (row) ask(row, decision)
      },
    })),
  ])
  return list
}

function NothingOf({ isFiltered }: { isFiltered: boolean }) {
  return isFiltered ? (
    <Nothing title="No mismatch matches these filters">Take one out above.</Nothing>
  ) : (
    <Nothing title="Nothing differs">
      When an MDM, HR or a carrier tells something else than what is on file, it will stand here, with what each of them
      says.
    </Nothing>
  )
}

interface MismatchItemProps {
  row: Row
  /** Whose word stands for this field; absent while it is asked for. */
  owner: keyof typeof ownerWords | undefined
  settling: May
  onAsk(decision: Decision): void
}

function MismatchItem({ row, owner, settling, onAsk }: MismatchItemProps) {
  return (
    <li className="mismatch">
      <p className="row">
        <Link to={`/devices/${row.device.id}`} className="mono strong" data-row>
          {row.device.name}
        </Link>
        <span>
          {fieldWords[row.field]} differs from <span className="tag">{row.source}</span>
        </span>
        {row.person && (
          <span className="small">
            <Masked what="the person">
              <Link to={`/people/${row.person.id}`}>{row.person.name ?? 'erased'}</Link>
            </Masked>
            {' · '}
            <Link to="." search={(before: Record<string, unknown>) => ({ ...before, person: row.person?.id }) as never}>
              only theirs
            </Link>
          </span>
        )}
        <span className="soft small">
          since <Time at={row.openedAt} isStop />, last told <Time at={row.lastSeenAt} />
          {owner && ` · owner: ${ownerWords[owner]}`}
        </span>
      </p>
      <dl className="sides">
        {row.sides.map((side, index) => (
          <SideCell key={sides[index]} name={sides[index]!} side={side} row={row} />
        ))}
      </dl>
      {row.status === 'open' ? (
        <div className="row">
          {decisions.map((decision) => (
            <Button
              key={decision}
              variant="default"
              disabled={!settling.may}
              title={settling.why}
              onClick={() => onAsk(decision)}
            >
              {decisionWords[decision]}…<KeyCap of={keyOf[decision]} />
              <span className="visually-hidden">
                : {fieldWords[row.field]} of {row.device.name}
              </span>
            </Button>
          ))}
        </div>
      ) : (
        <Outcome row={row} />
      )}
    </li>
  )
}

const sides = ['ours', 'mdm', 'hr', 'carrier'] as const

/** Ours; where ours says nothing, the first that does. */
const measureOf = ({ sides: told }: Row) => told.findIndex((side) => side !== null)

function SideCell({ name, side, row }: { name: (typeof sides)[number]; side: Side | null; row: Row }) {
  const measure = measureOf(row)
  const differs = side !== null && !isSame(side, row.sides[measure]!)
  return (
    <div>
      <dt>
        {sideWords[name]}
        {differs && <span className="check"> ≠ {measure === 0 ? 'ours' : sideWords[sides[measure]!]}</span>}
      </dt>
      <dd>
        {side === null ? (
          <span className="faint">says nothing</span>
        ) : (
          <>
            <SideValue side={side} isId={row.field === 'serial_number' || row.field === 'hardware_uuid'} />
            <div className="small faint">
              {side.source && `${side.source}, `}
              {side.at === null ? 'no time noted' : <Time at={side.at} isStop />}
            </div>
          </>
        )}
      </dd>
    </div>
  )
}

const isSame = (a: Side, b: Side) => (a.person?.id ?? a.value) === (b.person?.id ?? b.value)

function SideValue({ side, isId }: { side: Side; isId: boolean }) {
  if (side.person)
    return (
      <Masked what="whom it names">
        <Link to={`/people/${side.person.id}`}>{side.person.name ?? 'erased'}</Link>
      </Masked>
    )
  return side.value === null ? (
    <span className="faint">nothing</span>
  ) : (
    <span className={isId ? 'mono anywhere' : 'anywhere'}>{side.value}</span>
  )
}

function Outcome({ row }: { row: Row }) {
  if (row.status === 'gone') return <p className="soft small">The sides agree again, by themselves.</p>
  return (
    <p className="soft small">
      <span className="strong">{row.decision && decisionWords[row.decision]}</span>
      {row.settledBy && ` by ${row.settledBy}`}
      {row.settledAt && (
        <>
          , <Time at={row.settledAt} isStop />
        </>
      )}
      {row.reason && (
        <>
          : <q>{row.reason}</q>
        </>
      )}
    </p>
  )
}

const follows = {
  ours: 'What is on file stays. The same difference is not shown again; a new value is.',
  theirs:
    'What they say is taken over where it is a fact of the laptop. Who holds it and where they live never moves by this.',
  neither: 'Nothing is changed here. Correct both where they come from.',
  explained: 'Both are right, for the reason that you give. Nothing is changed.',
} as const satisfies Record<Decision, string>

function SettleDialog({ asked: { row, decision }, onClose }: { asked: Asked; onClose(): void }) {
  const settle = useMutation(trpc.mismatches.settle.mutationOptions(quietly))
  return (
    <ReasonDialog
      isOpen
      onClose={onClose}
      title={`${decisionWords[decision]}: ${fieldWords[row.field]} of ${row.device.name}`}
      label={decision === 'explained' ? 'Explanation' : 'Reason'}
      description="Recorded with your name, and shown in the timeline."
      confirm={decisionWords[decision]}
      draft={`settle ${row.id} ${decision}`}
      onSubmit={async (reason) => {
        const { advice } = await settle.mutateAsync({ id: row.id, decision, reason })
        showDone(advice ?? 'Settled.')
      }}
    >
      <p className="soft small">{follows[decision]}</p>
    </ReasonDialog>
  )
}
