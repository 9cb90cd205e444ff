// Who has a case in hand for the moment, and who else has it open; one's own claim is renewed while one works on it.
import { useMutation, useQuery } from '@tanstack/react-query'
import { useCallback, useEffect, useRef, useState } from 'react'
import { type Outputs, quietly, showDone, trpc, unseen } from '../api.ts'
import { ConfirmDialog } from './confirm-dialog.tsx'
import { useMay, useMe } from './me.ts'
import { Time } from './time.tsx'

type Attendance = Outputs['cases']['attend']

const EVERY_MS = 20_000
/** Who neither typed nor moved for so long is not at it. */
const ACTIVE_MS = 5 * 60_000

/** Says every 20 s that this case is open here, as long as the page can be seen. */
function useAttendance(caseId: string): { attendance: Attendance | undefined; tell(): void } {
  const { mutate, data } = useMutation(trpc.cases.attend.mutationOptions(unseen))
  const active = useRef(Date.now())
  const tell = useCallback(() => {
    if (document.visibilityState === 'visible') mutate({ caseId, isActive: Date.now() - active.current < ACTIVE_MS })
  }, [caseId, mutate])
  useEffect(() => {
    const touch = () => {
      active.current = Date.now()
    }
    tell()
    const timer = setInterval(tell, EVERY_MS)
    const moves = ['pointerdown', 'pointermove', 'keydown'] as const
    for (const move of moves) document.addEventListener(move, touch, { passive: true })
    document.addEventListener('visibilitychange', tell)
    return () => {
      clearInterval(timer)
      for (const move of moves) document.removeEventListener(move, touch)
      document.removeEventListener('visibilitychange', tell)
    }
  }, [tell])
  return { attendance: data, tell }
}

export function CaseClaim({ whole }: { whole: Outputs['cases']['get'] }) {
  const me = useMe()
  const { may } = useMay('analyst', 'admin')
  const { data: colleagues = [] } = useQuery(trpc.access.colleagues.queryOptions())
  const { attendance, tell } = useAttendance(whole.id)
  const [isTaking, setTaking] = useState(false)
  const claim = useMutation(
    trpc.cases.claim.mutationOptions({
      ...quietly,
      onSuccess: () => {
        showDone('Yours for 15 minutes, and longer while you work on it')
        tell()
      },
      // Somebody was quicker: the question names them.
      onError: () => setTaking(true),
    }),
  )
  const release = useMutation(trpc.cases.release.mutationOptions({ onSuccess: tell }))
  const nameOf = (id: string) => colleagues.find((one) => one.id === id)?.name ?? 'a former user'
  const held = attendance === undefined ? whole.claim : attendance.claim
  const holder = held === null ? null : held.userId === me.userId ? 'you' : nameOf(held.userId)
  const isWorked = whole.status !== 'closed' && whole.partOf === null
  const viewers = attendance?.viewers ?? []
  return (
    <p className="row small" role="status">
      {viewers.length > 0 && <span className="soft">Also open here: {viewers.map(nameOf).join(', ')}.</span>}
      {held && isWorked && (
        <span className={held.userId === me.userId ? 'soft' : 'strong'}>
          With {holder} until <Time at={held.until} as="clock" />.
        </span>
      )}
      {may && isWorked && held === null && (
        <button
          type="button"
          className="link"
          disabled={claim.isPending}
          onClick={() => claim.mutate({ caseId: whole.id })}
        >
          Take it for 15 minutes
        </button>
      )}
      {may && isWorked && held !== null && held.userId === me.userId && (
        <button
          type="button"
          className="link"
          disabled={release.isPending}
          onClick={() => release.mutate({ caseId: whole.id })}
        >
          Let go
        </button>
      )}
      {may && isWorked && held !== null && held.userId !== me.userId && (
        <button type="button" className="link" onClick={() => setTaking(true)}>
          Take over…
        </button>
      )}
      <ConfirmDialog
        isOpen={isTaking && held?.userId !== me.userId}
        onClose={() => {
          claim.reset()
          setTaking(false)
        }}
        title={`Take C-${whole.number} over`}
        confirm="Take it over"
        asked={{ isPending: claim.isPending, error: null }}
        onConfirm={() => claim.mutate({ caseId: whole.id, takeOver: true }, { onSuccess: () => setTaking(false) })}
      >
        <p>
          {held ? (
            <>
              It is with {holder} until <Time at={held.until} as="clock" />. Taken over, it is with you from now on;
              they see it on their page.
            </>
          ) : (
            'It is with somebody else. Taken over, it is with you from now on.'
          )}
        </p>
      </ConfirmDialog>
    </p>
  )
}
