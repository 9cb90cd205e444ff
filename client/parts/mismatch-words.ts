// The mismatch queue's words: fields, sides, decisions and owners.

export const fieldWords = {
  serial_number: 'serial number',
  hardware_uuid: 'hardware UUID',
  model: 'model',
  asset_tag: 'asset tag',
  user: 'user',
  delivery: 'place of delivery',
} as const

export const sideWords = { ours: 'Ours', mdm: 'MDM', hr: 'HR', carrier: 'Carrier' } as const

export const decisionWords = {
  ours: 'Keep ours',
  theirs: 'Take theirs',
  neither: 'Both wrong',
  explained: 'Explain',
} as const
export type Decision = keyof typeof decisionWords

export const ownerWords = { ours: 'ours', mdm: 'the MDM’s', ask: 'nobody, we are asked' } as const

export const ownerMeans = {
  ours: 'Our word stands, and each new difference is shown once.',
  mdm: 'What the most trusted source says is taken over, on record.',
  ask: 'Every difference waits for somebody here.',
} as const
