// Pairs of invented addresses with what they are: one door, one building, or two places. Read by the test and by the bench.
import type { Address } from '../../server/addresses/parse.ts'

export type Label = 'door' | 'building' | 'different'

export interface LabelledPair {
  country: string
  label: Label
  a: Address
  b: Address
}

/** Where the pairs of a country lie unless they say otherwise: city, region, postal code. */
const towns: Record<string, [string, string, string]> = {
  US: ['Ashmere', 'OH', '44999'],
  PR: ['Loma Verde', 'PR', '00999'],
  NY: ['Flushing', 'NY', '11354'],
  CA: ['Granby Falls', 'ON', 'K9X 2T6'],
  QC: ['Valbrun', 'QC', 'J9Z 3K1'],
  GB: ['Thornwick', '', 'TW9 4QZ'],
  DE: ['Lindenfurt', '', '39999'],
  AT: ['Weißkirch', '', '4990'],
  FR: ['Valmoret', '', '59990'],
  NL: ['Oosterdam', '', '1099 ZX'],
  JP: ['Minamihara', '', '999-1234'],
  ES: ['Villaseca', '', '28990'],
  PL: ['Lipowiec', '', '39-990'],
  IN: ['Nandipur', 'KA', '560999'],
  AU: ['Wattle Creek', 'NSW', '2999'],
}
const countryOf: Record<string, string> = { PR: 'US', NY: 'US', QC: 'CA' }

/**
 * One pair a line: `first = second`. ` / ` parts line 1 from line 2; `@` gives another place as `city, region, code`
 * (an empty part stays empty).
 */
