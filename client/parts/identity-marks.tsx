// What speaks of a laptop's identity beside its present names: names before, boards, doubts, matches that were undone.
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { trpc } from '../api.ts'
import { Copyable } from './copyable.tsx'
import { Time } from './time.tsx'

/** Nothing where nothing does. */
export function IdentityMarks({ deviceId }: { deviceId: string }) {
  const { data } = useQuery(trpc.devices.identity.queryOptions({ id: deviceId }))
  if (data === undefined) return null
  const { serialsBefore, boards, isSerialShared, isUuidShared, doubts, undone } = data
  const marks: [string, ReactNode][] = [
    ...serialsBefore.map((serial): [string, ReactNode] => [
      'Serial number before',
      <Copyable key={serial} text={serial} />,
    ]),
    ...boards.map((uuid, index): [string, ReactNode] => [
      index === 0 ? 'Boards it has or had' : '',
      <Copyable key={uuid} text={uuid} />,
    ]),
    ...(isSerialShared ? [['Serial number', check('several machines tell it')] as [string, ReactNode]] : []),
    ...(isUuidShared ? [['Hardware UUID', check('several machines tell it')] as [string, ReactNode]] : []),
    ...doubts.map((one): [string, ReactNode] => [
      'Doubt',
      <span key={one.seq}>
        {check(one.doubt)}, {one.source}, <Time at={one.at} as="short" />
        {one.otherDeviceId && (
          <>
            : <Link to={`/devices/${one.otherDeviceId}`}>the other laptop</Link>
          </>
        )}
      </span>,
    ]),
    ...undone.map((one): [string, ReactNode] => [
      'Match undone',
      <span key={one.seq}>
        {one.source} by {one.matchedBy}, its reports since <Time at={one.since} as="short" /> left out
      </span>,
    ]),
  ]
  if (marks.length === 0) return null
  return (
    <dl className="facts" style={{ marginTop: '0.8rem' }}>
      {marks.map(([name, value], index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: several may have one name
        <div key={index} style={{ display: 'contents' }}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}

const check = (text: string) => <span className="check">{text}</span>
