// The packing slip: what belongs in the box, for whom, with a code to scan. Never a serial number, which the receiver reads back.
import type { Tx } from '../lib/database.ts'
import { AppError } from '../lib/errors.ts'
import { lockShipment } from './holds.ts'
import { held } from './label-rows.ts'

export interface Slip {
  shipmentId: string
  reference: string | null
  person: string | null
  devices: { model: string | null; assetTag: string | null }[]
}

/** What is printed for a parcel. Refused while it is held. */
export async function readSlip(tx: Tx, shipmentId: string): Promise<Slip> {
  const shipment = await lockShipment(tx, shipmentId)
  if (shipment.held_at !== null) throw held()
  const person =
    shipment.person_id === null
      ? undefined
      : await tx.selectFrom('people').select('name').where('id', '=', shipment.person_id).executeTakeFirst()
  const devices = await tx
    .selectFrom('devices')
    .innerJoin('shipment_devices', 'shipment_devices.device_id', 'devices.id')
    .select(['manufacturer', 'model', 'asset_tag'])
    .where('shipment_id', '=', shipmentId)
    .orderBy('devices.id')
    .execute()
  if (devices.length === 0) throw new AppError('conflict', 'This shipment names no laptop: there is nothing to list.')
  return {
    shipmentId,
    reference: shipment.reference,
    person: person?.name ?? null,
    devices: devices.map((row) => ({
      model: [row.manufacturer, row.model].filter(Boolean).join(' ') || null,
      assetTag: row.asset_tag,
    })),
  }
}

/** A6, as it goes into a label's pouch. */
const margin = 24
/** A code cannot be read without white around it: four modules (ISO/IEC 18004). */
const qr = { scale: 4, padding: 4 * 4, size: 110 }

/** The slip as a PDF. */
export async function drawSlip(slip: Slip): Promise<Buffer> {
  // Fonts and codes are some 20 MB of memory: a service that prints nothing does without.
  const [{ default: bwipjs }, { default: PDFDocument }] = await Promise.all([import('bwip-js/node'), import('pdfkit')])
  const code = await bwipjs.toBuffer({
    bcid: 'qrcode',
    text: slip.shipmentId,
    scale: qr.scale,
    padding: qr.padding,
    backgroundcolor: 'FFFFFF',
  })
  const written = [slip.person, slip.reference, ...slip.devices.flatMap((one) => [one.model, one.assetTag])]
  const isRespelled = written.some((text) => text !== null && spelled(text) !== text)
  const pdf = new PDFDocument({
    size: 'A6',
    margin,
    info: { Title: `Packing slip ${spelled(slip.reference ?? slip.shipmentId)}` },
  })
  const chunks: Buffer[] = []
  const done = new Promise<Buffer>((resolve, reject) => {
    pdf.on('data', (chunk: Buffer) => chunks.push(chunk))
    pdf.on('end', () => resolve(Buffer.concat(chunks)))
    pdf.on('error', reject)
  })
  pdf.font('Helvetica-Bold').fontSize(13).text('Packing slip')
  pdf.moveDown(0.5)
  const line = (name: string, value: string | null) => {
    if (value === null) return
    pdf.font('Helvetica').fontSize(8).fillColor('#555').text(name)
    pdf.font('Helvetica-Bold').fontSize(11).fillColor('#000').text(spelled(value))
    pdf.moveDown(0.3)
  }
  line('Reference', slip.reference)
  line('For', slip.person)
  for (const { model, assetTag } of slip.devices)
    line(
      'Laptop',
      [model ?? 'model not on file', assetTag === null ? null : `asset tag ${assetTag}`].filter(Boolean).join(', '),
    )
  pdf.moveDown(0.5)
  const top = Math.min(pdf.y, pdf.page.height - margin - qr.size - 14)
  pdf.image(code, margin, top, { fit: [qr.size, qr.size] })
  pdf
    .font('Helvetica')
    .fontSize(7)
    .fillColor('#555')
    .text(slip.shipmentId, margin, top + qr.size + 2, { lineBreak: false })
  if (isRespelled)
    pdf.text('Some letters are spelled plainly here; the record has them as they are.', margin + qr.size + 8, top, {
      width: pdf.page.width - 2 * margin - qr.size - 8,
    })
  pdf.end()
  return done
}

const plainly: Record<string, string> = {
  ł: 'l',
  Ł: 'L',
  đ: 'd',
  Đ: 'D',
  ı: 'i',
  œ: 'oe',
  Œ: 'OE',
  '’': "'",
  '–': '-',
  '—': '-',
}

/** The built-in fonts have Latin-1 only: other letters lose their marks, and what has no plain form becomes a question mark. */
export function spelled(text: string): string {
  return [...text.normalize('NFC')]
    .map((letter) => {
      if (/[\u0020-\u007e\u00a0-\u00ff]/.test(letter)) return letter
      const plain = plainly[letter] ?? letter.normalize('NFKD').replace(/\p{M}/gu, '')
      return /^[\u0020-\u007e\u00a0-\u00ff]+$/.test(plain) ? plain : '?'
    })
    .join('')
}
