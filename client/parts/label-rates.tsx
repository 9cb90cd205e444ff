// Rates side by side, the cheapest first; the one that is chosen is bought at exactly the price shown.
import { Button, Radio } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { type Outputs, showDone, trpc } from '../api.ts'
import { asksAgain } from './asks-again.ts'
import { ConfirmDialog } from './confirm-dialog.tsx'
import { useMay } from './me.ts'
import { moneyText } from './money.ts'
import './table.css'

type LabelView = NonNullable<Outputs['labels']['get']['label']>
type Rate = LabelView['rates'][number]

export function LabelRates({ shipmentId, label }: { shipmentId: string; label: LabelView }) {
  const buying = useMay('admin', 'provisioner')
  const offered = label.rates.filter((rate) => rate.refusal === null)
  const [rateId, setRateId] = useState(offered[0]?.id ?? null)
  const [isAsking, setAsking] = useState(false)
  const buy = useMutation(trpc.labels.buy.mutationOptions({ ...asksAgain }))
  const rate = label.rates.find((one) => one.id === rateId) ?? null
  if (label.rates.length === 0)
    return <p className="check">No carrier offers a rate for this. Check the address and the size, and ask again.</p>
  const confirm = ({ id, amount, currency }: Rate) =>
    buy.mutate(
      { shipmentId, labelId: label.id, rateId: id, amount, currency },
      {
        onSuccess() {
          showDone('Bought.')
          setAsking(false)
        },
      },
    )
  return (
    <div className="stack">
      <div className="scrolls">
        <table className="table">
          <caption className="visually-hidden">Rates, the cheapest first</caption>
          <thead>
            <tr>
              <th scope="col">Carrier and service</th>
              <th scope="col" className="right">
                Days
              </th>
              <th scope="col" className="right">
                Price
              </th>
            </tr>
          </thead>
          <tbody>
            {label.rates.map((one) => (
              <tr key={one.id} data-selected={one.id === rateId}>
                <td>
                  <Radio
                    size="xs"
                    name="rate"
                    label={`${one.carrier} ${one.service}`}
                    description={one.refusal ?? undefined}
                    checked={one.id === rateId}
                    disabled={one.refusal !== null}
                    onChange={() => setRateId(one.id)}
                  />
                </td>
                <td className="right">{one.deliveryDays ?? <span className="faint">not said</span>}</td>
                <td className="right strong">{moneyText(one.amount, one.currency)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {offered.length === 0 && (
        <p className="check">The delivery policy of this shipment allows none of these carriers and services.</p>
      )}
      <div className="row">
        <Button disabled={!buying.may || rate === null} title={buying.why} onClick={() => setAsking(true)}>
          {rate === null ? 'Choose a rate' : `Buy for ${moneyText(rate.amount, rate.currency)}…`}
        </Button>
      </div>
      {rate && (
        <ConfirmDialog
          isOpen={isAsking}
          onClose={() => {
            setAsking(false)
            buy.reset()
          }}
          title={`Buy this label for ${moneyText(rate.amount, rate.currency)}?`}
          confirm={`Buy for ${moneyText(rate.amount, rate.currency)}`}
          asked={buy}
          onConfirm={() => confirm(rate)}
        >
          <p>
            {rate.carrier} {rate.service}
            {rate.deliveryDays !== null && `, ${rate.deliveryDays} days`}.{' '}
            {label.signature === 'none' ? 'Nobody has to sign.' : `With ${label.signature}.`}
          </p>
          <p className="soft small">
            This spends the company’s money. A label that no carrier has scanned can be voided.
          </p>
        </ConfirmDialog>
      )}
    </div>
  )
}
