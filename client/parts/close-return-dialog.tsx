// Closes a return: what becomes of the laptop, what was checked, and why.
import { Checkbox, Radio } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { showDone, trpc } from '../api.ts'
import { ReasonDialog } from './reason-dialog.tsx'
import { type Outcome, outcomeWords } from './return-words.tsx'

/** What the stockroom answers for when a laptop is back; the answers are kept with the reason. */
const checklist = ['Data wiped', 'Charger and accessories are there', 'Undamaged'] as const
const WIPED = checklist[0]

const whenReceived: Outcome[] = ['stock', 'repair', 'quarantine', 'disposed']
const whenNot: Outcome[] = ['withdrawn', 'kept', 'lost']

interface CloseReturnDialogProps {
  isOpen: boolean
  onClose(): void
  returnId: string
  isReceived: boolean
}

export function CloseReturnDialog({ isOpen, onClose, returnId, isReceived }: CloseReturnDialogProps) {
  const [chosen, setChosen] = useState<Outcome | null>(null)
  const [checked, setChecked] = useState<string[]>([])
  const close = useMutation(trpc.returns.close.mutationOptions({ meta: { showsErrors: true } }))
  const outcomes = isReceived ? whenReceived : whenNot
  const outcome = chosen !== null && outcomes.includes(chosen) ? chosen : null
  const needsWiping = outcome === 'stock' || outcome === 'disposed'
  return (
    <ReasonDialog
      isOpen={isOpen}
      onClose={onClose}
      title="Close this return"
      label="Why, and what was found"
      confirm="Close it"
      draft={`close return ${returnId}`}
      isReady={outcome !== null && (!needsWiping || checked.includes(WIPED))}
      onSubmit={async (reason) => {
        const answers = checklist.map((item) => `${item}: ${checked.includes(item) ? 'yes' : 'no'}.`).join(' ')
        // `isReady` holds the button until one is chosen.
        await close.mutateAsync({ returnId, outcome: outcome!, note: isReceived ? `${reason}\n${answers}` : reason })
        showDone('Closed.')
      }}
    >
      <Radio.Group
        label="What becomes of it"
        value={outcome ?? ''}
        onChange={(value) => setChosen(value as Outcome)}
        required
      >
        <div className="options">
          {outcomes.map((value) => (
            <Radio
              key={value}
              value={value}
              label={outcomeWords[value].label}
              description={outcomeWords[value].says}
              size="xs"
            />
          ))}
        </div>
      </Radio.Group>
      {isReceived && (
        <Checkbox.Group
          label="Checked"
          description={needsWiping ? 'It has to be wiped first.' : undefined}
          value={checked}
          onChange={setChecked}
        >
          <div className="options">
            {checklist.map((item) => (
              <Checkbox key={item} value={item} label={item} size="xs" />
            ))}
          </div>
        </Checkbox.Group>
      )}
    </ReasonDialog>
  )
}
