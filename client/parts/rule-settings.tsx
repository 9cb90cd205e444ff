// How a rule is set: its ladder and parameters, tried on history, then saved with a note and a word on what stands already.
import { Button, NumberInput, Radio, SegmentedControl, Textarea } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { type Outputs, queryClient, readError, showDone, trpc } from '../api.ts'
import { Backtest } from './backtest.tsx'
import { ErrorNote, FormError } from './error-note.tsx'
import { useMay } from './me.ts'
import { type Params, ParamsForm, paramFault, paramsOf } from './params-form.tsx'
import './lines.css'

type RuleView = Outputs['rules']['get']
type Tried = Outputs['rules']['backtest']

const ladder = [
  { value: 'off', says: 'The rule does not run.' },
  { value: 'watch', says: 'Findings are shown and wait; they open nothing by themselves.' },
  { value: 'notify', says: 'Each finding is sent out as a message.' },
  { value: 'case', says: 'A finding opens a case.' },
  { value: 'hold', says: 'A finding opens a case and holds a parcel that has not left.' },
] as const
type Ladder = (typeof ladder)[number]['value']
const rank = (step: Ladder) => ladder.findIndex(({ value }) => value === step)
/** What a finding leads to under a step of the ladder. */
const effective = (rule: RuleView, step: Ladder): Ladder => (rank(step) < rank(rule.response) ? step : rule.response)

const DAYS = 90

/** The form; without the right to change it, what is set can be read and tried. */
export function RuleSettings({ rule }: { rule: RuleView }) {
  const saving = useMay('admin', 'analyst')
  const [step, setStep] = useState<Ladder>(rule.ladder)
  const [params, setParams] = useState<Params>(rule.params)
  const [tried, setTried] = useState<Tried | null>(null)
  const [faults, setFaults] = useState<Record<string, string>>({})
  const isFit = paramsOf(rule.paramsSchema).every(([name, schema]) => paramFault(schema, params[name]) === null)
  const areParamsNew = JSON.stringify(params) !== JSON.stringify(rule.params)
  const change = (next: Params) => {
    setParams(next)
    setTried(null)
    setFaults({})
  }
  const reset = () => {
    setStep(rule.ladder)
    change(rule.params)
  }
  const isDefault = JSON.stringify(params) === JSON.stringify(rule.defaults)
  return (
    <>
      <Progress rule={rule} />
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
              data={ladder.map(({ value }) => value)}
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
          {saving.may && !isDefault && (
            <div>
              <button type="button" className="link small" onClick={() => change(rule.defaults)}>
                Parameters as they came
              </button>
            </div>
          )}
        </div>
      </section>
      <TryIt
        rule={rule}
        step={step}
        params={params}
        isFit={isFit}
        areParamsNew={areParamsNew}
        tried={tried}
        onTried={setTried}
      />
      {saving.may && rule.waiting !== null && (
        <p className="soft small">A change waits for a second person. Another can be saved once that one is decided.</p>
      )}
      {saving.may && rule.waiting === null && (
        <Save
          rule={rule}
          step={step}
          params={params}
          isFit={isFit}
          areParamsNew={areParamsNew}
          tried={tried}
          onFaults={setFaults}
          onReset={reset}
        />
      )}
    </>
  )
}

/** How far the looking again has come that the newest version asked for. */
function Progress({ rule: { progress } }: { rule: RuleView }) {
  if (progress === null || progress.left === 0) return null
  const done = Math.max(0, progress.woken - progress.left)
  return (
    <p className="card" role="status">
      The newest version is being felt: {done.toLocaleString()} of {progress.woken.toLocaleString()} laptops are looked
      at again. <progress value={done} max={progress.woken} aria-label="Looked at again" />
    </p>
  )
}

interface Draft {
  rule: RuleView
  step: Ladder
  params: Params
  isFit: boolean
  areParamsNew: boolean
  tried: Tried | null
}

function TryIt({ rule, step, params, isFit, areParamsNew, tried, onTried }: Draft & { onTried(tried: Tried): void }) {
  const trying = useMay('admin', 'analyst', 'auditor')
  const [days, setDays] = useState(DAYS)
  const test = useMutation({
    mutationFn: () =>
      queryClient.fetchQuery({
        ...trpc.rules.backtest.queryOptions({ ruleId: rule.id, days, params, ladder: step }),
        staleTime: 0,
      }),
    meta: { showsErrors: true },
    onSuccess: onTried,
  })
  return (
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
      {tried && <Backtest result={tried} />}
    </section>
  )
}

