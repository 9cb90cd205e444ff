// Writes Cyrillic and Greek letters in Latin ones, as post offices do on mail that goes abroad.

/** BGN/PCGN romanisation in its plain form: soft and hard signs fall away. Input is lower case without accents. */
const CYRILLIC = `а a|б b|в v|г g|ґ g|д d|е e|ё e|є ye|ж zh|з z|и i|і i|ї yi|й y|к k|л l|м m|н n|о o|п p|р r|с s|т t|у u|ф f
х kh|ц ts|ч ch|ш sh|щ shch|ъ |ы y|ь |э e|ю yu|я ya|ј j|љ lj|њ nj|ћ c|ђ d|џ dz|ў u`

/** ELOT 743, letter by letter. */
const GREEK = `α a|β v|γ g|δ d|ε e|ζ z|η i|θ th|ι i|κ k|λ l|μ m|ν n|ξ x|ο o|π p|ρ r|σ s|ς s|τ t|υ y|φ f|χ ch|ψ ps|ω o`

const letters = new Map(
  `${CYRILLIC}|${GREEK}`.split(/[|\n]/).map((entry) => [entry[0]!, entry.slice(2)] as [string, string]),
)

/** The text with Cyrillic and Greek letters in Latin ones; expects `foldCase`d text. */
export function transliterate(text: string): string {
  return /[\p{Script=Cyrillic}\p{Script=Greek}]/u.test(text)
    ? text.replace(/[\p{Script=Cyrillic}\p{Script=Greek}]/gu, (letter) => letters.get(letter) ?? letter)
    : text
}
