// A rule's parameters are checked as one types, by the limits of their own schema.
import { expect, test } from 'vitest'
import { labelOf, paramFault, paramsOf } from '../../client/parts/params-form.tsx'

test('a number outside its limits names the limit', () => {
  const share = { type: 'number', minimum: 0, maximum: 1 }
  expect(paramFault(share, 0.5)).toBeNull()
  expect(paramFault(share, 1.5)).toBe('must be 1 or less')
  expect(paramFault(share, null)).toBe('a number is needed')
  expect(paramFault({ type: 'integer', exclusiveMinimum: 0 }, 0)).toBe('must be more than 0')
  expect(paramFault({ type: 'integer' }, 1.5)).toBe('must be a whole number')
})

test('a choice must be one of its options', () => {
  expect(paramFault({ enum: ['a', 'b'] }, 'c')).toBe('choose one of a, b')
})

test('names become words and a schema without properties has no fields', () => {
  expect(labelOf('gapKmMin')).toBe('Gap km min')
  expect(paramsOf({ type: 'object' })).toEqual([])
})
