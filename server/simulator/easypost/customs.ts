// What is declared for customs, as EasyPost keeps and repeats it.
import type { Books } from './books.ts'

type Typed = Record<string, unknown>

const text = (value: unknown): string | null => (typeof value === 'string' ? value : null)
const number = (value: unknown): number => (Number.isFinite(Number(value)) ? Number(value) : 0)

export function customsOf(books: Books, typed: Typed, at: string) {
  const items = Array.isArray(typed['customs_items']) ? (typed['customs_items'] as Typed[]) : []
  return {
    id: books.newId('cstinfo'),
    object: 'CustomsInfo',
    created_at: at,
    updated_at: at,
    contents_explanation: text(typed['contents_explanation']),
    contents_type: text(typed['contents_type']),
    customs_certify: typed['customs_certify'] === true,
    customs_signer: text(typed['customs_signer']),
    eel_pfc: text(typed['eel_pfc']),
    non_delivery_option: text(typed['non_delivery_option']),
    restriction_comments: text(typed['restriction_comments']),
    restriction_type: text(typed['restriction_type']),
    mode: books.mode,
    declaration: text(typed['declaration']),
    customs_items: items.map((item) => itemOf(books, item, at)),
  }
}

const itemOf = (books: Books, typed: Typed, at: string) => ({
  id: books.newId('cstitem'),
  object: 'CustomsItem',
  created_at: at,
  updated_at: at,
  description: text(typed['description']) ?? '',
  hs_tariff_number: text(typed['hs_tariff_number']),
  origin_country: text(typed['origin_country']),
  quantity: number(typed['quantity']),
  value: String(typed['value'] ?? '0'),
  weight: number(typed['weight']),
  code: text(typed['code']),
  mode: books.mode,
  manufacturer: text(typed['manufacturer']),
  currency: text(typed['currency']),
  eccn: text(typed['eccn']),
  printed_commodity_identifier: text(typed['printed_commodity_identifier']),
})
