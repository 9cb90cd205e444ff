// What one does with a case: take it, hand it on, say something, wait, snooze, escalate, close with an outcome, open again.
import { Button, Menu } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import { type Outputs, showDone, trpc } from '../api.ts'
import { Close, Comment, Escalate, Reopen, Snooze, Wait } from './case-dialogs.tsx'
import { besideInQueue } from './case-queue.ts'
import { type Key, KeyCap, useKeys } from './keys.tsx'
import { useMay, useMe } from './me.ts'
import { useTakeNext } from './take-next.tsx'

type Whole = Outputs['cases']['get']
type Step = 'comment' | 'snooze' | 'wait' | 'escalate' | 'close' | 'close and next' | 'reopen'

export function CaseActions({ whole }: { whole: Whole }) {
  const me = useMe()
  const { may, why } = useMay('analyst', 'admin')
  const [step, setStep] = useState<Step | null>(null)
  const assign = useMutation(
    trpc.cases.assign.mutationOptions({
      onSuccess: (_, { to }) => showDone(to === me.userId ? 'The case is yours' : 'Assigned'),
    }),
  )
  const isWorked = whole.status !== 'closed' && whole.partOf === null
  const isMine = whole.assigneeId === me.userId
  const take = () => assign.mutate({ caseId: whole.id, from: whole.assigneeId, to: me.userId })
  const close = () => setStep(null)
  const goOn = useGoOn(whole.number)
  useKeys([
    ...goOn.keys,
    ...(may ? [{ key: 'c', label: 'comment', run: () => setStep('comment') }] : []),
    ...(may && isWorked && !isMine ? [{ key: 'a', label: 'assign to me', run: take }] : []),
    ...(may && isWorked ? steps.map(([key, to, label]) => ({ key, label, run: () => setStep(to) })) : []),
  ])
  if (!may) return <p className="small faint">{why}</p>
  return (
    <>
      {isWorked && (
        <>
          <Assign
            whole={whole}
            isMine={isMine}
            isBusy={assign.isPending}
            onTake={take}
            onAssign={(to) => assign.mutate({ caseId: whole.id, from: whole.assigneeId, to })}
          />
          <Act step="snooze" cap="s" onPick={setStep}>
            Snooze
          </Act>
          <Act step="wait" cap="w" onPick={setStep}>
            Wait
          </Act>
          <Act step="escalate" cap="e" onPick={setStep}>
            {whole.escalatedAt === null ? 'Escalate' : 'Escalated…'}
          </Act>
        </>
      )}
      <Act step="comment" cap="c" onPick={setStep}>
        Comment
      </Act>
      {isWorked && (
        <Button onClick={() => setStep('close')}>
          Close…
          <KeyCap of="r" />
        </Button>
      )}
      {whole.status === 'closed' && whole.partOf === null && <Button onClick={() => setStep('reopen')}>Reopen…</Button>}
      {step === 'comment' && <Comment whole={whole} onClose={close} />}
      {step === 'snooze' && <Snooze whole={whole} onClose={close} />}
      {step === 'wait' && <Wait whole={whole} onClose={close} />}
      {step === 'escalate' && <Escalate whole={whole} onClose={close} />}
      {step === 'close' && <Close whole={whole} onClose={close} onClosed={() => {}} confirm="Close the case" />}
      {step === 'close and next' && (
        <Close whole={whole} onClose={close} onClosed={goOn.next} confirm="Close it and open the next" />
      )}
      {step === 'reopen' && <Reopen whole={whole} onClose={close} />}
    </>
  )
}

const steps: [key: string, to: Step, label: string][] = [
  ['s', 'snooze', 'snooze'],
  ['w', 'wait', 'wait on somebody'],
  ['e', 'escalate', 'escalate'],
  ['r', 'close', 'close with an outcome'],
  ['n', 'close and next', 'close, and open the next'],
]

/** The cases beside this one, in the order of the list that it was opened from; without one, whatever is most urgent. */
function useGoOn(number: number): { keys: Key[]; next(): void } {
  const navigate = useNavigate()
  const { takeNext } = useTakeNext()
  const { before, next } = besideInQueue(number)
  const open = (other: number) => void navigate({ to: `/cases/${other}` })
  return {
    keys: [
      ...(before === null ? [] : [{ key: 'ArrowLeft', label: 'the case before', run: () => open(before) }]),
      ...(next === null ? [] : [{ key: 'ArrowRight', label: 'the next case', run: () => open(next) }]),
    ],
    next: () => (next === null ? takeNext() : open(next)),
  }
}

interface ActProps {
  step: Step
  cap: string
  onPick(step: Step): void
  children: ReactNode
}

function Act({ step, cap, onPick, children }: ActProps) {
  return (
    <Button variant="default" onClick={() => onPick(step)}>
      {children}
      <KeyCap of={cap} />
    </Button>
  )
}

interface AssignProps {
  whole: Whole
  isMine: boolean
  isBusy: boolean
  onTake(): void
  onAssign(to: string | null): void
}

function Assign({ whole, isMine, isBusy, onTake, onAssign }: AssignProps) {
  const me = useMe()
  const { data: colleagues = [] } = useQuery(trpc.access.colleagues.queryOptions())
  const others = colleagues.filter(
    ({ id, role }) => id !== me.userId && id !== whole.assigneeId && (role === 'analyst' || role === 'admin'),
  )
  return (
    <Button.Group>
      {!isMine && (
        <Button variant="default" loading={isBusy} onClick={onTake}>
          {whole.assigneeId === null ? 'Assign to me' : 'Take over'}
          <KeyCap of="a" />
        </Button>
      )}
      <Menu position="bottom-end">
        <Menu.Target>
          <Button variant="default" px="xs" aria-label="Assign to somebody else">
            {isMine ? 'Assign…' : '⋯'}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {others.map(({ id, name, role }) => (
            <Menu.Item key={id} onClick={() => onAssign(id)}>
              {name} <span className="small faint">{role}</span>
            </Menu.Item>
          ))}
          {others.length === 0 && <Menu.Item disabled>Nobody else works cases</Menu.Item>}
          {whole.assigneeId !== null && <Menu.Item onClick={() => onAssign(null)}>Give it back, to nobody</Menu.Item>}
        </Menu.Dropdown>
      </Menu>
    </Button.Group>
  )
}
