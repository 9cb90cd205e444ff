// From when on something counts as what most of the fleet has, with the two figures that an admin may set.
import { Button, NumberInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { type Outputs, showDone, trpc } from '../api.ts'
import { ErrorNote } from './error-note.tsx'
import { useMay } from './me.ts'
import './lines.css'

export function CommonSettings({ common }: { common: Outputs['catalog']['approvals']['common'] }) {
  const setting = useMay('admin')
  const [share, setShare] = useState<number | string>(Math.round(common.share * 100))
  const [homes, setHomes] = useState<number | string>(common.homes)
  const save = useMutation(
    trpc.catalog.setCommon.mutationOptions({ meta: { showsErrors: true }, onSuccess: () => showDone('Kept.') }),
  )
  return (
    <section className="card stack" aria-labelledby="common">
      <header>
        <h2 id="common">What counts as common</h2>
        {!setting.may && <span className="soft small">{setting.why}</span>}
      </header>
      <p className="small soft">
        A tool or an exit is proposed once it is with this share of the people whose laptops are heard of, and in this
        many homes: a farm is in few. Fleets of fewer than twenty people are asked nothing.
      </p>
      <form
        className="params"
        onSubmit={(event) => {
          event.preventDefault()
          save.mutate({ share: Number(share) / 100, homes: Number(homes) })
        }}
      >
        <NumberInput
          label="Share of people, in percent"
          min={20}
          max={100}
          disabled={!setting.may}
          value={share}
          onChange={setShare}
        />
        <NumberInput
          label="Different homes, at least"
          min={10}
          max={10_000}
          disabled={!setting.may}
          value={homes}
          onChange={setHomes}
        />
        {setting.may && (
          <Button type="submit" variant="default" loading={save.isPending}>
            Keep
          </Button>
        )}
      </form>
      {save.error !== null && <ErrorNote error={save.error} />}
    </section>
  )
}
