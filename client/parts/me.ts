// Who is signed in, and what their role may do.
import { useSuspenseQuery } from '@tanstack/react-query'
import { type Me, type Role, trpc } from '../api.ts'

/** The person who is signed in; the shell has asked before any page is drawn. */
export function useMe(): Me {
  return useSuspenseQuery({ ...trpc.access.me.queryOptions(), staleTime: 60_000 }).data
}

export interface May {
  may: boolean
  /** Why not, to be shown on what is disabled. */
  why: string | undefined
}

/** Whether one of these roles is one's own. The service checks again. */
export function useMay(...roles: Role[]): May {
  const { role } = useMe()
  if (roles.includes(role)) return { may: true, why: undefined }
  return { may: false, why: `You are ${withArticle(role)}; this needs ${anyOf.format(roles.map(withArticle))}.` }
}

const anyOf = new Intl.ListFormat('en-GB', { type: 'disjunction' })
const withArticle = (role: Role) => `${/^[aeiou]/.test(role) ? 'an' : 'a'} ${role}`
