// One button that hands out the most urgent case which nobody has, and goes there.
import { Button } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { showDone, trpc } from '../api.ts'
import { useMay } from './me.ts'

/** Claims the next case and opens it; says so where none is left. */
export function useTakeNext(): { isPending: boolean; takeNext(): void } {
  const navigate = useNavigate()
  const take = useMutation(
    trpc.cases.takeNext.mutationOptions({
      onSuccess: (next) => {
        if (next === null) showDone('Nothing waits: every open case is with somebody.')
        else void navigate({ to: `/cases/${next.number}` })
      },
    }),
  )
  return { isPending: take.isPending, takeNext: () => take.mutate() }
}

export function TakeNext() {
  const { may, why } = useMay('analyst', 'admin')
  const { isPending, takeNext } = useTakeNext()
  return (
    <Button onClick={takeNext} loading={isPending} disabled={!may} title={why}>
      Take next
    </Button>
  )
}
