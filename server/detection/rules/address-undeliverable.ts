// The parcel is bound for an address that the carriers do not find.
import { z } from 'zod'
import {
  apart,
  deliveredToReceiver,
  fading,
  fadingParams,
  lastStepAt,
  parcelOut,
  partOf,
  placeName,
} from '../measure.ts'
import { type AddressFact, type Dossier, defineRule } from '../rule.ts'

/** Two to three times as likely: most such verdicts are gaps in the records or slips of the pen. Our own judgement. */
const WEIGHT = 4

export const addressUndeliverable = defineRule({
  id: 'address-undeliverable',
  title: 'Address that the carriers do not find',
  severity: 'medium',
  weight: WEIGHT,
  group: 'destination',
  layer: 'custody',
  watches: [
    'shipment.ordered',
    'shipment.changed',
    'shipment.label_bought',
    'shipment.shipped',
    'shipment.scanned',
    'device.received',
    'address.added',
    'address.approved',
    'address.verified',
    'time',
  ],
  status: 'stable',
  why: 'A parcel that cannot be delivered waits at a counter, where whoever asks for it may fetch it, or is redirected to a door that does exist.',
  references: [
    'KnowBe4: collected at a carrier counter with a matching name: https://veroot.com/cyber-resources/knowbe4s-unintentional-recruitment-of-a-north-korean-hacker-a-cautionary-tale',
    'US State, Treasury and FBI, 2022-05-16, on workers who cannot receive at their address: https://ofac.treasury.gov/media/923126/download?inline',
  ],
  attack: [],
  falsePositives: [
    'New buildings, and homes in the country, that the postal records do not have yet.',
    'A house number mistyped by us.',
    'Countries for which the check knows little.',
  ],
  blindSpots: [
    'Deliverable says nothing of who lives there.',
    'Addresses that nobody had checked.',
    'A check that could not tell, or that only misses a unit, is not counted.',
  ],
  runbook: [
    'Ask the person for the address as their post writes it.',
    'Correct it, have it checked again, and have the correction approved.',
    'If it is right all the same, have somebody approve it after this check.',
  ],
  params: z.object({ ...fadingParams(30, 90) }),
  response: 'notify',
  evaluate(dossier, params) {
    const shipment = parcelOut(dossier)
    const to = shipment?.destination
    const verdict = to?.verified
    if (!shipment || !to || verdict?.result !== 'undeliverable' || isKnownBetter(dossier, to, verdict.at)) return []
    const delivered = deliveredToReceiver(shipment)
    if (delivered !== null && isAtDoor(delivered.reading) && apart(delivered.place, to.place).gapKm === 0) return []
    const last = lastStepAt(shipment)
    const fade = fading(verdict.at > last ? verdict.at : last, dossier.now, params)
    if (fade.share === 0) return []
    return {
      findings: [
        {
          key: shipment.id,
          summary: `The parcel is bound for an address in ${placeName(to.place)} that the carriers do not find`,
          evidence: [...new Set([verdict.seq, to.seq, shipment.destinationSeq])],
          since: verdict.at > shipment.destinationAt ? verdict.at : shipment.destinationAt,
          facts: {
            place: placeName(to.place),
            checkedAt: verdict.at.toISOString(),
            codes: verdict.codes.filter((code) => /^[A-Z0-9._-]{1,60}$/.test(code)).join(', '),
            approved: to.approved,
          },
          weight: partOf(WEIGHT, fade.share),
        },
      ],
      lookAgainAt: fade.nextAt,
    }
  },
})

/** Somebody approved it in spite of the check, or another writing of the same door was found since. */
const isKnownBetter = (dossier: Dossier, to: AddressFact, checkedAt: Date) =>
  (to.approvedAt !== null && to.approvedAt > checkedAt) ||
  dossier.addresses.some(
    (one) =>
      one.doorKey !== null &&
      one.doorKey === to.doorKey &&
      one.verified?.result === 'deliverable' &&
      one.verified.at >= checkedAt,
  )

/** A delivery to a door shows that there is one; one to a counter does not. */
const isAtDoor = (reading: { is: string; to?: string }) =>
  reading.is === 'delivered' && !['counter', 'locker', 'agent'].includes(reading.to ?? '')
