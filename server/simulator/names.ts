// Names of people and streets: mixed at random, so that nobody real is meant.

const words = (text: string) => text.trim().split(/\s+/)

export const firstNames = words(`
  Ada Adebayo Alma Amir Anneke Anton Asha Beatriz Bram Camille Carlos Chidi Clara Dalia Dario Edith Elif Emeka Esther Felix
  Fern Gita Goran Hana Hugo Ilse Imani Ines Ivo Jamal Jana Joaquin Jun Kaia Kamal Kenji Lars Leila Lena Lucia Luis Mads Maya
  Mei Milan Mina Nadia Naveen Nils Noor Olga Omar Otto Paola Petra Priya Quentin Rafael Rania Rosa Ruben Sanne Selma Sibel
  Soren Tariq Tessa Thabo Tilda Uma Vera Viktor Wanda Xenia Yara Yusuf Zainab Zora`)

export const lastNames = words(`
  Abara Achter Almeida Ashdown Bakker Barrow Bellamy Birch Brandt Calder Castell Chowdhury Cole Dalgaard Devlin Dorsey Ekwueme
  Ellery Faris Fenwick Ferro Garrick Ghosh Grantham Haddad Halloran Hartwell Ibarra Iversen Jansen Kaplan Kessler Kimura
  Kowalska Lachlan Larkin Lindqvist Lowell Maddox Marchetti Mbeki Mercado Nakata Novak Oakes Okoro Ortega Pareek Penrose
  Quill Ramsey Rasmussen Renner Roth Sandoval Sato Schreiber Selby Sharif Sorensen Stroud Tanaka Thorne Ueda Valdez Varga
  Vasquez Voss Wainwright Weiss Whitlock Yamada Yilmaz Zeller Ziegler`)

/** Invented: no city has them, so no house of anybody's is meant. */
export const streets = {
  US: words(
    'Quillfeather Larkmoor Thistledown Brambleford Windlass Copperkettle Marlowe-Pine Hazelbrook Foxglove-Hill Lanternwood Saltmarsh-View Juniper-Bend',
  ),
  CA: words('Quillfeather Larkmoor Windlass Lanternwood Hazelbrook'),
  GB: words('Quillfeather Brambleford Thistledown Lanternwood Copperkettle'),
  DE: words('Quittenpfad Lerchenmoor Laternenweg Kupferkesselgasse Haselbachsteig'),
} as const

export const streetEndings = {
  US: ['St', 'Ave', 'Ln', 'Dr', 'Ct'],
  CA: ['Street', 'Avenue', 'Crescent'],
  GB: ['Road', 'Lane', 'Close'],
  DE: [''],
} as const