const PAIRS: [country: string, label: Label, lines: string][] = [
  [
    'US',
    'door',
    `14 Quay Street = 14 Quay St
14 QUAY STREET = 14 quay street
14 Quay St. / Apt 4 = 14 Quay Street Apartment 4
14 Quay St Apt 4 = 14 Quay St #4
14 Quay St Unit 4 = 14 Quay St / Apt. 4
14 Quay St Ste 200 = 14 Quay Street, Suite 200
Apt 4, 14 Quay St = 14 Quay St, Apt 4
Apt 4 14 Quay Street = 14 Quay St / #4
14 Quay St Apt 4B = 14 Quay St Apt 4-B
14 Quay St Apt 4 B = 14 Quay St Apt 4B
14 Quay St 4B = 14 Quay St Apt 4B
14 Quay St / 4B = 14 Quay St Unit 4B
14 Quay St Apt 04 = 14 Quay St Apt 4
14 Quay Street, Ashmere, OH 44999 = 14 Quay St
14 Quay St Apt 4 Ashmere OH 44999 = 14 Quay St Apt 4
c/o Kim Rivera / 14 Quay St = 14 Quay St
Harbor Widgets Inc / 14 Quay St = 14 Quay Street
14 Quay St Apt 4 = 14 Quay St Apt 4 @ Ashmere, OH,
14 Quay St = 14 Quay St @ Ashmere, Ohio, 44999-1234
14 Quay St = 14 Quay St @ Ashmer, OH, 44999
14 Quay St = 14 Quay St @ Ashmere, OH, 449991234
14 Quey St = 14 Quay St
14 Willowbrok Ave = 14 Willowbrook Ave
14 Willowbrook Ave = 14 Wilowbrook Avenue
14 Willowborok Ave = 14 Willowbrook Ave
14 Willow Brook Ave = 14 Willowbrook Ave
14 Willowbrook Avenue = 14 Willowbrook Avenu
14 Willowbrook Stret = 14 Willowbrook St
14 Willowbrook Boulvard Apt 9 = 14 Willowbrook Blvd Apt 9
207 South Bell Street = 207 Souht Bell Street
225 Fifth Ave = 225 Fifht Ave
36401 County Road 43 = 36401 Conty Road 43
3524 Timber Ridge = 3524 Timber Rigde
14 Marigold Lane Apt 3 = 14 Marigold Ln Apt 3
14 Marigold = 14 Marigold Lane
14 Marigld Ln Apt 3 = 14 Marigold Lane #3
100 N Fifth Ave = 100 North 5th Avenue
100 NW Fifth Ave = 100 N.W. 5th Av
100 N W 5th Ave = 100 Northwest Fifth Avenue
100 E Twenty-First St = 100 East 21st Street
100 21 St = 100 21st St
100 W 42 St = 100 West Forty-Second Street
123 1/2 Alder Ct = 123½ Alder Court
123-1/2 Alder Ct = 123 1/2 Alder Ct
N6W23001 Stonecrop Rd = N6 W23001 Stonecrop Road
N 6 W 23001 Stonecrop Rd = N6W23001 Stonecrop Rd
100 N 200 E = 100 North 200 East
10685-B Hazel Dr = 10685B Hazel Drive
10685 B Old Hazel Dr = 10685B Old Hazel Dr
1200 County Road 12 = 1200 Co Rd 12
1200 County Rd #12 = 1200 CR 12
880 State Route 9 = 880 SR 9
880 State Highway 9 = 880 State Rd 9
5501 US Highway 30 = 5501 U.S. Hwy 30
5501 US-30 = 5501 US Route 30
77 Interstate 70 = 77 I-70
9100 Farm to Market Road 12 = 9100 FM 12
9100 Highway 12 = 9100 Hwy 12
One Harbor Plaza = 1 Harbor Plz
12 Saint James Pl = 12 St. James Place
3 O'Neil Ct = 3 ONeil Court
5 Martin Luther King Jr Blvd = 5 Martin Luther King Junior Boulevard
8 Mount Airy Rd = 8 Mt Airy Road
8 Fort Hill Rd = 8 Ft. Hill Rd
14 Café Row = 14 Cafe Row
14 Quay St 2nd Floor = 14 Quay St Fl 2
14 Quay St Second Floor = 14 Quay Street, 2nd Flr
14 Quay St Bldg 2 Apt 4 = 14 Quay Street Building 2, Apartment 4
14 Quay St Lot 7 = 14 Quay St, Lot # 7
14 Quay St Rear = 14 Quay Street, Rear
14 Quay St PMB 1750 = 14 Quay St, Private Mailbox 1750
14 Quay St Ste 392-536 = 14 Quay Street Suite 392-536
14 Quay St Penthouse 2 = 14 Quay St PH 2
14 Avenue B = 14 Ave B
14 Broadway Apt 4 = 14 Broadway #4
14 The Alameda = 14 the alameda
14 Avenue Rd = 14 Avenue Road
PO Box 44 = P.O. Box 44
Post Office Box 44 = PO BOX #44
P O Drawer 44 = PO Box 44
RR 2 Box 45 = Rural Route 2 Box 45
HC 1 Box 30 = Highway Contract 1 Box 30
PSC 12 Box 345 = PSC 12, Box 345 @ APO, AE, 09001 = APO, AE, 09001`,
  ],
  [
    'US',
    'building',
    `14 Quay St Apt 4 = 14 Quay St Apt 5
14 Quay St Apt 4 = 14 Quay St
14 Quay St #4 = 14 Quay Street Unit 14
14 Quay St Apt 4A = 14 Quay St Apt 4B
14 Quay St Bldg 2 Apt 4 = 14 Quay St Bldg 3 Apt 4
14 Quay St Ste 392-536 = 14 Quay St Ste 392-537
14 Quay St PMB 1750 = 14 Quay St PMB 1751
14 Quay St Fl 2 = 14 Quay St Fl 3
14 Quay St Fl 2 = 14 Quay St Apt 2
14 Quay St Rear = 14 Quay St Front
Apt 4, 14 Quay St = 14 Quay St Apt 40
14 Quay St Apt C = 14 Quay St Apt D
9 Marigold Ln Unit 1 = 9 Marigold Lane Unit 11
880 State Route 9 Lot 3 = 880 SR 9 Lot 4
N6W23001 Stonecrop Rd Apt 1 = N6 W23001 Stonecrop Rd Apt 2`,
  ],
  [
    'US',
    'different',
    `14 Quay St = 15 Quay St
14 Quay St = 114 Quay St
14 Quay St = 41 Quay St
14 Quay St = 14A Quay St
14 Quay St Apt 4 = 144 Quay St
14 Quay St = 14 Quay Ave
14 Quay St = 14 Quay Ct
14 N Quay St = 14 S Quay St
14 Quay St NW = 14 Quay St NE
14 N Quay St = 14 Quay St
14 5th St = 14 6th St
14 5th St = 14 15th St
14 21st St = 14 22nd St
14 5th St = 14 5th Ave
14 Avenue B = 14 Avenue C
14 Oak St = 14 Oaks St
14 Elm St = 14 Elk St
14 A St = 14 B St
14 Hill St = 14 Mill St Apt 2
14 Pine Rd Apt 1 = 14 Vine Rd Apt 2
14 Quay St = 14 Elm St
14 Quay St = 14 Quay St @ Salem, OR, 97399
14 Quay St = 14 Quay St @ Ashmere, OH, 44998
14 Quay St = 14 Quay St @ Ashmere, IN,
123 1/2 Alder Ct = 123 Alder Ct
1200 County Road 12 = 1200 County Road 13
880 State Route 9 = 880 US Highway 9
5501 US Highway 30 = 5501 US Highway 31
100 N 200 E = 100 N 300 E
100 N 200 E = 200 N 100 E
N6W23001 Stonecrop Rd = N6W23002 Stonecrop Rd
PO Box 44 = PO Box 45
PO Box 44 = 44 Box St
RR 2 Box 45 = RR 2 Box 46
RR 2 Box 45 = RR 3 Box 45
PO Box 44 = PO Box 44 @ Ashmere, OH, 44998
PSC 12 Box 345 = PSC 12 Box 346 @ APO, AE, 09001 = APO, AE, 09001
12 St James Pl = 12 St John Pl
14 East St = 14 West St
14 Sixth Ave = 14 Sixtieth Ave
14 Parkway Dr = 14 Park Way
12-14 Quay St = 1214 Quay St`,
  ],
  [
    'NY',
    'door',
    `55-12 Larch Ave = 5512 Larch Avenue
135-20 41st Rd Apt 6C = 13520 41st Road #6C
55-12 Larch Ave = 55-12 Larch Av`,
  ],
  [
    'NY',
    'different',
    `55-12 Larch Ave = 55-21 Larch Ave
135-20 41st Rd = 135-20 41st Ave`,
  ],
  [
    'PR',
    'door',
    `Urb Las Lomas 150 Calle A = Urbanizacion Las Lomas / 150 Calle A
150 Calle A / Urb. Las Lomas = Urb Las Lomas 150 Calle A
150 Calle A Apto 4 / Urb Las Lomas = Urb Las Lomas 150 Calle A Apt 4
Calle A 150 / Urb Las Lomas = 150 Calle A / Urb Las Lomas
200 Avenida Sol = 200 Ave Sol
HC 1 Box 30 = HC 01 Box 30`,
  ],
  [
    'PR',
    'different',
    `150 Calle A / Urb Las Lomas = 150 Calle A / Urb El Prado
150 Calle A / Urb Las Lomas = 150 Calle B / Urb Las Lomas
150 Calle A / Urb Las Lomas = 151 Calle A / Urb Las Lomas`,
  ],
  [
    'CA',
    'door',
    `4-123 Maple St = 123 Maple Street Unit 4
4 - 123 Maple St = 4-123 Maple St
#4-123 Maple St = Apt 4, 123 Maple St
Apt 4-123 Maple St = 123 Maple St #4
Suite 200 - 123 Maple St = 123 Maple St Suite 200
123 Maple Street = 123 maple st @ Granby Falls, Ontario, K9X2T6
123 17 Ave SW = 123 17th Avenue SW
123 Maple St NW = 123 Maple Street N.W.
123 Juniper Crescent = 123 Juniper Cres
123 Juniper Cres = 123 Junipr Crescent
RR 2 = R.R. 2
PO Box 44 Stn Main = PO Box 44
123 Highway 7 = 123 Hwy 7
4-123 Maple St = 4-123 Maple St, Granby Falls ON K9X 2T6`,
  ],
  [
    'CA',
    'building',
    `4-123 Maple St = 5-123 Maple St
4-123 Maple St = 123 Maple St
Suite 200 - 123 Maple St = Suite 201 - 123 Maple St
123 Maple St Apt 12 = 12A-123 Maple St`,
  ],
  [
    'CA',
    'different',
    `4-123 Maple St = 123-4 Maple St
123 Maple St = 132 Maple St
123 Maple St NW = 123 Maple St SW
123 17 Ave SW = 123 18 Ave SW
123 Maple St = 123 Maple St @ Granby Falls, ON, K9X 2T7
4-123 Maple St = 4123 Maple St
123 Maple St = 123 Maple Rd
PO Box 44 = PO Box 45`,
  ],
  [
    'QC',
    'door',
    `123 rue Sherbourg Ouest = 123 Sherbourg St W
123, rue Sherbourg O. = 123 Sherbourg Street West
123 boul. René-Lemaire = 123 Rene Lemaire Blvd
123 boulevard René-Lemaire Est = 123 René-Lemaire Blvd E
123 av. des Érables = 123 avenue des Erables
123 ch. de la Côte-Verte = 123 chemin de la Cote Verte
123 rue Principale, app. 4 = 123 Principale St Apt 4
123 rue Sainte-Anne = 123 rue Ste-Anne
4-123 rue Principale = 123 rue Principale app 4
C.P. 44 = Case postale 44
123 rue Principale = 123 rue Princpale`,
  ],
  [
    'QC',
    'different',
    `123 rue Sherbourg Ouest = 123 rue Sherbourg Est
123 rue Principale = 125 rue Principale
123 rue Principale = 123 boul. Principale`,
  ],
  [
    'GB',
    'door',
    `14 High Street = 14 High St
Flat 2, 14 High Street = 14 High Street, Flat 2
Flat 2, 14 High Street = 14 High St / Flat 2
Flat 2 14 High Street = 14 High St Apartment 2
Flat 2, Rose House, 14 High Street = Flat 2, 14 High St
Flat 2 Rose House 14 High St = 14 High Street, Flat 2
Rose House / 14 High Street = 14 High Street
14 High Street / Clapford = 14 High Street
14 High Street = 14 High Street @ THORNWICK, , tw94qz
14 High Street = 14 High Street @ Nether Thornwick, Surrey, TW9 4QZ
14A High Street = 14a High St
14 A High Street = 14A High Street
No. 14 High Street = 14 High Street
Ground Floor Flat, 14 High St = Ground Floor Flat 14 High Street
First Floor Flat, 14 High St = 14 High St / 1st Floor
Flat 2/1, 14 Kelvin Row = 14 Kelvin Row, Flat 2/1
14 Saint Mary's Road = 14 St. Marys Rd
14 Nightingale Rd = 14 Nightingle Road
14 Nightingale Road = 14 Nightigale Road
14 Rosemary Gardens = 14 Rosemary Gdns
14 Beech Grove = 14 Beech Grv
14-16 High Street = 14-16 High St
Unit 5, 20 Mill Lane = 20 Mill Ln, Unit 5
PO Box 44 = P.O. Box 44
14 High Street = 14 High Street, Thornwick TW9 4QZ`,
  ],
  [
    'GB',
    'building',
    `Flat 2, 14 High Street = Flat 3, 14 High Street
Flat A, 14 High Street = Flat B, 14 High Street
Flat 2, 14 High Street = 14 High Street
Flat 2/1, 14 Kelvin Row = Flat 2/2, 14 Kelvin Row
Ground Floor Flat, 14 High St = First Floor Flat, 14 High St
Garden Flat, 14 High Street = 14 High Street
Garden Flat, 14 High Street = Attic Flat, 14 High Street
Flat 1, 14 High Street = Flat 11, 14 High Street
Apartment 7, Tower House, 20 Mill Lane = Apartment 8, Tower House, 20 Mill Lane`,
  ],
  [
    'GB',
    'different',
    `14 High Street = 16 High Street
14 High Street = 14A High Street
14 High Street = 14 High Road
14 High Street = 14 High Street @ Thornwick, , TW9 4QX
Rose Cottage, High Street = Ivy Cottage, High Street
14-16 High Street = 14 High Street
2 High Street = Flat 2, 14 High Street
14 Mill Lane = 14 Hill Lane / Flat 3
PO Box 44 = PO Box 54
14 North Street = 14 South Street`,
  ],
  [
    'DE',
    'door',
    `Hauptstraße 5 = Hauptstr. 5
Hauptstrasse 5 = HAUPTSTRASSE 5
Haupt Str. 5 = Hauptstraße 5
Hauptstr.5 = Hauptstraße 5
Hauptstraße 5 a = Hauptstr. 5a
Hauptstrase 5 = Hauptstraße 5
Hauptsrtaße 5 = Hauptstraße 5
Müllerweg 7 = Muellerweg 7
Müllerweg 7 = Mullerweg 7
Karl-Mars-Straße 12 = Karl Mars Str. 12
Lindenalle 12 = Lindenallee 12
Birkenweg 12 = Birkenwge 12
Am Alten Markt 3 = am alten markt 3
Rosenpl. 4 = Rosenplatz 4
Hauptstr. 5, Whg. 12 = Hauptstraße 5 / Wohnung 12
Hauptstr. 5, 2. OG = Hauptstraße 5 2.OG
Hauptstr. 5, 2. OG links = Hauptstr. 5 / 2. OG li.
Hauptstr. 5 EG = Hauptstraße 5, Erdgeschoss
Hauptstr. 5 Hinterhaus = Hauptstr. 5, HH
c/o Weber / Hauptstr. 5 = Hauptstr. 5
Hauptstr. 5 = Hauptstr. 5, 39999 Lindenfurt
Hauptstraße 5 = Hauptstraße 5 @ Lindenfurt, , D-39999
Hauptstraße 5-7 = Hauptstr. 5-7
Packstation 123 / 12345678 = 12345678, Packstation Nr. 123
Postfach 12 34 = Postfach 1234
Sankt-Martin-Str. 8 = St. Martin Straße 8`,
  ],
  [
    'DE',
    'building',
    `Hauptstr. 5, Whg. 12 = Hauptstr. 5, Whg. 13
Hauptstr. 5 EG = Hauptstr. 5 DG
Hauptstr. 5, 2. OG = Hauptstr. 5, 3. OG
Hauptstr. 5, 2. OG links = Hauptstr. 5, 2. OG rechts
Hauptstr. 5 = Hauptstr. 5 Hinterhaus
Packstation 123 / 12345678 = Packstation 123 / 12345679`,
  ],
  [
    'DE',
    'different',
    `Hauptstr. 5 = Hauptstr. 6
Hauptstr. 5 = Hauptstr. 5a
Hauptstr. 5 = Hauptstr. 55
Hauptstr. 5 = Hauptweg 5
Hauptstr. 5-7 = Hauptstr. 57
Hauptstr. 5 = Hauptstr. 5 @ Lindenfurt, , 39998
Packstation 123 / 12345678 = Packstation 124 / 12345678
Postfach 1234 = Postfach 1235
Am Alten Markt 3 = Am Neuen Markt 3
Birkenweg 12 = Birkenhof 12`,
  ],
  [
    'AT',
    'door',
    `Hauptstr. 5/2/14 = Hauptstraße 5/2/14
Hauptstr. 5 Stiege 2 Tür 14 = Hauptstraße 5, Stg. 2, Tür 14
Hauptstr. 5 Top 7 = Hauptstraße 5 / Top 7`,
  ],
  [
    'AT',
    'building',
    `Hauptstr. 5/2/14 = Hauptstr. 5/2/15
Hauptstr. 5/2/14 = Hauptstr. 5/14/2
Hauptstr. 5 Top 7 = Hauptstr. 5 Top 8`,
  ],
  [
    'FR',
    'door',
    `14 rue de la Paix-Basse = 14, rue de la Paix Basse
14 bis rue des Lilas = 14bis, rue des Lilas
14 av. Jean Morel = 14 avenue Jean Morel
14 bd des Tilleuls = 14 boulevard des Tilleuls
14 rue de l'Église = 14 rue de l'Eglise
14 rue des Peupliers = 14 rue des Peuplies
14 pl. Saint-Aubin = 14 place St Aubin
14 rue des Lilas, Appt 12 = 14 rue des Lilas / Apt 12
14 rue des Lilas, Bât. B, Appt 12 = 14 rue des Lilas, Bâtiment B, Appartement 12
14 RUE DES LILAS = 14 rue des Lilas @ VALMORET, , 59990
14 imp. des Roses = 14 impasse des Roses`,
  ],
  [
    'FR',
    'building',
    `14 rue des Lilas, Appt 12 = 14 rue des Lilas, Appt 13
14 rue des Lilas, Bât. A = 14 rue des Lilas, Bât. B
14 rue des Lilas, Appt 12 = 14 rue des Lilas`,
  ],
  [
    'FR',
    'different',
    `14 rue des Lilas = 14 bis rue des Lilas
14 rue des Lilas = 16 rue des Lilas
14 rue des Lilas = 14 avenue des Lilas
14 rue des Lilas = 14 rue des Roses
14 rue des Lilas = 14 rue des Lilas @ Valmoret, , 59991`,
  ],
  [
    'NL',
    'door',
    `Hoofdstraat 5 = Hoofdstr. 5
Hoofdstraat 5-2 = Hoofdstraat 5 / 2
Hoofdstraat 5 A = Hoofdstraat 5a
Kerkplein 12 = kerkplein 12 @ OOSTERDAM, , 1099zx
Wilhelminastraat 12 = Willhelminastraat 12
Hoofdstraat 5-2 = Hoofdstraat 5 2`,
  ],
  [
    'NL',
    'building',
    `Hoofdstraat 5-2 = Hoofdstraat 5-3
Hoofdstraat 5-2 = Hoofdstraat 5`,
  ],
  [
    'NL',
    'different',
    `Hoofdstraat 5 = Hoofdstraat 5a
Hoofdstraat 5 = Hoofdstraat 52
Hoofdstraat 5 = Hoofdweg 5`,
  ],
  [
    'JP',
    'door',
    `2-11-3 Midoricho = Midoricho 2-11-3
2-chome 11-3 Midoricho = 2-11-3 Midoricho
緑町2丁目11番3号 = 緑町2-11-3
Midoricho 2-11-3-405 = 2-11-3 Midoricho, Room 405`,
  ],
  ['JP', 'building', `Midoricho 2-11-3-405 = Midoricho 2-11-3-406`],
  [
    'JP',
    'different',
    `2-11-3 Midoricho = 2-11-4 Midoricho
2-11-3 Midoricho = 11-2-3 Midoricho
緑町2-11-3 = 桜町2-11-3`,
  ],
  [
    'ES',
    'door',
    `C/ Mayor Alta, 5 = Calle Mayor Alta 5
Avda. del Sol 5 = Avenida del Sol, 5
Calle Mayor Alta 5, 3º B = C/ Mayor Alta 5 3 B
Pza. del Olmo nº 5 = Plaza del Olmo 5`,
  ],
  ['ES', 'building', `Calle Mayor Alta 5, 3º B = Calle Mayor Alta 5, 3º C`],
  [
    'ES',
    'different',
    `Calle Mayor Alta 5 = Calle Mayor Alta 6
Calle Mayor Alta 5 = Plaza Mayor Alta 5`,
  ],
  [
    'PL',
    'door',
    `ul. Długa Lipa 5 = Dluga Lipa 5
ul. Długa Lipa 5/7 = Długa Lipa 5/7`,
  ],
  ['PL', 'building', `ul. Długa Lipa 5/7 = ul. Długa Lipa 5/8`],
  ['PL', 'different', `ul. Długa Lipa 5 = ul. Długa Lipa 7`],
  [
    'IN',
    'door',
    `12 Lake View Road = 12, Lake View Rd
Flat 402, 12 Lake View Road = 12 Lake View Rd, Flat 402`,
  ],
  ['IN', 'building', `Flat 402, 12 Lake View Road = Flat 403, 12 Lake View Road`],
  ['IN', 'different', `12 Lake View Road = 13 Lake View Road`],
  [
    'AU',
    'door',
    `4/100 Banksia St = Unit 4, 100 Banksia Street
Level 2, 100 Banksia St = 100 Banksia St, Level 2`,
  ],
  ['AU', 'building', `4/100 Banksia St = 5/100 Banksia St`],
  ['AU', 'different', `4/100 Banksia St = 100/4 Banksia St`],
]

function read(text: string, country: string, place: string | undefined): Address {
  const [line1 = '', line2 = ''] = text.split(' / ')
  const [city, region, postalCode] = place === undefined ? towns[country]! : place.split(',').map((part) => part.trim())
  return {
    line1: line1.trim(),
    line2: line2.trim(),
    city: city!,
    region: region ?? '',
    postalCode: postalCode ?? '',
    country: countryOf[country] ?? country,
  }
}

/** Every pair; a place after `@` is the second address's, and `@ place = place` both's. */
export const labelledPairs: LabelledPair[] = PAIRS.flatMap(([country, label, lines]) =>
  lines.split('\n').map((line) => {
    const [texts = '', places] = line.split('@')
    const [a = '', b = ''] = texts.split(' = ')
    const [first, second] = places?.includes('=') ? places.split(' = ') : [undefined, places]
    return { country, label, a: read(a, country, first), b: read(b, country, second) }
  }),
)
