// A page's tabs: links, so that each has an address of its own.
import { Link } from '@tanstack/react-router'
import './tabs.css'

interface TabsProps<Key extends string> {
  /** What they are parts of. */
  label: string
  tabs: readonly { key: Key; label: string }[]
  active: Key
}

/** The first tab is the page without `tab` in its address. */
export function Tabs<Key extends string>({ label, tabs, active }: TabsProps<Key>) {
  return (
    <nav className="tabs" aria-label={label}>
      {tabs.map(({ key, label: name }, index) => (
        <Link
          key={key}
          to="."
          search={index === 0 ? {} : ({ tab: key } as never)}
          className="tab"
          activeOptions={{ exact: true, includeSearch: true }}
          activeProps={{}}
          aria-current={key === active ? 'page' : undefined}
        >
          {name}
        </Link>
      ))}
    </nav>
  )
}
