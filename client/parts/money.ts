// Money as people read it; it travels as decimal text, never as a float.

/** `12.4` `USD` as `12.40 USD`. */
export function moneyText(amount: string, currency: string): string {
  const [whole = '0', cents = ''] = amount.split('.')
  return `${whole}.${cents.padEnd(2, '0')} ${currency}`
}
