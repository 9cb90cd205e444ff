// A label as it comes out of the printer: both addresses, the service and the tracking code in bars, as a PDF or a picture.
import { toBuffer } from 'bwip-js/node'
import PDFDocument from 'pdfkit'
import type { Address } from './addresses.ts'
import type { Shipment } from './shipments.ts'

const bars = (text: string): Promise<Buffer> =>
  toBuffer({ bcid: 'code128', text, scale: 2, height: 18, includetext: true, textxalign: 'center' })

/** The picture of a label: its bar code alone. */
export const labelPicture = (shipment: Shipment): Promise<Buffer> => bars(codeOf(shipment))

/** Four by six inches. */
export async function labelPdf(shipment: Shipment): Promise<Buffer> {
  const picture = await bars(codeOf(shipment))
  const info = { Title: 'Label', CreationDate: new Date(shipment.label?.created_at ?? shipment.createdAt) }
  const document = new PDFDocument({ size: [288, 432], margin: 18, info })
  const chunks: Buffer[] = []
  document.on('data', (chunk: Buffer) => void chunks.push(chunk))
  const ended = new Promise<void>((resolve) => document.on('end', resolve))
  document.fontSize(8).text(linesOf(shipment.from).join('\n'))
  document.moveDown(2).fontSize(13).text(linesOf(shipment.to).join('\n'), { indent: 36 })
  const { carrier = '', service = '' } = shipment.selected ?? {}
  document
    .moveDown(2)
    .fontSize(14)
    .text(`${carrier} ${service}${shipment.isReturn ? ' (return)' : ''}`)
  document.image(picture, 24, 300, { fit: [240, 100] })
  document.end()
  await ended
  return Buffer.concat(chunks)
}

const codeOf = ({ tracker }: Shipment) => tracker?.trackingCode ?? 'none'

const linesOf = ({ name, company, street1, street2, city, state, zip, country }: Address) =>
  [name, company, street1, street2, [city, state, zip].filter(Boolean).join(' '), country].filter(
    (line): line is string => line !== null && line !== '',
  )
