// Ordinary years: what every company sees opens no case. What is said all the same is listed, with the reason.
import type { Reading } from '../../server/ports.ts'
import { cleanDelivery, story } from './story.ts'
import { describeYears, type Year } from './year.ts'

type Change = Extract<Reading, { is: 'delivery change' }>
const change = (to: Change['to'], stage: Change['stage'] = 'done'): Reading => ({
  is: 'delivery change',
  stage,
  by: 'receiver',
  to,
})
const joiner = () =>
  story().home('Boston', { approved: true }).ordered('2026-03-01', 'Boston').scan('2026-03-02', 'Columbus', 'accepted')

const counter: Reading = { is: 'held', at: 'counter' }
const attempted: Reading = { is: 'attempted' }

const years: Record<string, Year> = {
  'a joiner whose laptop comes, checks in and stays': {
    told: () =>
      cleanDelivery()
        .accepted('2026-03-05T18:00:00Z')
        .checkedIn('2026-03-06', { from: 'Boston', software: ['Slack'] })
        .checkedIn('2026-09-01', { from: 'Boston', software: ['Slack', 'Zoom'] }),
  },
  'a joiner whose address nobody has verified': {
    told: () =>
      story()
        .home('Boston')
        .ordered('2026-03-01', 'Boston')
        .shipped('2026-03-02')
        .delivered('2026-03-05', 'Boston')
        .checkedIn('2026-03-06', { from: 'Boston' }),
    said: { 'address-not-approved': 'somebody should vouch for it; alone it is nothing, and it fades' },
  },
  'a mover whose new address is approved before the order': {
    told: () =>
      story()
        .home('Boston', { approved: true })
        .home('Denver', { at: '2026-02-28', changed: true })
        .approves('adr_Denver', '2026-02-28T18:00:00Z')
        .ordered('2026-03-01', 'Denver')
        .shipped('2026-03-02')
        .delivered('2026-03-05', 'Denver')
        .checkedIn('2026-03-06', { from: 'Denver' }),
  },
  'a mover whose parcel follows to the approved new home': {
    told: () =>
      joiner()
        .home('Denver', { at: '2026-03-03', changed: true, approved: true })
        .scan('2026-03-03', 'Columbus', change('address'))
        .delivered('2026-03-05', 'Denver')
        .checkedIn('2026-03-06', { from: 'Denver' }),
    said: { 'parcel-redirected': 'the redirect is a fact; that it ended at an approved address lowers it' },
    opens: 'while the parcel goes nobody knows where, it can still be stopped',
  },
  'a leaver who sends the laptop back': {
    told: () =>
      cleanDelivery()
        .person({ leavesOn: '2026-08-31' })
        .checkedIn('2026-03-06', { from: 'Boston' })
        .returnOrdered('2026-09-01')
        .scan('2026-09-03', 'Boston', 'accepted')
        .delivered('2026-09-06', 'Columbus')
        .received('2026-09-07'),
  },
  'a refresh: the old laptop goes to somebody in another city': {
    told: () =>
      story()
        .status('2025-01-01', 'in_service')
        .checkedIn('2025-01-02', { from: 'Denver', software: ['TeamViewer'] })
        .received('2026-02-01')
        .home('Boston', { approved: true })
        .ordered('2026-03-01', 'Boston')
        .checkedIn('2026-03-01T15:00:00Z', { from: 'Columbus', software: ['Slack'] })
        .scan('2026-03-02', 'Columbus', 'accepted')
        .delivered('2026-03-05', 'Boston')
        .checkedIn('2026-03-06', { from: 'Boston', software: ['Slack'] }),
    said: { 'remote-tool-unapproved': 'the one before had it, and nobody ever approved it; alone it is nothing' },
  },
  'a repair of a month': {
    told: () =>
      cleanDelivery()
        .checkedIn('2026-03-06', { from: 'Boston' })
        .status('2026-05-01', 'repair')
        .checkedIn('2026-05-10', { from: 'Denver' })
        .checkedIn('2026-06-01', { from: 'Boston' }),
  },
  'a traveller whose journey is declared': {
    told: () =>
      cleanDelivery()
        .checkedIn('2026-03-06', { from: 'Boston' })
        .declared('travel', '2026-06-01', '2026-06-20')
        .checkedIn('2026-06-02', { from: 'Lisbon' })
        .checkedIn('2026-06-21', { from: 'Boston' }),
  },
  'a pick-up at the counter after a week away': {
    told: () =>
      joiner()
        .scan('2026-03-04', 'Boston', change('counter'))
        .scan('2026-03-05', 'Boston', { is: 'held', at: 'counter' })
        .delivered('2026-03-13', 'Boston', 'person')
        .checkedIn('2026-03-13T18:00:00Z', { from: 'Boston' }),
    said: {
      'parcel-redirected': 'a counter is where farms fetch parcels too; alone it is nothing',
      'parcel-held-for-pickup': 'the same once more, in other words: it counts by a third',
    },
  },
  'a delivery to the neighbour, once no one was at home': {
    told: () =>
      joiner()
        .scan('2026-03-04', 'Boston', { is: 'attempted' })
        .scan('2026-03-04T18:00:00Z', 'Boston', change('neighbour'))
        .delivered('2026-03-05', 'Cambridge', 'neighbour')
        .checkedIn('2026-03-06', { from: 'Boston' }),
  },
  'another day, asked for': {
    told: () =>
      joiner()
        .scan('2026-03-03', 'Boston', change('other day', 'requested'))
        .delivered('2026-03-09', 'Boston')
        .checkedIn('2026-03-10', { from: 'Boston' }),
  },
  'a redirect to work in the same city': {
    told: () =>
      joiner()
        .scan('2026-03-03', 'Boston', change('address'))
        .delivered('2026-03-05', 'Cambridge', 'desk')
        .checkedIn('2026-03-06', { from: 'Boston' }),
    said: { 'parcel-redirected': 'the redirect is a fact; that it stayed in the city lowers it' },
    opens: 'while the parcel goes nobody knows where, it can still be stopped',
  },
  'a scan at the wrong depot, and one after the delivery': {
    told: () =>
      joiner()
        .scan('2026-03-03', 'Miami', 'moving')
        .delivered('2026-03-05', 'Boston')
        .checkedIn('2026-03-06', { from: 'Boston' })
        .scan('2026-03-07', 'Miami', 'moving'),
  },
  'a holiday right after the delivery': {
    told: () => cleanDelivery().checkedIn('2026-04-06', { from: 'Boston' }),
    said: { 'delivered-and-silent': 'until they are back, somebody should ask' },
  },
  'a laptop that nobody unpacks': {
    told: () => cleanDelivery(),
    said: { 'delivered-and-silent': 'somebody should ask where it is; that is no case' },
  },
  'a delivery to our office, taken home from there': {
    told: () =>
      story()
        .home('Providence', { approved: true })
        .ordered('2026-03-01', 'Boston', { kind: 'office' })
        .shipped('2026-03-02')
        .delivered('2026-03-05', 'Boston', 'desk')
        .checkedIn('2026-03-09', { from: 'Providence' }),
  },
  'a screen reader, a viewer and a keep-awake tool from the first day': {
    told: () =>
      cleanDelivery().checkedIn('2026-03-06', { from: 'Boston', software: ['NVDA', 'VNC Viewer', 'KeepingYouAwake'] }),
  },
  'the helpdesk’s own tool, declared': {
    told: () =>
      cleanDelivery()
        .declared('tool', '2026-01-01', '2026-06-01', 'Jamf Remote Assist')
        .checkedIn('2026-03-06', { from: 'Boston', software: ['Jamf Remote Assist'] }),
  },
  'a remote tool after months': {
    told: () =>
      cleanDelivery()
        .checkedIn('2026-03-06', { from: 'Boston' })
        .checkedIn('2026-08-06', { software: ['TeamViewer'] }),
    said: { 'remote-tool-unapproved': 'somebody may ask what it is for; alone it is nothing' },
  },
  'a dock and two monitors': {
    told: () =>
      cleanDelivery().checkedIn('2026-03-06', {
        from: 'Boston',
        usbDevices: [{ vendorId: '17e9', productId: '6015', vendor: 'DisplayLink', product: 'Universal Dock' }],
        displays: [{ manufacturer: 'DEL', productCode: 'a0d1', name: 'DELL U2720Q', serial: '86TZT13' }],
      }),
  },
  'a flatmate with a KVM on the same network': {
    told: () => cleanDelivery().checkedIn('2026-03-06', { from: 'Boston', neighbors: [{ hostname: 'jetkvm.local' }] }),
    said: { 'kvm-on-lan': 'it is there, and may be anybody’s' },
  },
  'a private VPN switched on for an evening': {
    told: () =>
      cleanDelivery()
        .checkedIn('2026-03-06', { from: 'Boston' })
        .checkedIn('2026-05-06', { from: 'Lisbon', network: 'vpn' })
        .checkedIn('2026-05-07', { from: 'Boston' }),
    said: {
      'check-in-abroad': 'an exit says little of the laptop; alone it is nothing',
      'hosting-or-vpn-exit': 'shown as context, and never told by itself',
    },
  },
  'a week-end abroad that nobody declared': {
    told: () =>
      cleanDelivery()
        .checkedIn('2026-03-06', { from: 'Boston' })
        .checkedIn('2026-05-08', { from: 'Lisbon' })
        .checkedIn('2026-05-10', { from: 'Boston' }),
    said: { 'check-in-abroad': 'a hop; alone it is nothing' },
    opens: 'while they are there nobody can tell that they come back',
  },
  'a couple who both work here: one signs for both, and their household is declared': {
    told: () =>
      cleanDelivery()
        .declared('household', '2026-01-01', '2026-06-20', null, 'per_2')
        .signed('2026-03-05', 'different')
        .signedFor('2026-03-05', 'per_2', 'Boston', { result: 'same', door: 'adr_Boston' })
        .checkedIn('2026-03-06', { from: 'Boston' }),
    said: { 'signed-by-stranger': 'within a declared household it weighs next to nothing' },
  },
  'a couple who both work here, of whom nobody told us': {
    told: () =>
      cleanDelivery()
        .signed('2026-03-05', 'different')
        .checkedIn('2026-03-06', { from: 'Boston' })
        .signedFor('2026-04-09', 'per_2', 'Boston', { result: 'same', door: 'adr_Boston' }),
    said: { 'signed-by-stranger': 'until they sign for their own there, nobody knows that they live together' },
  },
  'a couple whose mother signs for both': {
    told: () =>
      cleanDelivery()
        .signed('2026-03-05', 'different')
        .signedFor('2026-03-07', 'per_2', 'Boston', { door: 'adr_Boston' })
        .checkedIn('2026-03-06', { from: 'Boston' }),
    said: {
      'signed-by-stranger': 'somebody else has the laptop first; at a home that is common',
      'signer-shared': 'one stranger at one door for two people is a family or a farm: a second sign is needed',
    },
  },
  'three interns in one dorm, whose warden signs for all': {
    told: () =>
      story()
        .home('Boston', { approved: true, door: 'room 1', building: 'dorm' })
        .ordered('2026-06-01', 'Boston')
        .scan('2026-06-02', 'Columbus', 'accepted')
        .delivered('2026-06-05', 'Boston')
        .signed('2026-06-05', 'different')
        .signedFor('2026-06-05', 'per_2', 'Boston', { door: 'room 2', building: 'dorm' })
        .signedFor('2026-06-06', 'per_3', 'Boston', { door: 'room 3', building: 'dorm' })
        .checkedIn('2026-06-06', { from: 'Boston' }),
    said: {
      'signed-by-stranger': 'the carrier does not call the warden one',
      'signer-shared': 'within one building it is hardly a sign',
    },
  },
  'a desk in a coworking space, whose reception signs for everybody': {
    told: () =>
      joiner()
        .delivered('2026-03-05', 'Boston', 'desk')
        .signed('2026-03-05', 'desk or agent')
        .signedFor('2026-03-09', 'per_2', 'Boston', { result: 'desk or agent', building: 'adr_Boston' })
        .checkedIn('2026-03-06', { from: 'Boston' }),
  },
  'a post of the military, where the mail clerk signs and holds it': {
    told: () =>
      story()
        .home('Miami', { approved: true, kind: 'military', confidence: 0.95 })
        .ordered('2026-03-01', 'Miami')
        .scan('2026-03-02', 'Columbus', 'accepted')
        .scan('2026-03-05', 'Miami', 'moving')
        .scan('2026-03-14', null, counter)
        .delivered('2026-03-16', null, 'person')
        .signed('2026-03-16', 'different')
        .checkedIn('2026-03-17', { from: 'Lisbon' }),
    said: { 'parcel-stalled': 'the way is long, and somebody may ask; that is no case' },
  },
  'somebody who cannot read the serial number from the laptop': {
    told: () =>
      cleanDelivery()
        .signed('2026-03-05', 'same')
        .checkedIn('2026-03-06', { from: 'Boston' })
        .readBack('2026-03-07', 'cannot'),
  },
  'collected at the access point by the person, after two failed attempts': {
    told: () =>
      joiner()
        .scan('2026-03-04', 'Boston', attempted)
        .scan('2026-03-05', 'Boston', attempted)
        .scan('2026-03-05T18:00:00Z', 'Boston', counter)
        .delivered('2026-03-07', 'Boston', 'person')
        .signed('2026-03-07', 'same')
        .checkedIn('2026-03-07T18:00:00Z', { from: 'Boston' }),
    said: { 'parcel-held-for-pickup': 'after an attempt it is ordinary, and weighs next to nothing' },
  },
  'collected by the spouse, after two failed attempts': {
    told: () =>
      joiner()
        .scan('2026-03-04', 'Boston', attempted)
        .scan('2026-03-05', 'Boston', attempted)
        .scan('2026-03-05T18:00:00Z', 'Boston', counter)
        .delivered('2026-03-07', 'Boston', 'person')
        .signed('2026-03-07', 'different')
        .checkedIn('2026-03-07T18:00:00Z', { from: 'Boston' }),
    said: {
      'parcel-held-for-pickup': 'after an attempt it is ordinary, and weighs next to nothing',
      'signed-by-stranger': 'counters give parcels to a spouse; who has it now is worth a question, not a case',
    },
  },
  'signed by the spouse, who has another surname': {
    told: () => cleanDelivery().signed('2026-03-05', 'different').checkedIn('2026-03-06', { from: 'Boston' }),
    said: { 'signed-by-stranger': 'names do not tell a household; alone it is nothing, and it fades' },
  },
  'signed by a delegate': {
    told: () =>
      cleanDelivery()
        .declared('delegate', '2026-02-01', '2026-06-01')
        .signed('2026-03-05', 'delegate')
        .checkedIn('2026-03-06', { from: 'Boston' }),
  },
  'signed by the reception of our office': {
    told: () =>
      story()
        .home('Providence', { approved: true })
        .ordered('2026-03-01', 'Boston', { kind: 'office' })
        .scan('2026-03-02', 'Columbus', 'accepted')
        .delivered('2026-03-05', 'Boston')
        .signed('2026-03-05', 'different')
        .signedFor('2026-03-05', 'per_2', 'Boston', { door: 'adr_Boston' })
        .signedFor('2026-03-06', 'per_3', 'Boston', { door: 'adr_Boston' })
        .checkedIn('2026-03-09', { from: 'Providence' }),
  },
  'a concierge who signs for two colleagues in one building': {
    told: () =>
      story()
        .home('Boston', { approved: true, door: 'flat 3', building: 'tower' })
        .ordered('2026-03-01', 'Boston')
        .scan('2026-03-02', 'Columbus', 'accepted')
        .delivered('2026-03-05', 'Boston')
        .signed('2026-03-05', 'different')
        .signedFor('2026-03-20', 'per_2', 'Boston', { door: 'flat 9', building: 'tower' })
        .checkedIn('2026-03-06', { from: 'Boston' }),
    said: {
      'signed-by-stranger': 'the carrier does not call the concierge one',
      'signer-shared': 'within one building it is hardly a sign',
    },
  },
  'a name that a driver writes for many, in many cities': {
    told: () =>
      cleanDelivery()
        .signed('2026-03-05', 'different')
        .signedFor('2026-03-20', 'per_2', 'Denver')
        .signedFor('2026-03-21', 'per_3', 'Miami')
        .checkedIn('2026-03-06', { from: 'Boston' }),
    said: {
      'signed-by-stranger': 'a name that is not theirs',
      'signer-shared': 'names exist twice; far apart it is hardly a sign',
    },
  },
  'a parcel that was scanned at the hub of the next town': {
    told: () =>
      joiner()
        .scan('2026-03-03', 'Providence', 'moving')
        .destinationChanged('2026-03-03', 'Boston', 'Cambridge')
        .delivered('2026-03-05', 'Boston')
        .checkedIn('2026-03-06', { from: 'Boston' }),
  },
  'a carrier that names its depot as the destination for a day': {
    told: () =>
      joiner()
        .destinationChanged('2026-03-02', 'Columbus', 'Boston')
        .delivered('2026-03-05', 'Boston')
        .checkedIn('2026-03-06', { from: 'Boston' }),
  },
  'a mover whose post is forwarded, and whose move was approved here': {
    told: () =>
      joiner()
        .home('Denver', { at: '2026-03-02', changed: true, approved: true })
        .scan('2026-03-04', 'Boston', { is: 'forwarded' })
        .destinationChanged('2026-03-04', 'Boston', 'Denver')
        .delivered('2026-03-09', 'Denver')
        .signed('2026-03-09', 'same')
        .checkedIn('2026-03-10', { from: 'Denver' }),
    said: {
      'parcel-forwarded': 'that it was forwarded is a fact; the approved move explains it',
      'destination-changed': 'that it moved is a fact; it goes to an approved address',
    },
  },
  'a forwarding order that is over': {
    told: () =>
      joiner()
        .scan('2026-03-04', 'Boston', { is: 'held', at: 'carrier' })
        .scan('2026-03-06', 'Boston', { is: 'returned' })
        .delivered('2026-03-12', 'Columbus', 'sender')
        .received('2026-03-13'),
  },
  'a parcel that is late over Christmas': {
    told: () =>
      story()
        .home('Boston', { approved: true })
        .ordered('2026-12-18', 'Boston')
        .labelBought('2026-12-18T15:00:00Z')
        .scan('2026-12-21', 'Columbus', 'accepted')
        .scan('2026-12-23', 'Columbus', 'moving')
        .scan('2026-12-29', 'Boston', 'out')
        .delivered('2026-12-29T18:00:00Z', 'Boston')
        .checkedIn('2026-12-30', { from: 'Boston' }),
  },
  'a label that lies for a week, since the laptop was not ready': {
    told: () =>
      story()
        .home('Boston', { approved: true })
        .ordered('2026-03-01', 'Boston')
        .labelBought('2026-03-02')
        .scan('2026-03-10', 'Columbus', 'accepted')
        .delivered('2026-03-12', 'Boston')
        .checkedIn('2026-03-13', { from: 'Boston' }),
    said: { 'label-without-scan': 'somebody should look for the parcel; that is no case' },
  },
  'an address that the carrier corrects within the street': {
    told: () =>
      joiner()
        .scan('2026-03-04', 'Boston', { is: 'address corrected' })
        .delivered('2026-03-05', 'Boston')
        .signed('2026-03-05', 'same')
        .checkedIn('2026-03-06', { from: 'Boston' }),
  },
  'a parcel abroad that customs keep': {
    told: () =>
      story()
        .home('Lisbon', { approved: true })
        .ordered('2026-03-01', 'Lisbon')
        .scan('2026-03-02', 'Columbus', 'accepted')
        .scan('2026-03-06', 'Lisbon', { is: 'customs' })
        .scan('2026-03-10', 'Lisbon', { is: 'held', at: 'carrier' })
        .delivered('2026-03-13', 'Lisbon')
        .checkedIn('2026-03-14', { from: 'Lisbon' }),
  },
  'a post office in the country, where everybody fetches their parcels': {
    told: () =>
      joiner()
        .scan('2026-03-05', 'Boston', counter)
        .delivered('2026-03-09', 'Boston', 'person')
        .signed('2026-03-09', 'same')
        .checkedIn('2026-03-09T18:00:00Z', { from: 'Boston' }),
    said: { 'parcel-held-for-pickup': 'nobody can tell it from a pick-up by a stranger; alone it is nothing' },
  },
  'a locker at home': {
    told: () =>
      joiner()
        .delivered('2026-03-05', 'Boston', 'locker')
        .delivered('2026-03-05T20:00:00Z', 'Boston', 'person')
        .checkedIn('2026-03-06', { from: 'Boston' }),
    said: { 'parcel-held-for-pickup': 'most lockers are in the house; it weighs next to nothing' },
  },
  'a parcel held for pick-up, as our policy asks': {
    told: () =>
      story()
        .home('Boston', { approved: true })
        .ordered('2026-03-01', 'Boston')
        .prepared('2026-03-01T13:00:00Z', { tier: 'high', holdForPickup: true })
        .labelBought('2026-03-01T14:00:00Z', { holdForPickup: true, signature: 'adult signature' })
        .scan('2026-03-02', 'Columbus', 'accepted')
        .scan('2026-03-05', 'Boston', counter)
        .delivered('2026-03-06', 'Boston', 'person')
        .signed('2026-03-06', 'same')
        .checkedIn('2026-03-06T18:00:00Z', { from: 'Boston' }),
  },
  'a leaver who is late, and hands it in where the parents live': {
    told: () =>
      cleanDelivery()
        .checkedIn('2026-03-06', { from: 'Boston' })
        .person({ leavesOn: '2026-08-31' })
        .returnOpened('2026-08-20', '2026-09-07')
        .returnOrdered('2026-08-21')
        .scan('2026-09-20', 'Denver', 'accepted')
        .delivered('2026-09-24', 'Columbus')
        .received('2026-09-25', 'same')
        .returnClosed('2026-09-26'),
    said: {
      'return-overdue': 'somebody should ask; it is quiet once it is on its way',
      'return-from-elsewhere': 'leavers go where they like; alone it is nothing',
    },
  },
  'a leaver who moves away, tells us, and sends it from there': {
    told: () =>
      cleanDelivery()
        .checkedIn('2026-03-06', { from: 'Boston' })
        .home('Denver', { at: '2026-08-20', changed: true })
        .approves('adr_Denver', '2026-08-22')
        .returnOpened('2026-08-20', '2026-09-07')
        .returnOrdered('2026-08-21')
        .scan('2026-09-01', 'Denver', 'accepted')
        .delivered('2026-09-05', 'Columbus')
        .received('2026-09-06', 'same'),
  },
  'a return that nobody has time for until the winter': {
    told: () =>
      cleanDelivery().checkedIn('2026-03-06', { from: 'Boston' }).returnOpened('2026-05-20', '2026-06-01', 'asked'),
    said: { 'return-overdue': 'somebody should ask; that is no case' },
  },
}

