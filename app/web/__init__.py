"""Web: HTTP alone. Forms, cookies, pages, headers, errors, languages.

It resolves who is asking and what for, makes one call into a room below, and answers with one page or one redirect. It
touches neither keys nor SQL, and settings are handed to it by `app.main`.

- `transactions.Db` is the session of one request: committed before the answer leaves, rolled back when anything raises.
- `forms.Posted` is a form, read in memory and never from a temporary file.
- `pages.render` makes a page; what every template may use is listed there.
- `errors.Answer` says how an error of a room is answered; each side adds its own to the one map.
- `site.Now` is the time. Nothing here asks the clock itself.
"""
