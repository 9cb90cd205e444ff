// Names are compared, not judged: only what surely agrees is the same, only what shares nothing is different.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type NameMatch, nameMatches } from '../../server/ports.ts'
import { compareNames, signerHash } from '../../server/shipping/names.ts'

const rows: [written: string | null, known: string | null, NameMatch][] = [
  // The same, however it is written.
  ['JANE DOE', 'Jane Doe', 'same'],
  ['DOE, JANE', 'Jane Doe', 'same'],
  ['Doe Jane', 'Jane Doe', 'same'],
  ['Ms. Jane Doe', 'Jane Doe', 'same'],
  ['Jane M. Doe', 'Jane Marie Doe', 'same'],
  ['Jane Doe', 'Jane Marie Doe', 'same'],
  ['JDOE', 'Jane Doe', 'same'],
  ['J.DOE', 'Jane Doe', 'same'],
  ['DOE J', 'Jane Doe', 'same'],
  ['JANEDOE', 'Jane Doe', 'same'],
  ['JOSE NUNEZ', 'José Núñez', 'same'],
  ['J MULLER', 'Jürgen Müller', 'same'],
  ['JUERGEN MUELLER', 'Jürgen Müller', 'same'],
  ['SOREN OSTERGAARD', 'Søren Østergård', 'same'],
  ['SEAN OBRIEN', 'Seán O’Brien', 'same'],
  ['ACME INC / JANE DOE', 'Jane Doe', 'same'],
  ['Анна Петрова', 'Анна Петрова', 'same'],
  ['Dr. Otto Brill Jr.', 'Otto Brill', 'same'],
  // Surnames, first names and initials alone prove nothing.
  ['DOE', 'Jane Doe', 'cannot tell'],
  ['JANE', 'Jane Doe', 'cannot tell'],
  ['JOHN DOE', 'Jane Doe', 'cannot tell'],
  ['JANE ROSS', 'Jane Doe', 'cannot tell'],
  ['K DOE', 'Jane Doe', 'cannot tell'],
  ['M DOE', 'Jane Marie Doe', 'cannot tell'],
  ['JANE D', 'Jane Doe', 'cannot tell'],
  ['JD', 'Jane Doe', 'cannot tell'],
  ['BOB SMITH', 'Robert Smith', 'cannot tell'],
  ['GARCIA LOPEZ', 'Maria Garcia Lopez', 'cannot tell'],
  ['JOSE GARCIA LOPEZ', 'Maria Garcia Lopez', 'cannot tell'],
  ['FERN HOLIS', 'Fern Hollis', 'cannot tell'],
  ['HOLLISS', 'Fern Hollis', 'cannot tell'],
  ['HOLLI', 'Fern Hollis', 'cannot tell'],
  ['Anna Petrova', 'Анна Петрова', 'cannot tell'],
  ['山田太郎', 'Taro Yamada', 'cannot tell'],
  ['ACME CORP', 'Jane Doe', 'cannot tell'],
  ['', 'Jane Doe', 'cannot tell'],
  ['.', 'Jane Doe', 'cannot tell'],
  [null, 'Jane Doe', 'cannot tell'],
  ['JANE DOE', null, 'cannot tell'],
  // Nothing in common.
  ['MARCO QUILL', 'Jane Doe', 'different'],
  ['M QUILL', 'Jane Doe', 'different'],
  ['QUILL', 'Jane Doe', 'different'],
  ['J QUILL', 'Jane Doe', 'different'],
  // A desk, or nobody.
  ['FRONT DESK', 'Jane Doe', 'desk or agent'],
  ['FRONTDESK', 'Jane Doe', 'desk or agent'],
  ['RECEPTION', 'Jane Doe', 'desk or agent'],
  ['RECEPTIONIST ANA', 'Jane Doe', 'desk or agent'],
  ['MAILROOM', 'Jane Doe', 'desk or agent'],
  ['MAIL ROOM', 'Jane Doe', 'desk or agent'],
  ['LEASING OFFICE', 'Jane Doe', 'desk or agent'],
  ['Concierge', 'Jane Doe', 'desk or agent'],
  ['SECURITY', 'Jane Doe', 'desk or agent'],
  ['LOADING DOCK', 'Jane Doe', 'desk or agent'],
  ['GUARD', 'Jane Doe', 'desk or agent'],
  ['JANE GUARD', 'Jane Guard', 'same'],
  ['SIGNATURE ON FILE', 'Jane Doe', 'cannot tell'],
  ['Signature release on file', 'Jane Doe', 'cannot tell'],
  ['DRIVER RELEASE', 'Jane Doe', 'cannot tell'],
  ['Signature not required', 'Jane Doe', 'cannot tell'],
  ['COVID19', 'Jane Doe', 'cannot tell'],
  ['C19', 'Jane Doe', 'cannot tell'],
  ['CV-19', 'Jane Doe', 'cannot tell'],
  ['FRONT DOOR', 'Jane Doe', 'cannot tell'],
  ['RESIDENT', 'Jane Doe', 'cannot tell'],
  ['LEFT AT DOOR', 'Jane Doe', 'cannot tell'],
]

test.each(rows)('%s is to %s: %s', (written, known, result) => {
  expect(compareNames(written, known)).toBe(result)
})

const name = fc.array(fc.constantFrom('Jane', 'Doe', 'José', 'Ng', 'M', 'Østergård', 'Анна', 'desk', 'van'), {
  minLength: 1,
  maxLength: 4,
})

describe('any two names', () => {
  test('compare without regard to order, case, accents and spacing', () => {
    fc.assert(
      fc.property(name, name, (a, b) => {
        const plain = compareNames(a.join(' '), b.join(' '))
        const dressed = `  ${a.join('  ').toUpperCase().normalize('NFD')} `
        expect(nameMatches).toContain(plain)
        expect(compareNames(dressed, b.join(' '))).toBe(plain)
      }),
      { numRuns: 300 },
    )
  })

  test('never make anything of text that is no name, and never take long', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), fc.string({ maxLength: 400 }), (a, b) => {
        expect(nameMatches).toContain(compareNames(a, b))
      }),
    )
  })

  test('a shared surname alone is never the same, whatever the first names', () => {
    fc.assert(
      fc.property(fc.constantFrom('Ana', 'Otto', 'Ruth', 'Ivo'), fc.constantFrom('Mina', 'Theo', 'Hugo'), (a, b) => {
        expect(compareNames(`${a} Calder`, `${b} Calder`)).toBe('cannot tell')
      }),
    )
  })
})

describe('a signer', () => {
  const world = { places: {} as never, pseudonym: (value: string) => `hash of ${value}`, classify: () => null as never }
  const hash = (written: string, shipment = 'shp_1') => signerHash(world, written, shipment)

  test('is one signer however the name is written, on whichever parcel', () => {
    for (const written of ['DOE, JANE', 'jane doe', 'Ms Jane  Doe'])
      expect(hash(written, 'shp_2')).toBe(hash('JANE DOE'))
    expect(hash('JOHN DOE')).not.toBe(hash('JANE DOE'))
  })

  test('by a surname alone, at a desk or by no name at all is another one for every parcel', () => {
    for (const written of ['DOE', 'FRONT DESK', 'SIGNATURE ON FILE', 'C19']) {
      expect(hash(written, 'shp_2')).not.toBe(hash(written, 'shp_1'))
      expect(hash(` ${written.toLowerCase()}`)).toBe(hash(written))
    }
  })
})
