// The head of every page: where one is, its title, what is known at a glance, and what can be done.
import { useDocumentTitle } from '@mantine/hooks'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { Search } from './search.tsx'
import './page-header.css'

interface PageHeaderProps {
  title: string
  /** Before the title: a severity. */
  mark?: ReactNode
  /** After the title: tags. */
  tags?: ReactNode
  /** The list this page belongs to. */
  up?: { to: string; label: string; here: ReactNode } | undefined
  actions?: ReactNode
}

export function PageHeader({ title, mark, tags, up, actions }: PageHeaderProps) {
  useDocumentTitle(`${title} · Telltale`)
  return (
    <header className="page-header">
      {up && (
        <div className="page-crumbs">
          <nav className="crumbs small" aria-label="Where you are">
            <Link to={up.to}>{up.label}</Link> <span aria-hidden="true">/</span>{' '}
            <span aria-current="page">{up.here}</span>
          </nav>
          <Search />
        </div>
      )}
      <div className="page-title">
        {mark} <h1>{title}</h1> {tags}
      </div>
      <div className="page-actions">
        {actions}
        {!up && <Search />}
      </div>
    </header>
  )
}