/** A ship-to that the person named, and that somebody else approved before anything was ordered. */
const namedBefore = (
  city: 'Cambridge' | 'Phoenix' | 'Denver' | 'Miami',
  input: { kind?: string; confidence?: number } = {},
) =>
  story()
    .home('Boston', { approved: true })
    .identity('Boston')
    .home(city, { use: 'ship_to', at: '2026-02-26', by: 'usr_1', ...input })
    .approves(`adr_${city}`, '2026-02-27', 'usr_2')
    .ordered('2026-03-01', city)
    .prepared('2026-03-01', { by: 'usr_1' })
    .labelBought('2026-03-01T15:00:00Z')
    .scan('2026-03-02', 'Columbus', 'accepted')
    .scan('2026-03-05', city, 'out')
    .delivered('2026-03-06', city)
    .checkedIn('2026-03-07', { from: city })

/** Said of another door than home while it waits for a second person. */
const waiting = {
  'address-changed-before-dispatch': 'it holds the parcel, which is what is wanted',
  'address-changed-by-preparer': 'whoever took the call wrote it down; another one approves it',
  'address-not-approved': 'until somebody has looked at it',
  'ship-to-differs-from-home': 'another door near home is next to nothing',
}

const far = 'another door far from home is a fact; approved it is next to nothing'

