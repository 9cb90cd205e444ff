// A text that a regular expression matches: groups, alternatives, classes and counts, each at its least.

/** The shortest text of the first alternative, optional parts left out but spaces kept. */
export function sampleOf(pattern: string): string {
  let at = 0
  const alternatives = (): string => {
    const texts = [sequence()]
    while (pattern[at] === '|') {
      at++
      texts.push(sequence())
    }
    return texts.find((text) => text !== '') ?? ''
  }
  const sequence = (): string => {
    let text = ''
    while (at < pattern.length && pattern[at] !== '|' && pattern[at] !== ')') text += counted(atom())
    return text
  }
  const atom = (): string => {
    const char = pattern[at++]!
    if (char === '(') {
      if (pattern.startsWith('?:', at)) at += 2
      const text = alternatives()
      at++
      return text
    }
    if (char === '[') {
      const end = pattern.indexOf(']', at)
      const first = pattern[at]!
      at = end + 1
      return first === '\\' ? ' ' : first
    }
    if (char === '\\') {
      const kind = pattern[at++]!
      return { d: '1', w: '1', s: ' ', b: '' }[kind] ?? kind
    }
    return char === '^' || char === '$' ? '' : char === '.' ? '1' : char
  }
  const counted = (text: string): string => {
    const count = /^(?:\{(\d+)(?:,\d*)?\}|[?*+])/.exec(pattern.slice(at))
    if (!count) return text
    at += count[0].length
    const least = count[1] === undefined ? (count[0] === '+' || text === ' ' ? 1 : 0) : Number(count[1])
    return text.repeat(least)
  }
  return alternatives().replace(/ +/g, ' ').trim()
}
