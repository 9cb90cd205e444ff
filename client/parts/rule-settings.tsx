// How a rule is set: its ladder and parameters, tried on history, then saved with a note.
import { Button, NumberInput, SegmentedControl, Textarea } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { type Outputs, queryClient, readError, showDone, trpc } from '../api.ts'
import { Backtest } from './backtest.tsx'
import { ErrorNote, FormError } from './error-note.tsx'
import { useMay } from './me.ts'
import { type Params, ParamsForm, paramFault, paramsOf } from './params-form.tsx'

type RuleView = Outputs['system']['rules'][number]

const ladder = [
  { value: 'off', says: 'The rule does not run.' },
  { value: 'watch', says: 'Findings are shown and wait; they open nothing by themselves.' },
  { value: 'notify', says: 'Each finding is sent out as a message.' },
  { value: 'case', says: 'A finding opens a case.' },
  { value: 'hold', says: 'A finding opens a case and holds a parcel that has not left.' },
] as const
type Ladder = (typeof ladder)[number]['value']
/** Switching off needs a second person, for which there is no page: `watch` keeps a rule silent and seen. */
const offered = ladder.filter((one) => one.value !== 'off')

const DAYS = 90

/** The form; without the right to change it, what is set can be read and tried. */
export function RuleSettings({ rule }: { rule: RuleView }) {
  const saving = useMay('admin', 'analyst')
  const trying = useMay('admin', 'analyst', 'auditor')
  const [step, setStep] = useState<Ladder>(rule.ladder)
  const [params, setParams] = useState<Params>(rule.params)
  const [days, setDays] = useState(DAYS)
  const [note, setNote] = useState('')
  const test = useMutation({
    mutationFn: () =>
      queryClient.fetchQuery({ ...trpc.system.backtest.queryOptions({ ruleId: rule.id, days, params }), staleTime: 0 }),
    meta: { showsErrors: true },
  })
  const save = useMutation(
    trpc.system.setRule.mutationOptions({
      meta: { showsErrors: true },
      onSuccess: ({ woken }) =>
        showDone(`Saved. ${woken.toLocaleString()} devices are looked at again in the background.`),
    }),
  )
  const isFit = paramsOf(rule.paramsSchema).every(([name, schema]) => paramFault(schema, params[name]) === null)
  const areParamsNew = JSON.stringify(params) !== JSON.stringify(rule.params)
  const isNew = areParamsNew || step !== rule.ladder
  const faults = Object.fromEntries(
    (save.error ? readError(save.error).faults : []).map((fault) => [fault.path, fault.problem]),
  )
  const change = (next: Params) => {
    setParams(next)
    test.reset()
  }
  return (
    <>
      <section className="card" aria-labelledby="rule-settings">
        <header>
          <h2 id="rule-settings">Settings</h2>
          {!saving.may && <span className="soft small">{saving.why}</span>}
        </header>
        <div className="stack">
          <div>
            <p id="ladder-label" className="strong">
              A finding leads at most to
            </p>
            <SegmentedControl
              aria-labelledby="ladder-label"
              className="ladder"
              size="xs"
              readOnly={!saving.may}
              data={(rule.ladder === 'off' ? ladder : offered).map(({ value }) => value)}
              value={step}
              onChange={(value) => setStep(value as Ladder)}
            />
            <p className="soft small" aria-live="polite">
              {ladder.find(({ value }) => value === step)?.says} The rule itself asks for “{rule.response}”; the lower
              of the two counts.
            </p>
          </div>
          <ParamsForm
            schema={rule.paramsSchema}
            values={params}
            disabled={!saving.may}
            faults={faults}
            onChange={change}
          />
        </div>
      </section>
      <section className="card" aria-labelledby="rule-try">
        <header>
          <h2 id="rule-try">Try it on history</h2>
          <span className="faint small">
            {areParamsNew ? 'with the parameters above, not saved yet' : 'with the parameters as saved'}
          </span>
        </header>
        <div className="row bottom">
          <NumberInput
            label="Days back"
            size="xs"
            w={90}
            min={1}
            max={3650}
            allowDecimal={false}
            value={days}
            onChange={(value) => setDays(Number(value) || DAYS)}
          />
          <Button
            variant="default"
            disabled={!trying.may || !isFit}
            title={trying.why}
            loading={test.isPending}
            onClick={() => test.mutate()}
          >
            Run the back-test
          </Button>
          {!trying.may && <span className="soft small">{trying.why}</span>}
        </div>
        {test.error && <ErrorNote error={test.error} />}
        {test.data && <Backtest result={test.data} />}
      </section>
      {saving.may && (
        <section className="card" aria-labelledby="rule-save">
          <header>
            <h2 id="rule-save">Save</h2>
            {areParamsNew && !test.data && (
              <span className="soft small">Run the back-test with these parameters first.</span>
            )}
          </header>
          <form
            className="stack"
            onSubmit={(event) => {
              event.preventDefault()
              if (step !== 'off') save.mutate({ ruleId: rule.id, ladder: step, params, note })
            }}
          >
            <Textarea
              label="Why"
              description="Stays with the change in the ledger"
              autosize
              minRows={2}
              value={note}
              error={faults['note']}
              onChange={(event) => setNote(event.currentTarget.value)}
            />
            {save.error && <FormError error={save.error} />}
            <div className="row">
              <Button
                type="submit"
                loading={save.isPending}
                disabled={step === 'off' || !isNew || !isFit || note.trim().length < 3 || (areParamsNew && !test.data)}
              >
                Save the rule
              </Button>
              {isNew && (
                <Button
                  variant="default"
                  onClick={() => {
                    setStep(rule.ladder)
                    change(rule.params)
                  }}
                >
                  Back to what is saved
                </Button>
              )}
              {!isNew && <span className="faint small">Nothing is changed yet.</span>}
            </div>
          </form>
        </section>
      )}
    </>
  )
}
