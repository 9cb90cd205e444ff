// The score: repetition counts little, and a high severity needs evidence of several kinds.
import { expect, test } from 'vitest'
import { GROUP_CAP, type Scored, scoreOf, whatWouldChange, withoutEach } from '../../server/detection/score.ts'

let count = 0
const finding = (weight: number, over: Partial<Scored> = {}): Scored => {
  count++
  return {
    findingId: `fnd_${count}`,
    rule: `rule-${count}`,
    group: `group-${count}`,
    layer: 'custody',
    weight,
    severity: 'critical',
    exceptional: false,
    ...over,
  }
}

test('within a group the strongest counts in full, the others a third, and no group more than its cap', () => {
  expect(scoreOf([finding(6, { group: 'a' }), finding(12, { group: 'a' })]).score).toBe(14)
  expect(scoreOf(Array.from({ length: 20 }, () => finding(12, { group: 'a' }))).score).toBe(GROUP_CAP)
  expect(scoreOf([finding(6), finding(12)]).score).toBe(18)
})

test('the parts are named, strongest first, and add up to the score', () => {
  const { score, parts } = scoreOf([finding(5), finding(12, { group: 'a' }), finding(9, { group: 'a' })])
  expect(parts.map((part) => part.counted)).toEqual([12, 5, 3])
  expect(parts.reduce((sum, part) => sum + part.counted, 0)).toBe(score)
})

test.each([
  [9.8, ['custody'], 'low'],
  [10, ['custody'], 'medium'],
  [40, ['custody'], 'medium'],
  [20, ['custody', 'place'], 'high'],
  [40, ['custody', 'place'], 'high'],
  [30, ['custody', 'place', 'software'], 'critical'],
  [29, ['custody', 'place', 'software'], 'high'],
] as const)('%d decibans in the layers %j are %s', (score, layers, severity) => {
  // Two of each layer, in groups of their own, so that no cap is in the way.
  const findings = layers.flatMap((layer) => [1, 2].map(() => finding(score / layers.length / 2, { layer })))
  expect(scoreOf(findings)).toMatchObject({ score: expect.closeTo(score, 0), severity })
})

test('a rule alone never says more than its own cap; what is exceptional alone is high', () => {
  expect(scoreOf([finding(20, { severity: 'low' })]).severity).toBe('low')
  expect(scoreOf([finding(20, { severity: 'high', exceptional: true })]).severity).toBe('high')
  expect(scoreOf([finding(20, { severity: 'medium', exceptional: true })]).severity).toBe('medium')
})

test('a trace of a sign is no second layer', () => {
  const strong = [finding(12), finding(12)]
  expect(scoreOf([...strong, finding(2, { layer: 'place' })]).severity).toBe('medium')
  expect(scoreOf([...strong, finding(3, { layer: 'place' })]).severity).toBe('high')
  // Two traces in one layer are as good as one sign.
  const traces = [finding(2, { layer: 'place' }), finding(2, { layer: 'place' })]
  expect(scoreOf([...strong, ...traces]).severity).toBe('high')
})

test('one fact that several rules of a group tell counts little more than once', () => {
  const told = [13, 9, 6].map((weight) => finding(weight, { group: 'a' }))
  expect(scoreOf(told)).toMatchObject({ score: 18, severity: 'medium' })
})

test('nothing found is nothing scored', () => {
  expect(scoreOf([])).toEqual({ score: 0, severity: 'low', parts: [] })
})

test('without each finding the severity is what the others say', () => {
  const [custody, place] = [finding(12), finding(12, { layer: 'place' })]
  expect(withoutEach([custody, place])).toEqual([
    { findingId: custody.findingId, severity: 'medium' },
    { findingId: place.findingId, severity: 'medium' },
  ])
})

test('what would have changed the result: without which finding, and what the next severity lacks', () => {
  const [custody, place, trace] = [finding(12), finding(12, { layer: 'place' }), finding(1)]
  expect(whatWouldChange([custody, place, trace])).toEqual({
    layers: ['custody', 'place'],
    without: [
      { findingId: custody.findingId, severity: 'medium', score: 13, opensCase: true },
      { findingId: place.findingId, severity: 'medium', score: 13, opensCase: true },
    ],
    next: { severity: 'critical', decibans: 5, layers: 1 },
  })
})

test('what would have changed the result: the case itself, and only a layer is missing', () => {
  const only = finding(12)
  expect(whatWouldChange([only])).toEqual({
    layers: ['custody'],
    without: [{ findingId: only.findingId, severity: 'low', score: 0, opensCase: false }],
    next: { severity: 'high', decibans: 8, layers: 1 },
  })
  const many = [finding(12), finding(12)]
  expect(whatWouldChange(many).next).toEqual({ severity: 'high', decibans: 0, layers: 1 })
})

test('what would have changed the result: nothing more, where it is critical or the only rule may say no more', () => {
  const all = (['custody', 'place', 'software'] as const).map((layer) => finding(15, { layer }))
  expect(whatWouldChange(all).next).toBeNull()
  expect(whatWouldChange([finding(20, { severity: 'low' })]).next).toBeNull()
})
