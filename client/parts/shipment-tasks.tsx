// What only a person can do about a parcel, done with one click.
import { Checkbox } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { trpc } from '../api.ts'
import { useMay } from './me.ts'
import { Time } from './time.tsx'

export function ShipmentTasks({ shipmentId }: { shipmentId: string }) {
  const { may, why } = useMay('admin', 'provisioner', 'analyst')
  const { data } = useQuery(trpc.labels.get.queryOptions({ shipmentId }))
  const finish = useMutation(trpc.shipments.finishTask.mutationOptions())
  if (!data || data.tasks.length === 0) return null
  return (
    <section className="card" aria-labelledby="shipment-tasks">
      <header>
        <h2 id="shipment-tasks">To do</h2>
        <span className="small faint">
          {data.tasks.filter((task) => task.doneAt !== null).length} of {data.tasks.length} done
        </span>
      </header>
      <ul className="stack">
        {data.tasks.map((task) => (
          <li key={task.id}>
            <Checkbox
              size="xs"
              label={task.task}
              description={
                <>
                  {task.askedCarrier && task.doneAt === null && 'the carrier’s service cannot do it for us · '}
                  {task.doneAt === null ? 'since ' : 'done '}
                  <Time at={task.doneAt ?? task.addedAt} />
                </>
              }
              checked={task.doneAt !== null || (finish.isPending && finish.variables.taskId === task.id)}
              disabled={!may || task.doneAt !== null || finish.isPending}
              title={why}
              onChange={() => finish.mutate({ taskId: task.id })}
            />
          </li>
        ))}
      </ul>
    </section>
  )
}
