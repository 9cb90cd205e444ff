// Who owns each field of a laptop's record: whose word stands where two differ.
import { NativeSelect } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { showDone, trpc } from '../api.ts'
import { useMay } from './me.ts'
import { fieldWords, ownerMeans, ownerWords } from './mismatch-words.ts'
import { Loaded } from './states.tsx'

export function FieldOwners() {
  const owners = useQuery(trpc.mismatches.owners.queryOptions())
  const setting = useMay('admin')
  const set = useMutation(trpc.mismatches.setOwner.mutationOptions({ onSuccess: () => showDone('Set, from now on.') }))
  return (
    <section className="card" aria-labelledby="field-owners">
      <header>
        <h2 id="field-owners">Whose word stands</h2>
        <span className="small faint">{setting.may ? 'from the next report on' : setting.why}</span>
      </header>
      <Loaded query={owners}>
        {(fields) => (
          <div className="params owners">
            {fields.map(({ field, owner, mayBe, standard }) => (
              <NativeSelect
                key={field}
                label={fieldWords[field]}
                description={ownerMeans[owner]}
                inputWrapperOrder={['label', 'input', 'description']}
                value={owner}
                data={mayBe.map((value) => ({
                  value,
                  label: value === standard ? `${ownerWords[value]} (as it came)` : ownerWords[value],
                }))}
                disabled={!setting.may || mayBe.length === 1}
                onChange={(event) => set.mutate({ field, owner: event.currentTarget.value as typeof owner })}
              />
            ))}
          </div>
        )}
      </Loaded>
    </section>
  )
}
