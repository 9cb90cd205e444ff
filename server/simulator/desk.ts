// One colleague at work in the pages: finds things as people do, by what stands on them, and does one thing with them.
import { type Procedures, Refused } from './http.ts'

interface Hit {
  kind: string
  id: string
  exact: boolean
}

interface ListedCase {
  id: string
  number: number
  assigneeId: string | null
  devices: { serialNumber: string | null }[]
}

export interface Desk {
  pack(reference: string): Promise<void>
  ship(reference: string, trackingCode: string): Promise<void>
  release(reference: string, reason: string): Promise<void>
  accept(serialNumber: string): Promise<void>
  receive(serialNumber: string): Promise<void>
  restock(serialNumber: string): Promise<void>
  /** Keeps a laptop that came back apart from the others. */
  quarantine(serialNumber: string, note: string): Promise<void>
  /** Opens the hand-over of a laptop; the public link, since no mail is sent here. */
  handOver(serialNumber: string, email: string): Promise<string>
  /** Approves whatever of a person's addresses waits for it. */
  approveAddresses(email: string, reason: string): Promise<void>
  /** Uploads a file of declarations. */
  declare(lines: Record<string, string>[]): Promise<void>
  takeCase(serialNumber: string): Promise<void>
  comment(serialNumber: string, text: string): Promise<void>
  /** Closes the open case about a laptop, if there is one. */
  closeCase(
    serialNumber: string,
    outcome: 'benign' | 'policy_breach' | 'confirmed' | 'cannot_tell',
    note: string,
  ): Promise<void>
}

/** `userId` is who sits there: cases are taken for them. */
export function createDesk({ ask, tell }: Procedures, userId: string): Desk {
  const found = new Map<string, string>()
  const find = async (kind: string, text: string): Promise<string> => {
    const known = found.get(`${kind} ${text}`)
    if (known !== undefined) return known
    const hit = (await ask<Hit[]>('search.find', { text })).find((one) => one.kind === kind && one.exact)
    if (hit === undefined) throw new Refused(404, `No ${kind} is found by ${text}.`)
    found.set(`${kind} ${text}`, hit.id)
    return hit.id
  }
  const shipment = (reference: string) => find('shipment', reference)
  const device = (serialNumber: string) => find('device', serialNumber)
  const openReturn = async (serialNumber: string) =>
    ask<{ id: string } | null>('returns.ofDevice', { deviceId: await device(serialNumber) })
  const openCase = async (serialNumber: string): Promise<ListedCase | undefined> => {
    const { cases } = await ask<{ cases: ListedCase[] }>('cases.list', {
      status: ['new', 'investigating', 'waiting'],
      limit: 200,
    })
    return cases.find((one) => one.devices.some((each) => each.serialNumber === serialNumber))
  }
  const requireCase = async (serialNumber: string) => {
    const one = await openCase(serialNumber)
    if (one === undefined) throw new Refused(404, `There is no open case about ${serialNumber}.`)
    return one
  }
  return {
    pack: async (reference) => tell('shipments.pack', { shipmentId: await shipment(reference) }),
    ship: async (reference, trackingCode) =>
      tell('shipments.ship', { shipmentId: await shipment(reference), trackingCode }),
    release: async (reference, reason) => tell('shipments.release', { shipmentId: await shipment(reference), reason }),
    accept: async (serialNumber) =>
      tell('devices.accept', { deviceId: await device(serialNumber), proof: 'confirmation' }),
    async receive(serialNumber) {
      const asked = await openReturn(serialNumber)
      if (asked === null) return tell('devices.receive', { deviceId: await device(serialNumber) })
      await tell('returns.receive', { returnId: asked.id, serialRead: serialNumber })
    },
    async restock(serialNumber) {
      const asked = await openReturn(serialNumber)
      if (asked === null) return tell('devices.setStatus', { deviceId: await device(serialNumber), status: 'stock' })
      await tell('returns.close', { returnId: asked.id, outcome: 'stock', note: 'Complete and undamaged.' })
    },
    async quarantine(serialNumber, note) {
      const asked = await openReturn(serialNumber)
      if (asked === null) throw new Refused(404, `Nobody asked ${serialNumber} back.`)
      await tell('returns.close', { returnId: asked.id, outcome: 'quarantine', note })
    },
    async handOver(serialNumber, email) {
      const { id: handoverId } = await tell<{ id: string }>('handovers.open', {
        kind: 'delivery',
        personId: await find('person', email),
        deviceIds: [await device(serialNumber)],
      })
      const { link } = await tell<{ link: string | null }>('handovers.sendLink', { handoverId, purpose: 'acceptance' })
      if (link === null) throw new Refused(409, 'The link went out by mail.')
      return link
    },
    async approveAddresses(email, reason) {
      const person = await ask<{ addresses: { id: string; use: string; approved: boolean; refused: boolean }[] }>(
        'people.get',
        {
          id: await find('person', email),
        },
      )
      for (const address of person.addresses)
        if (address.use === 'home' && !address.approved && !address.refused)
          await tell('people.approveAddress', { addressId: address.id, reason })
    },
    async declare(lines) {
      const columns = Object.keys(lines[0] ?? {})
      const csv = [columns, ...lines.map((line) => columns.map((column) => line[column] ?? ''))]
        .map((cells) => cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(','))
        .join('\r\n')
      await tell('imports.run', {
        kind: 'declarations',
        content: Buffer.from(csv).toString('base64'),
        mapping: {},
        dryRun: false,
        fileName: 'declarations.csv',
      })
    },
    async takeCase(serialNumber) {
      const { id, assigneeId } = await requireCase(serialNumber)
      await tell('cases.assign', { caseId: id, from: assigneeId, to: userId })
    },
    comment: async (serialNumber, text) =>
      tell('cases.comment', { caseId: (await requireCase(serialNumber)).id, text }),
    async closeCase(serialNumber, outcome, note) {
      const one = await openCase(serialNumber)
      if (one) await tell('cases.close', { caseId: one.id, outcome, note })
    },
  }
}
