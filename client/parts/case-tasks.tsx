// The checklist of a case: what was asked for and whether it was done.
import { Checkbox } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type Outputs, trpc } from '../api.ts'
import { useMay } from './me.ts'
import { Time } from './time.tsx'

export function CaseTasks({ whole: { tasks } }: { whole: Outputs['cases']['get'] }) {
  const { may, why } = useMay('analyst', 'provisioner', 'admin')
  const finish = useMutation(trpc.cases.finishTask.mutationOptions())
  if (tasks.length === 0) return null
  return (
    <section className="card" aria-label="Checklist">
      <header>
        <h2>Checklist</h2>
        <span className="small faint">
          {tasks.filter((task) => task.doneAt !== null).length} of {tasks.length} done
        </span>
      </header>
      <ul className="stack">
        {tasks.map((task) => (
          <li key={task.id} className="row apart">
            <Checkbox
              size="xs"
              label={task.task}
              checked={task.doneAt !== null || (finish.isPending && finish.variables.taskId === task.id)}
              disabled={!may || task.doneAt !== null || finish.isPending}
              title={why}
              onChange={() => finish.mutate({ taskId: task.id })}
            />
            <span className="small faint">
              {task.doneAt === null ? 'asked ' : `${task.doneBy}, `}
              <Time at={task.doneAt ?? task.addedAt} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}
