// Where a parcel is, by its status.

/** Whether it is still in our hands: it can be held, labelled and packed, and its address asked about. */
export const isStillHere = (status: string | undefined): boolean => status === 'ordered' || status === 'packed'
