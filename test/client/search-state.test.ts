// Filters in a page's address.
import { describe, expect, test } from 'vitest'
import { parseSearch, stringifySearch, wordOf, wordsOf } from '../../client/parts/search-state.ts'

describe('filters in the address', () => {
  test('are plain words that come back as they went', () => {
    const text = stringifySearch({ status: ['new', 'waiting'], text: 'C02 & more', page: 2 })
    expect(text).toBe('?status=new,waiting&text=C02+%26+more&page=2')
    expect(parseSearch(text)).toEqual({ status: 'new,waiting', text: 'C02 & more', page: '2' })
  })

  test('what is empty leaves the address', () => {
    expect(stringifySearch({ status: [], text: '', assignee: null, page: undefined })).toBe('')
  })

  test('a serial number of digits stays text', () => {
    expect(parseSearch('?text=0012345')).toEqual({ text: '0012345' })
  })

  test('words that are not allowed are passed over', () => {
    expect(wordsOf('new,evil', ['new', 'closed'])).toEqual(['new'])
    expect(wordsOf(undefined, ['new', 'closed'], ['new'])).toEqual(['new'])
    expect(wordOf('evil', ['due'])).toBeNull()
  })
})