type Existing = 'speak' | 'stay'

function Save({
  rule,
  step,
  params,
  isFit,
  areParamsNew,
  tried,
  onFaults,
  onReset,
}: Draft & { onFaults(faults: Record<string, string>): void; onReset(): void }) {
  const [note, setNote] = useState('')
  const [existing, setExisting] = useState<Existing | null>(null)
  const save = useMutation(
    trpc.rules.save.mutationOptions({
      meta: { showsErrors: true },
      onSuccess: (came) => {
        // What is in force stands in the form until the second person has spoken.
        if (came.state === 'waiting') onReset()
        showDone(
          came.state === 'waiting'
            ? 'It waits for a second person, who finds it on this page.'
            : `Saved as version ${came.version}. ${came.woken.toLocaleString()} devices are looked at again in the background.`,
        )
      },
      onError: (error) =>
        onFaults(Object.fromEntries(readError(error).faults.map((fault) => [fault.path, fault.problem]))),
    }),
  )
  const goesUp = rank(effective(rule, step)) > rank(rule.effective)
  const isNew = areParamsNew || step !== rule.ladder
  const asks = goesUp || areParamsNew || rule.isQuietOnOld
  const count = matching(rule, step, areParamsNew, tried)
  const isReady =
    (isNew || (rule.isQuietOnOld && existing === 'speak')) &&
    isFit &&
    note.trim().length >= 3 &&
    (!areParamsNew || tried !== null) &&
    (!asks || count === 0 || existing !== null)
  const isWeaker = rank(effective(rule, step)) < rank(rule.effective)
  return (
    <section className="card" aria-labelledby="rule-save">
      <header>
        <h2 id="rule-save">Save</h2>
        {areParamsNew && !tried && <span className="soft small">Run the back-test with these parameters first.</span>}
      </header>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault()
          const alsoExisting = !asks ? {} : { alsoExisting: count === 0 || existing === 'speak' }
          if (isReady) save.mutate({ ruleId: rule.id, ladder: step, params, note, ...alsoExisting })
        }}
      >
        {asks && count !== null && count > 0 && (
          <Radio.Group
            label={`${count.toLocaleString()} ${count === 1 ? 'laptop matches' : 'laptops match'} already. Also the existing ones?`}
            value={existing}
            onChange={(value) => setExisting(value as Existing)}
          >
            <div className="options">
              <Radio value="speak" label="Yes: what stands now speaks as well" />
              <Radio
                value="stay"
                label="No: only what is new from here on"
                description="What rests on older facts alone stays shown, and leads to no more than it did."
              />
            </div>
          </Radio.Group>
        )}
        <Textarea
          label="Why"
          description="Stays with the version"
          autosize
          minRows={2}
          value={note}
          onChange={(event) => setNote(event.currentTarget.value)}
        />
        {(isWeaker || rule.asksAlways) && (
          <p className="soft small">
            {isWeaker ? 'Findings will lead to less than before: ' : ''}somebody else has to approve it before it holds.
          </p>
        )}
        {save.error && <FormError error={save.error} />}
        <div className="row">
          <Button type="submit" loading={save.isPending} disabled={!isReady}>
            {isWeaker || rule.asksAlways ? 'Ask for it' : 'Save the rule'}
          </Button>
          {isNew && (
            <Button variant="default" onClick={onReset}>
              Back to what is saved
            </Button>
          )}
          {!isNew && <span className="faint small">Nothing is changed yet.</span>}
        </div>
      </form>
    </section>
  )
}

/** How many laptops a change would speak of at once; null while only the back-test can tell. */
function matching(rule: RuleView, step: Ladder, areParamsNew: boolean, tried: Tried | null): number | null {
  if (areParamsNew) return tried?.standing.devices ?? null
  return rule.standing
    .filter((one) => rank(one.response) < rank(effective(rule, step)))
    .reduce((sum, one) => sum + one.devices, 0)
}