const addresses: Record<string, Year> = {
  'a parcel prepared here, to a home that is approved before the label': {
    told: () =>
      story()
        .home('Boston', { by: 'usr_1', source: 'import' })
        .ordered('2026-03-01', 'Boston')
        .prepared('2026-03-01', { by: 'usr_1' })
        .verified('2026-03-01T12:05:00Z', 'adr_Boston', 'deliverable')
        .approves('adr_Boston', '2026-03-01T15:00:00Z', 'usr_2')
        .labelBought('2026-03-01T16:00:00Z')
        .addressee('2026-03-01T16:00:00Z', 'same')
        .scan('2026-03-02', 'Columbus', 'accepted')
        .delivered('2026-03-05', 'Boston')
        .checkedIn('2026-03-06', { from: 'Boston' }),
  },
  'a house that approves nothing, and a laptop that nobody unpacks there': {
    told: () =>
      story().home('Boston').ordered('2026-03-01', 'Boston').shipped('2026-03-02').delivered('2026-03-05', 'Boston'),
    said: {
      'address-not-approved': 'it is true, and soon past',
      'delivered-and-silent': 'somebody should ask where it is; that is no case',
    },
  },
  'a porch from which parcels are stolen: to relatives in the next town': { told: () => namedBefore('Cambridge') },
  'the same, named with the order and approved the day after': {
    told: () =>
      story()
        .home('Boston', { approved: true })
        .identity('Boston')
        .ordered('2026-03-01', 'Cambridge', { by: 'usr_1' })
        .prepared('2026-03-01', { by: 'usr_1' })
        .approves('adr_Cambridge', '2026-03-02', 'usr_2')
        .labelBought('2026-03-02T13:00:00Z')
        .scan('2026-03-03', 'Columbus', 'accepted')
        .delivered('2026-03-05', 'Cambridge')
        .checkedIn('2026-03-06', { from: 'Boston' }),
    said: waiting,
    opens: 'a parcel to another door than home is held until a second person has looked at it',
  },
  'a house of one, which approves its own after a day': {
    told: () =>
      story()
        .home('Boston', { approved: true })
        .ordered('2026-03-01', 'Cambridge', { by: 'usr_1' })
        .prepared('2026-03-01', { by: 'usr_1' })
        .approves('adr_Cambridge', '2026-03-02T13:00:00Z', 'usr_1')
        .labelBought('2026-03-02T14:00:00Z')
        .scan('2026-03-03', 'Columbus', 'accepted')
        .delivered('2026-03-05', 'Cambridge')
        .checkedIn('2026-03-06', { from: 'Boston' }),
    said: waiting,
    opens: 'until the day is over',
  },
  'a stay with parents in another state': {
    told: () => namedBefore('Phoenix'),
    said: { 'ship-to-differs-from-home': far, 'ship-to-differs-from-identity': far },
  },
  'a hotel while relocating, and the new home after': {
    told: () =>
      namedBefore('Denver', { kind: 'hotel', confidence: 0.8 })
        .home('Denver', { id: 'adr_new', at: '2026-03-20', changed: true, approved: true })
        .checkedIn('2026-03-21', { from: 'Denver' }),
    said: {
      'ship-to-differs-from-home': far,
      'ship-to-differs-from-identity': far,
      'shipped-to-lodging-or-storage': 'they live there for now; it weighs little',
    },
  },
  'a hotel and the new home, both before the order': {
    told: () =>
      story()
        .home('Boston', { approved: true, at: '2026-01-20' })
        .home('Denver', {
          id: 'adr_hotel',
          use: 'ship_to',
          kind: 'hotel',
          confidence: 0.8,
          at: '2026-02-10',
          approved: true,
        })
        .home('Denver', { at: '2026-02-20', changed: true, approved: true })
        .ordered('2026-03-01', 'Denver')
        .scan('2026-03-02', 'Columbus', 'accepted')
        .delivered('2026-03-05', 'Denver')
        .checkedIn('2026-03-06', { from: 'Denver' }),
    said: { 'address-changed-repeatedly': 'three doors are a relocation too; the last one is approved' },
  },
  'a second home that is declared': {
    told: () => namedBefore('Denver').declared('second_home', '2026-02-01', '2026-07-01', 'a cabin'),
    said: { 'ship-to-differs-from-identity': far },
  },
  'a student, whose document names the parents’ home': {
    told: () =>
      story()
        .home('Denver', { approved: true, building: 'dorm' })
        .identity('Boston')
        .ordered('2026-03-01', 'Denver')
        .scan('2026-03-02', 'Columbus', 'accepted')
        .delivered('2026-03-05', 'Denver')
        .checkedIn('2026-03-06', { from: 'Denver' }),
    said: {
      'ship-to-differs-from-identity': 'documents are seldom changed; where the address is approved it is little',
    },
  },
  'a student whom nobody has asked anything': {
    told: () =>
      story()
        .home('Denver')
        .identity('Boston')
        .ordered('2026-03-01', 'Denver')
        .shipped('2026-03-02')
        .delivered('2026-03-05', 'Denver')
        .checkedIn('2026-03-06', { from: 'Denver' }),
    said: {
      'address-not-approved': 'it is true, and soon past',
      'ship-to-differs-from-identity': 'nobody has looked at it; together it is still no case',
    },
  },
  'somebody who moved last summer, and whose document has not followed': {
    told: () =>
      story()
        .home('Boston', { approved: true, at: '2024-01-05' })
        .identity('Boston', { at: '2024-01-05' })
        .home('Phoenix', { at: '2025-08-01', changed: true, approved: true })
        .ordered('2026-03-01', 'Phoenix')
        .scan('2026-03-02', 'Columbus', 'accepted')
        .delivered('2026-03-05', 'Phoenix')
        .checkedIn('2026-03-06', { from: 'Phoenix' }),
  },
  'a couple: the parcel bears the name on the bell, and the household is declared': {
    told: () =>
      cleanDelivery()
        .declared('household', '2026-01-01', '2026-06-20', null, 'per_2')
        .addressee('2026-03-01', 'different')
        .checkedIn('2026-03-06', { from: 'Boston' }),
    said: { 'addressee-mismatch': 'the name is not theirs; within a household that is little' },
  },
  'a couple of whom nobody told us: the name on the bell, and their signature': {
    told: () =>
      cleanDelivery()
        .addressee('2026-03-01', 'different')
        .signed('2026-03-05', 'different')
        .checkedIn('2026-03-06', { from: 'Boston' }),
    said: {
      'addressee-mismatch': 'whom it is addressed to should be known',
      'signed-by-stranger': 'it is the same name again, and counts little beside the first',
    },
  },
  'a post of the military, far from the document and the home': {
    told: () => namedBefore('Miami', { kind: 'military', confidence: 0.95 }),
  },
  'a country road where the post goes to boxes only, and the street is not in the records': {
    told: () =>
      story()
        .home('Boston', { approved: true, kind: 'po box', confidence: 0.9 })
        .identity('Boston', { kind: 'po box', confidence: 0.9 })
        .home('Cambridge', { use: 'ship_to', at: '2026-02-26' })
        .verified('2026-02-26', 'adr_Cambridge', 'undeliverable', ['NOT_FOUND'])
        .approves('adr_Cambridge', '2026-02-27')
        .ordered('2026-03-01', 'Cambridge')
        .scan('2026-03-02', 'Columbus', 'accepted')
        .delivered('2026-03-05', 'Cambridge')
        .checkedIn('2026-03-06', { from: 'Boston' }),
  },
  'a new building that the carriers do not find yet': {
    told: () =>
      joiner()
        .verified('2026-03-01T15:00:00Z', 'adr_Boston', 'undeliverable', ['NOT_FOUND'])
        .delivered('2026-03-05', 'Boston')
        .checkedIn('2026-03-06', { from: 'Boston' }),
    said: { 'address-undeliverable': 'until the parcel has come' },
  },
  'a replacement after a breakage, whose return is opened the next day': {
    told: () =>
      cleanDelivery()
        .checkedIn('2026-03-06', { from: 'Boston' })
        .otherOrder('2026-03-20')
        .returnOpened('2026-03-21', '2026-04-10', 'exchange')
        .returnOrdered('2026-03-21')
        .scan('2026-03-25', 'Boston', 'accepted')
        .delivered('2026-03-28', 'Columbus')
        .received('2026-03-29', 'same'),
  },
  'a replacement for a laptop that goes to repair': {
    told: () =>
      cleanDelivery()
        .checkedIn('2026-03-06', { from: 'Boston' })
        .status('2026-03-20', 'repair')
        .otherOrder('2026-03-20T13:00:00Z'),
  },
  'two laptops bought together, and a third in the autumn': {
    told: () =>
      cleanDelivery()
        .otherOrder('2026-03-01T14:00:00Z')
        .checkedIn('2026-03-06', { from: 'Boston' })
        .otherOrder('2026-10-01'),
  },
  'a test machine after three weeks': {
    told: () => cleanDelivery().checkedIn('2026-03-06', { from: 'Boston' }).otherOrder('2026-03-22'),
    said: { 'second-device-soon': 'somebody should know what the second is for; that is no case' },
  },
  'a parcel that lies over a long holiday': {
    told: () =>
      joiner()
        .scan('2026-03-12', 'Boston', 'out')
        .delivered('2026-03-13', 'Boston')
        .checkedIn('2026-03-14', { from: 'Boston' }),
    said: { 'parcel-stalled': 'somebody should ask the carrier; it is over with the next scan' },
  },
  'two weeks in customs': {
    told: () =>
      story()
        .home('Lisbon', { approved: true })
        .ordered('2026-03-01', 'Lisbon')
        .scan('2026-03-02', 'Boston', 'accepted')
        .scan('2026-03-04', 'Lisbon', { is: 'customs' })
        .scan('2026-03-18', 'Lisbon', 'moving')
        .delivered('2026-03-20', 'Lisbon')
        .checkedIn('2026-03-21', { from: 'Lisbon' }),
  },
}

describeYears({ ...years, ...addresses })
