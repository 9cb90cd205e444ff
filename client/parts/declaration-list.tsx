// Some declarations: for whom, why and until when, how much each keeps quiet; and the ways to make one longer or end it.
import { TextInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { type Outputs, showDone, trpc } from '../api.ts'
import { DAYS_MAX, dayAfter } from './days.ts'
import { declarationWords } from './declare-dialog.tsx'
import { useMay } from './me.ts'
import { ReasonDialog } from './reason-dialog.tsx'
import { Time, useNow } from './time.tsx'

type Declaration = Outputs['declarations']['list']['declarations'][number]
type KeptQuiet = Outputs['declarations']['keptQuiet'][number]

/** One page of the list, whose counters are read together. */
export function DeclarationList({ declarations }: { declarations: Declaration[] }) {
  const working = useMay('admin', 'provisioner', 'analyst')
  const [ending, setEnding] = useState<Declaration | null>(null)
  const [extending, setExtending] = useState<Declaration | null>(null)
  const ids = declarations.filter((one) => one.state === 'in force').map((one) => one.id)
  const kept = useQuery({ ...trpc.declarations.keptQuiet.queryOptions({ ids }), enabled: ids.length > 0 })
  const end = useMutation(trpc.people.endDeclaration.mutationOptions({ meta: { showsErrors: true } }))
  return (
    <>
      {declarations.map((one) => (
        <li key={one.id}>
          <Row of={one} kept={kept.data?.find((count) => count.declarationId === one.id)} isCounting={kept.isLoading} />
          {one.state !== 'over' && working.may && (
            <div className="row">
              <button type="button" className="link small" onClick={() => setExtending(one)}>
                make it longer<span className="visually-hidden">: {nameOf(one)}</span>
              </button>
              <button type="button" className="link small" onClick={() => setEnding(one)}>
                end it<span className="visually-hidden">: {nameOf(one)}</span>
              </button>
            </div>
          )}
        </li>
      ))}
      <ReasonDialog
        isOpen={ending !== null}
        onClose={() => setEnding(null)}
        title={ending ? `End “${nameOf(ending)}” now?` : ''}
        confirm="End it"
        draft={`end ${ending?.id ?? ''}`}
        onSubmit={async (reason) => {
          if (ending === null) return
          await end.mutateAsync({ declarationId: ending.id, reason })
          showDone('It has ended. What it kept quiet is judged again.')
        }}
      >
        <p className="soft small">From now on it explains nothing; what happened before stays explained.</p>
      </ReasonDialog>
      {extending && <ExtendDialog key={extending.id} of={extending} onClose={() => setExtending(null)} />}
    </>
  )
}

const nameOf = ({ kind, value, person }: Declaration) =>
  [declarationWords[kind].label, value, person && (person.name ?? 'somebody erased')].filter(Boolean).join(', ')

function Row({ of: one, kept, isCounting }: { of: Declaration; kept: KeptQuiet | undefined; isCounting: boolean }) {
  return (
    <>
      <p>
        <span className="strong">{declarationWords[one.kind].label}</span>
        {one.value !== null && <span className="anywhere">: {one.value}</span>}
        {' · '}
        {one.person === null ? (
          'everybody'
        ) : (
          <Link to={`/people/${one.person.id}`}>{one.person.name ?? 'somebody erased'}</Link>
        )}
        {one.other && (
          <>
            {', with '}
            <Link to={`/people/${one.other.id}`}>{one.other.name ?? 'somebody erased'}</Link>
          </>
        )}{' '}
        <span className={one.state === 'in force' ? 'tag good' : 'tag'}>
          {one.state === 'in force' ? '✓ in force' : one.state}
        </span>
      </p>
      {one.isRead === false && (
        <p className="soft small">
          Its address could not be read, so no address counts as being there. End it, and declare it by a whole address
          in one line.
        </p>
      )}
      <p className="soft small">
        <Time at={one.startsOn} as="date" /> to {one.endsOn === null ? 'no end' : <Time at={one.endsOn} as="date" />}
        {one.endedAt !== null && (
          <>
            , ended <Time at={one.endedAt} as="date" />
          </>
        )}
        {` · by ${one.owner}`}
        {one.state === 'in force' && (
          <>
            {' · '}
            <Counter kept={kept} isCounting={isCounting} />
          </>
        )}
      </p>
      {one.reason !== null && <q className="soft small">{one.reason}</q>}
    </>
  )
}

function Counter({ kept, isCounting }: { kept: KeptQuiet | undefined; isCounting: boolean }) {
  const { data: known } = useQuery({ ...trpc.rules.list.queryOptions(), enabled: kept !== undefined })
  if (kept === undefined) return <span className="faint">{isCounting ? 'counting…' : 'not counted'}</span>
  const rules = [...new Set(kept.findings.map((one) => one.rule))]
  const titleOf = (id: string) => known?.rules.find((rule) => rule.id === id)?.title ?? id
  const among = kept.isAll ? '' : `, among the newest ${kept.devices} laptops`
  if (kept.findings.length === 0) return <>keeps nothing quiet now{among}</>
  return (
    <>
      keeps <strong>{kept.findings.length}</strong> {kept.findings.length === 1 ? 'finding' : 'findings'} quiet{among}:{' '}
      {rules.map((rule, index) => (
        <span key={rule}>
          {index > 0 && ', '}
          <Link to={`/rules/${rule}`}>{titleOf(rule)}</Link>
        </span>
      ))}
    </>
  )
}

function ExtendDialog({ of: one, onClose }: { of: Declaration; onClose(): void }) {
  const now = useNow()
  const today = dayAfter(now, 0)
  const next = one.endsOn === null ? today : dayAfter(Date.parse(one.endsOn), 1)
  const startsOn = next > today ? next : today
  const latest = dayAfter(Date.parse(startsOn), DAYS_MAX)
  const [endsOn, setEndsOn] = useState(dayAfter(Date.parse(startsOn), 30))
  const fault = endsOn < startsOn ? `has to be ${startsOn} or later` : endsOn > latest ? `at most ${latest}` : null
  const extend = useMutation(trpc.declarations.extend.mutationOptions({ meta: { showsErrors: true } }))
  return (
    <ReasonDialog
      isOpen
      onClose={onClose}
      title={`Make “${nameOf(one)}” longer`}
      label="Why it still holds"
      confirm="Make it longer"
      draft={`extend ${one.id}`}
      isReady={fault === null}
      onSubmit={async (reason) => {
        const came = await extend.mutateAsync({ declarationId: one.id, endsOn, reason })
        showDone(came.state === 'waiting' ? 'It waits for a second person.' : 'Declared until then.')
      }}
    >
      <TextInput
        label="Until"
        type="date"
        required
        min={startsOn}
        max={latest}
        value={endsOn}
        error={fault}
        onChange={(event) => setEndsOn(event.currentTarget.value)}
      />
    </ReasonDialog>
  )
}
